"""FlyteSchema: flytekit's older typed table, kept so that its literals and signatures go on working.

New code uses StructuredDataset. A value is an address of parquet data; frames are read and written by the handlers of
StructuredDataset.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any, ClassVar

from typeengine.builtin.datasets import PARQUET, StructuredDataset


class SchemaOpenMode(enum.Enum):
    """What a schema object is for."""

    READ = "r"
    WRITE = "w"


class SchemaFormat(enum.Enum):
    """How the data is written."""

    PARQUET = "parquet"


_typed: dict[tuple[tuple[str, Any], ...], Any] = {}
"""Classes by columns, so that one set of columns is one class."""


class FlyteSchema:
    """A table at an address; `FlyteSchema[kwtypes(a=int)]` declares columns."""

    _columns: ClassVar[Mapping[str, Any]] = {}

    def __init__(
        self,
        local_path: Any = None,
        remote_path: str | None = None,
        supported_mode: SchemaOpenMode = SchemaOpenMode.WRITE,
        downloader: Any = None,
    ) -> None:
        del downloader
        self.local_path = local_path
        self._remote_path = remote_path
        self.supported_mode = supported_mode

    def __class_getitem__(cls, columns: Mapping[str, Any] | None) -> Any:
        """The class that declares these columns."""
        if not columns:
            return cls
        key = tuple(columns.items())
        if key not in _typed:
            made = type("FlyteSchema", (FlyteSchema,), {"_columns": dict(columns), "__module__": cls.__module__})
            _typed.setdefault(key, made)
        return _typed[key]

    @classmethod
    def columns(cls) -> dict[str, Any]:
        """The declared columns."""
        return dict(cls._columns)

    @classmethod
    def column_names(cls) -> list[str]:
        """Names of the declared columns."""
        return list(cls._columns)

    @property
    def remote_path(self) -> str | None:
        """The address of the data."""
        return self._remote_path

    def open(self, dataframe_type: Any) -> StructuredDataset:
        """The data as a dataset opened for a frame type: `schema.open(pd.DataFrame).all()`."""
        return StructuredDataset(uri=self._remote_path, file_format=PARQUET).open(dataframe_type)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FlyteSchema):
            return NotImplemented
        return other.remote_path == self.remote_path and other.local_path == self.local_path

    def __hash__(self) -> int:
        return hash(self._remote_path)

    def __repr__(self) -> str:
        return f"FlyteSchema(remote_path={self._remote_path!r})"

"""FlyteSchema: flytekit's older typed table, kept so that its literals and signatures go on working.

New code uses StructuredDataset. A value is an address of parquet data; frames are read and written by the handlers of
StructuredDataset.
"""

from __future__ import annotations

import enum
import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from literals import is_dict, pb
from typeengine.builtin.pydantic_schema import field_schema
from typeengine.builtin.structured_dataset import PARQUET, StructuredDataset, write_frame
from typeengine.errors import TypeTransformerFailedError
from typeengine.raw_data import storage


class SchemaOpenMode(enum.Enum):
    """What a schema object is for."""

    READ = "r"
    WRITE = "w"


class SchemaFormat(enum.Enum):
    """How the data is written."""

    PARQUET = "parquet"


_typed: dict[tuple[tuple[str, Any], ...], Any] = {}
"""Classes by columns, so that one set of columns is one class."""


class OpenedSchema:
    """A FlyteSchema opened: `all()` and `iter()` read it, `write(frame)` writes it."""

    def __init__(self, schema: FlyteSchema, frame_type: object, mode: SchemaOpenMode) -> None:
        self._schema = schema
        self._type = frame_type
        self._mode = mode

    def _frame_type(self) -> Any:
        return self._type if self._type is not None else importlib.import_module("pandas").DataFrame

    def _dataset(self) -> StructuredDataset:
        local = None if self._schema.local_path is None else str(self._schema.local_path)
        return StructuredDataset(uri=self._schema.remote_path or local, file_format=PARQUET).open(self._frame_type())

    def all(self) -> Any:
        """The whole table."""
        return self._dataset().all()

    def iter(self) -> Iterator[Any]:
        """The table in parts."""
        return self._dataset().iter()

    def write(self, *frames: object) -> None:
        """Write one frame as the table.

        Raises:
            TypeTransformerFailedError: not exactly one frame, or nothing writes frames of its type.
        """
        if self._mode is SchemaOpenMode.READ:
            raise _read_only(self._schema)
        if len(frames) != 1:
            raise TypeTransformerFailedError(
                "a schema is written as one frame",
                expected="one frame",
                got=f"{len(frames)} frames",
                fix="join them first",
            )
        dataset = StructuredDataset(dataframe=frames[0], uri=self._schema.ensure_address())
        write_frame(dataset, type(frames[0]), pb.StructuredDatasetType(format=PARQUET))


def _read_only(schema: FlyteSchema) -> TypeTransformerFailedError:
    return TypeTransformerFailedError(
        "this schema may only be read",
        where=schema.remote_path or "FlyteSchema",
        expected="supported_mode=SchemaOpenMode.WRITE",
        got="SchemaOpenMode.READ",
        fix="make a new FlyteSchema, and write into that",
    )


@dataclass(init=False, repr=False, eq=False)
class FlyteSchema:
    """A table at an address; `FlyteSchema[kwtypes(a=int)]` declares columns.

    A dataclass of its address, so that mashumaro, dataclasses-json and such take it as the type of a field.
    """

    remote_path: str | None = None
    """The address of the data."""
    _columns: ClassVar[Mapping[str, Any]] = {}

    def __init__(
        self,
        local_path: Any = None,
        remote_path: str | None = None,
        supported_mode: SchemaOpenMode = SchemaOpenMode.WRITE,
        downloader: object = None,
    ) -> None:
        del downloader
        self.local_path = local_path
        self.remote_path = remote_path
        self.supported_mode = supported_mode

    @classmethod
    def format(cls) -> SchemaFormat:
        """The format of the data: always Parquet."""
        return SchemaFormat.PARQUET

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

    def open(self, dataframe_fmt: object = None, override_mode: SchemaOpenMode | None = None) -> OpenedSchema:
        """The table, to be read or written as frames: of the given type, or of pandas.

        `override_mode`: READ opens a table that may be written to be read only.

        Raises:
            TypeTransformerFailedError: a table that may only be read is opened to be written.
        """
        if self.supported_mode is SchemaOpenMode.READ and override_mode is SchemaOpenMode.WRITE:
            raise _read_only(self)
        return OpenedSchema(self, dataframe_fmt, override_mode or self.supported_mode)

    def as_readonly(self) -> FlyteSchema:
        """The same table, to be read only."""
        return type(self)(self.local_path, self.remote_path, SchemaOpenMode.READ)

    def ensure_address(self) -> str:
        """The address of the data; a fresh one below the raw data prefix if there is none yet."""
        if self.remote_path is None:
            self.remote_path = storage().get_random_remote_directory()
        return self.remote_path

    @classmethod
    def _validated(cls, value: Any) -> Any:
        """A schema from what a pydantic field was given: one, or its object."""
        if isinstance(value, FlyteSchema):
            return value
        path = value.get("remote_path") if is_dict(value) else None
        if not isinstance(path, str):
            raise ValueError("a FlyteSchema is made from an object with a remote_path")  # noqa: TRY004 - pydantic takes a ValueError for an invalid value
        return cls(remote_path=path)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> Any:
        """For pydantic models that have such a field."""
        del source, handler
        return field_schema(cls._validated, lambda value: {"remote_path": value.ensure_address()})

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: object, handler: object) -> dict[str, Any]:
        """The JSON schema of such a field, as flytekit's class has it."""
        del schema, handler
        path = {"title": "Remote Path", "anyOf": [{"type": "string"}, {"type": "null"}], "default": None}
        return {"type": "object", "title": "FlyteSchema", "properties": {"remote_path": path}}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FlyteSchema):
            return NotImplemented
        return other.remote_path == self.remote_path and other.local_path == self.local_path

    def __hash__(self) -> int:
        return hash(self.remote_path)

    def __repr__(self) -> str:
        return f"FlyteSchema(remote_path={self.remote_path!r})"

"""Frames as files: what the handlers of every library of frames have in common, with the errors of reading and writing one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Generic, TypeVar

from literals import CallResult, pb, preview
from typeengine.builtin.structured_dataset import (
    StructuredDataset,
    StructuredDatasetDecoder,
    StructuredDatasetEncoder,
    StructuredDatasetTransformerEngine,
    column_names,
)
from typeengine.errors import TypeTransformerFailedError, reason_of
from typeengine.raw_data import storage

T = TypeVar("T")
F = TypeVar("F")


class FrameEncoder(StructuredDatasetEncoder, ABC, Generic[F]):
    """Writes each frame into a folder of its own."""

    def encode(
        self, ctx: object, structured_dataset: StructuredDataset, structured_dataset_type: pb.StructuredDatasetType
    ) -> pb.StructuredDataset:
        """Write the frame, where the dataset says or else where raw data go; give its message."""
        del ctx
        frame = structured_dataset.dataframe
        uri = storage().keep_made(
            lambda folder: self.write(frame, folder, structured_dataset_type),
            "frame",
            True,  # noqa: FBT003 - a folder
            structured_dataset.uri or None,
        )
        message = pb.StructuredDataset(uri=uri)
        message.metadata.structured_dataset_type.CopyFrom(structured_dataset_type)
        return message

    @abstractmethod
    def write(self, frame: F, folder: Path, declared: pb.StructuredDatasetType) -> object:
        """Write the frame's files into a new folder: one, named `PART`, where its format has no other name.

        Raises:
            TypeTransformerFailedError: a file cannot hold the frame, or it lacks a column that is declared.
        """


class FrameDecoder(StructuredDatasetDecoder, ABC):
    """Reads frames from their files."""

    def decode(
        self, ctx: object, flyte_value: pb.StructuredDataset, current_task_metadata: pb.StructuredDatasetMetadata
    ) -> Any:
        """Read the frame, with the wanted columns only."""
        del ctx
        return self.read(flyte_value.uri, column_names(current_task_metadata))

    @abstractmethod
    def read(self, uri: str, columns: list[str] | None) -> Any:
        """Read the frame at an address; `columns`: those that are wanted, None for all.

        Raises:
            TypeTransformerFailedError: what is there is not in the format.
            StorageError: nothing is there, or it cannot be read.
        """


def as_read(
    made: CallResult[T], uri: str, word: str, fix: str = "check that the file is complete, and of the dataset's format"
) -> T:
    """What a library read.

    Raises:
        TypeTransformerFailedError: it read nothing: what is at the address is not what `word` says.
    """
    if isinstance(made.error, TypeTransformerFailedError):
        raise made.error
    if made.error is not None:
        raise TypeTransformerFailedError(
            f"the data is not {word}", where=uri, expected=word, got=reason_of(made.error), fix=fix
        ) from made.error
    return made.unwrap()


def as_written(
    made: CallResult[T],
    frame: str,
    word: str,
    *,
    expected: str = "",
    fix: str = "cast the column to another type",
) -> T:
    """What a library gave when it wrote. `frame`: what was written, in a word; `word`: as what.

    Raises:
        TypeTransformerFailedError: it did not write.
    """
    if isinstance(made.error, TypeTransformerFailedError):
        raise made.error
    if made.error is not None:
        raise TypeTransformerFailedError(
            f"the {frame} cannot be written as {word}",
            expected=expected or f"columns of types that {word} has",
            got=reason_of(made.error),
            fix=fix,
        ) from made.error
    return made.unwrap()


def not_kept(
    word: str, column: object, one: object, other: object, fix: str = "cast the column to another type"
) -> TypeTransformerFailedError:
    """The error of a column that comes back from its file otherwise: as `other`, where it was `one`."""
    return TypeTransformerFailedError(
        f"{word} does not keep this column",
        where=f"column {preview(column)}",
        expected=str(one),
        got=str(other),
        fix=fix,
    )


def check_distinct(names: Iterable[object]) -> None:
    """Refuse two columns of one name.

    Raises:
        TypeTransformerFailedError: there are two; `where` is the column.
    """
    seen: set[object] = set()
    for name in names:
        if name in seen:
            raise TypeTransformerFailedError(
                "two columns have one name",
                where=f"column {preview(name)}",
                expected="a name for each column",
                got=f"two columns named {preview(name)}",
                fix="rename one of them",
            )
        seen.add(name)


def register(*handlers: StructuredDatasetEncoder, is_default: bool = False) -> None:
    """Make handlers known, each instead of one for the same frames and format; `is_default`: for frames without a format, too."""
    for handler in handlers:
        StructuredDatasetTransformerEngine.register(handler, default_format_for_type=is_default, override=True)

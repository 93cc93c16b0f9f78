"""Where parquet data is below an address: the file itself, or the files of a folder, at any depth, in the order of their names."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast, final

from drawloom.context import is_remote, local_path
from literals import is_dict, preview
from typeengine.errors import TypeTransformerFailedError, reason_of, wrong_literal
from typeengine.raw_data import storage

PART = "00000"
"""The file's name in the folder of a frame, as flytekit's."""
CSV_PART = ".csv"
DTYPES = ".dtypes"
"""The file beside the CSV text that says which dtypes the text itself does not say, as a JSON object."""


@final
@dataclass(frozen=True)
class Parts:
    """Parquet data that can be read here.

    Attributes: `files`, `root` (the folder that they are in, or the file), `stream` (a remote file that is read piece by
    piece; then there are no files), `is_hive` (names of folders say columns: `year=2020/…`).
    """

    files: list[Path]
    root: Path
    stream: BinaryIO | None = None

    @property
    def is_hive(self) -> bool:
        """Whether names of folders say columns."""
        return any("=" in step for file in self.files for step in file.relative_to(self.root).parts[:-1])


@contextlib.contextmanager
def csv_at_hand(uri: str) -> Generator[tuple[Path, dict[str, str]]]:
    """The CSV text at an address, while the block goes on, and the dtypes of columns that are noted beside it.

    Raises:
        StorageError: nothing is there, or it cannot be read.
        TypeTransformerFailedError: what is noted are not dtypes.
    """
    access = storage()
    is_folder = access.is_folder(uri)
    with access.at_hand(uri, is_folder) as path:
        yield (path / CSV_PART, _noted(path / DTYPES)) if is_folder else (path, {})


def _noted(file: Path) -> dict[str, str]:
    try:
        noted: object = json.loads(file.read_bytes()) if file.exists() else {}
    except (ValueError, RecursionError, OSError) as error:
        raise wrong_literal("the dtypes of columns as JSON", reason_of(error)).at(file.name) from error
    if not is_dict(noted) or not all(isinstance(each, str) for each in noted.values()):
        raise wrong_literal("an object of texts that are dtypes", preview(noted)).at(file.name)
    return cast("dict[str, str]", noted)


@contextlib.contextmanager
def parts_at_hand(uri: str, columns: list[str] | None = None) -> Generator[Parts]:
    """The parquet data at an address, while the block goes on.

    Of one remote file only what is asked for is fetched, where `columns` are named; else it is copied here first.

    Raises:
        TypeTransformerFailedError: the folder has no data.
        StorageError: nothing is there, or it cannot be read.
    """
    access = storage()
    is_folder = access.is_folder(uri)
    if is_remote(uri) and columns is not None:
        names = _data_files(access.find(uri), uri) if is_folder else [""]
        if len(names) == 1:
            with access.open(access.join(uri, names[0]) if names[0] else uri, "rb") as stream:
                yield Parts([], Path(), stream)
            return
    with access.at_hand(uri, is_folder) as path:
        yield _parts_of(path, uri)


def kept_parts(uri: str) -> Parts:
    """The parquet data at an address, for as long as this process goes on: what is remote is copied to the sandbox.

    Raises:
        TypeTransformerFailedError: the folder has no data.
        StorageError: nothing is there, or it cannot be read.
    """
    access = storage()
    if not is_remote(uri):
        with access.at_hand(uri, access.is_folder(uri)) as path:
            return _parts_of(path, uri)
    return _parts_of(Path(access.get_data(uri, access.get_random_local_path(uri), access.is_folder(uri))), uri)


def _parts_of(path: Path, uri: str) -> Parts:
    if path.is_file():
        return Parts([path], path.parent)
    names = _data_files(storage().find(local_path(path)), uri)
    return Parts([path / name for name in names], path)


def _data_files(names: list[str], uri: str) -> list[str]:
    found = [name for name in names if not any(step.startswith((".", "_")) for step in name.split("/"))]
    if not found:
        raise TypeTransformerFailedError(
            "the dataset's folder has no data files",
            where=uri,
            expected="at least one data file",
            got="none",
            fix="check the address, and that the task that writes it has ended",
        )
    return found

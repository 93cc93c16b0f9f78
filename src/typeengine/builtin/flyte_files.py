"""FlyteFile and FlyteDirectory: a file or folder somewhere, fetched when its local path is first asked for.

Names, members and rules are flytekit's (and those of the seeds). Two differences, both so that a decoded value equals
the one encoded: equality and hash go by the address (the remote source, or else the absolute local path), and
`FlyteFile["csv"]` is the same class each time.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
from collections.abc import Callable, Generator, Iterator
from typing import Any, ClassVar, Literal

from drawloom.context import is_remote, is_snapshot, join, random_name
from typeengine.builtin.flyte_reference import BatchSize, FileExt, FlyteReference, PathText
from typeengine.raw_data import storage, working_folder


class FlyteFile(FlyteReference):
    """One file: `FlyteFile(path)` to give one, `open(f)` or `f.open()` to read one that was given.

    `remote_path`: where an upload goes instead of a fresh name; False means never to upload.
    `metadata`: pairs of text that travel with the literal.
    """

    _is_bare: ClassVar[bool] = True

    def __init__(
        self,
        path: PathText,
        downloader: Callable[[], Any] | None = None,
        remote_path: PathText | bool | None = None,  # noqa: FBT001 - the peer's signature
        metadata: dict[str, str] | None = None,
    ) -> None:
        super().__init__(path, downloader, remote_path)
        self.metadata = metadata

    @property
    def remote_path(self) -> Any:
        """Where an upload goes; None for a fresh name, False for no upload."""
        return self._target

    @classmethod
    def new_remote_file(cls, name: str | None = None, alt: str | None = None) -> FlyteFile:
        """A file to be written below the raw data prefix: under `name`, and in bucket `alt`, where given."""
        return cls(path=storage().generate_new_custom_path(alt=alt, stem=name))

    @classmethod
    def new(cls, filename: PathText) -> FlyteFile:
        """A file to be written in the task's working folder.

        Raises:
            ValueError: `filename` is absolute.
        """
        if os.path.isabs(filename):  # noqa: PTH117 - takes any path-like
            raise ValueError(f"FlyteFile.new takes a relative path, not {os.fspath(filename)!r}")
        return cls(path=os.path.join(working_folder(), filename))  # noqa: PTH118 - takes any path-like

    @contextlib.contextmanager
    def open(
        self, mode: str = "r", cache_type: str | None = None, cache_options: dict[str, Any] | None = None
    ) -> Generator[Any]:
        """The open file, streamed where it is remote. The cache options are fsspec's and go to remote files only.

        What a task gave never changes: to write to it makes a copy, which this reference is of from then on.
        """
        if set(mode) & set("wax+") and not self._target and is_snapshot(self.path):
            fresh = storage().get_random_local_path(self.path)
            if not set(mode) & set("wx"):
                storage().get_data(self.path, fresh)
            self.path = self._local = fresh
        target = self._target if self._target and self._target is not True else self.path
        where = self._remote_source or os.fspath(target)
        options: dict[str, Any] = {"cache_type": cache_type, "cache_options": cache_options} if is_remote(where) else {}
        with storage().open(where, mode, **options) as stream:
            yield stream


class FlyteDirectory(FlyteReference):
    """One folder; `remote_directory` is where an upload goes instead of a fresh name, False means never to upload."""

    is_folder: ClassVar[bool] = True
    _is_bare: ClassVar[bool] = True

    def __init__(
        self,
        path: PathText,
        downloader: Callable[[], Any] | None = None,
        remote_directory: PathText | Literal[False] | None = None,
    ) -> None:
        super().__init__(path, downloader, remote_directory)

    @property
    def remote_directory(self) -> Any:
        """Where an upload goes; None for a fresh name, False for no upload."""
        return self._target

    @property
    def sep(self) -> str:
        """What joins names here."""
        return "/"

    @classmethod
    def new_remote(cls, stem: str | None = None, alt: str | None = None) -> FlyteDirectory:
        """A folder to be written below the raw data prefix.

        Raises:
            ValueError: `stem` has a file extension.
        """
        if stem and pathlib.Path(stem).suffix:
            raise ValueError(f"a folder's name has no file extension, unlike {stem!r}")
        return cls(path=storage().generate_new_custom_path(alt=alt, stem=stem))

    @classmethod
    def new(cls, dirname: PathText) -> FlyteDirectory:
        """A folder made in the task's working folder.

        Raises:
            ValueError: `dirname` is absolute.
        """
        if os.path.isabs(dirname):  # noqa: PTH117 - takes any path-like
            raise ValueError(f"FlyteDirectory.new takes a relative path, not {os.fspath(dirname)!r}")
        path = os.path.join(working_folder(), dirname)  # noqa: PTH118 - takes any path-like
        os.makedirs(path)  # noqa: PTH103 - takes any path-like
        return cls(path=path)

    def new_file(self, name: str | None = None) -> FlyteFile:
        """A file in this folder, under `name` or a random one."""
        return FlyteFile(path=join(os.fspath(self.path), name or random_name()))

    def new_dir(self, name: str | None = None) -> FlyteDirectory:
        """A folder in this folder, under `name` or a random one."""
        return FlyteDirectory(path=join(os.fspath(self.path), name or random_name()))

    @classmethod
    def listdir(cls, directory: FlyteDirectory) -> list[FlyteDirectory | FlyteFile]:
        """What a folder holds, sorted by address, without fetching any of it."""
        entries = storage().list_folder(directory._remote_source or directory.path)
        return [(FlyteDirectory if folder else FlyteFile).from_source(where) for where, folder in entries]

    def crawl(
        self,
        maxdepth: int | None = None,
        topdown: bool = True,  # noqa: FBT001, FBT002 - the peer's signature
        **options: object,
    ) -> Iterator[tuple[Any, Any]]:
        """Pairs of this folder's address and a file's path below it, at any depth; with `detail=True` fsspec's records."""
        if unknown := sorted(set(options) - {"detail"}):
            raise TypeError(f"crawl takes no {unknown[0]}")
        base = self._remote_source or os.fspath(self.path)
        if is_remote(base):
            yield from self._crawl_remote(base, maxdepth, topdown, options)
            return
        for folder, names, files in os.walk(base, topdown=topdown):
            inner = os.path.relpath(folder, base)
            depth = 1 if inner == "." else inner.count(os.sep) + 2
            names.sort()
            if maxdepth is not None and depth >= maxdepth:
                names.clear()
            for name in sorted(files) if maxdepth is None or depth <= maxdepth else ():
                found = os.path.normpath(os.path.join(inner, name))  # noqa: PTH118 - takes any path-like
                yield (
                    base,
                    {found: {"name": os.path.join(folder, name), "type": "file"}} if options.get("detail") else found,  # noqa: PTH118 - takes any path-like
                )

    @staticmethod
    def _crawl_remote(
        base: str,
        maxdepth: int | None,
        topdown: bool,  # noqa: FBT001 - the peer's signature
        options: dict[str, Any],
    ) -> Iterator[tuple[Any, Any]]:
        def depth(name: str) -> tuple[int, str]:
            return (name.count("/"), name)

        for name in sorted(storage().find(base), key=depth, reverse=not topdown):
            if maxdepth is None or name.count("/") < maxdepth:
                yield base, {name: {"name": join(base, name), "type": "file"}} if options.get("detail") else name

    def __truediv__(self, other: PathText) -> pathlib.Path:
        return pathlib.Path(self.path) / other


HDF5EncodedFile: Any = FlyteFile["hdf5"]
HTMLPage: Any = FlyteFile["html"]
JoblibSerializedFile: Any = FlyteFile["joblib"]
JPEGImageFile: Any = FlyteFile["jpeg"]
PDFFile: Any = FlyteFile["pdf"]
PNGImageFile: Any = FlyteFile["png"]
PythonPickledFile: Any = FlyteFile["python_pickle"]
PythonNotebook: Any = FlyteFile["ipynb"]
SVGImageFile: Any = FlyteFile["svg"]
CSVFile: Any = FlyteFile["csv"]
ONNXFile: Any = FlyteFile["onnx"]
TFRecordFile: Any = FlyteFile["tfrecord"]
JSONLFile: Any = FlyteFile["jsonl"]
TensorboardLogs: Any = FlyteDirectory["tensorboard"]
TFRecordsDirectory: Any = FlyteDirectory["tfrecords_dir"]

__all__ = [
    "BatchSize",
    "CSVFile",
    "FileExt",
    "FlyteDirectory",
    "FlyteFile",
    "FlyteReference",
    "HDF5EncodedFile",
    "HTMLPage",
    "JPEGImageFile",
    "JSONLFile",
    "JoblibSerializedFile",
    "ONNXFile",
    "PDFFile",
    "PNGImageFile",
    "PythonNotebook",
    "PythonPickledFile",
    "SVGImageFile",
    "TFRecordFile",
    "TFRecordsDirectory",
    "TensorboardLogs",
]

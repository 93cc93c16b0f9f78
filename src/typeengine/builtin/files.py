"""FlyteFile and FlyteDirectory: a file or folder somewhere, fetched when its local path is first asked for.

Names, members and rules are flytekit's (and those of the seeds). Two differences, both so that a decoded value equals
the one encoded: equality and hash go by the address (the remote source, or else the absolute local path) and the format,
and `FlyteFile["csv"]` is the same class each time.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import threading
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Generic, Literal, TypeVar, Union, get_args

from context import is_remote, join, local_path, random_name
from typeengine.raw_data import storage, working_folder

T = TypeVar("T")
PathText = Union[str, "os.PathLike[str]"]


class FileExt:
    """Names a file format inside `Annotated[str, FileExt("tar.gz")]`, for formats that are no Python names."""

    def __init__(self, ext: str) -> None:
        self._ext = ext

    @property
    def extension(self) -> str:
        """The format's text."""
        return self._ext

    def __str__(self) -> str:
        return self._ext

    def __repr__(self) -> str:
        return f"FileExt({self._ext!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FileExt) and other._ext == self._ext

    def __hash__(self) -> int:
        return hash(self._ext)

    @staticmethod
    def check_and_convert_to_str(item: Any) -> str:
        """The format that a subscript means: text, a TypeVar's name, or the FileExt of an `Annotated[str, ...]`.

        Raises:
            ValueError: an Annotated without a FileExt.
        """
        notes = getattr(item, "__metadata__", None)
        if notes is None:
            return str(item)
        for note in notes:
            if isinstance(note, FileExt):
                return str(note)
        raise ValueError(f"{item} names no format: write Annotated[str, FileExt('tar.gz')]")


class BatchSize:
    """`Annotated[FlyteDirectory, BatchSize(n)]`: copy at most n files at a time (a hint to the storage driver)."""

    def __init__(self, val: int) -> None:
        self._val = val

    @property
    def val(self) -> int:
        """Files a batch."""
        return self._val

    def __repr__(self) -> str:
        return f"BatchSize({self._val})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BatchSize) and other._val == self._val

    def __hash__(self) -> int:
        return hash(self._val)


_formats: dict[tuple[type, str], Any] = {}
"""Classes by base and format, so that one format is one class."""


class Reference(os.PathLike[str], Generic[T]):
    """What FlyteFile and FlyteDirectory have in common: an address, perhaps remote, and a local copy made on demand.

    Attributes: `path` (as given; for a decoded remote address the local path that a download will fill).
    """

    is_folder: ClassVar[bool] = False
    _extension: ClassVar[str] = ""
    path: str | os.PathLike[str]

    def __init__(self, path: PathText, downloader: Callable[[], Any] | None, target: Any) -> None:
        self.path = path
        self._downloader = downloader
        self._target = target
        self._downloaded = False
        self._remote_source: str | None = None
        self._lock = threading.Lock()
        self._local = os.fspath(path)
        if is_remote(path) and downloader is None:
            self._fetch_from(os.fspath(path))

    def __class_getitem__(cls, item: Any) -> Any:
        """The class for one format; of no format, this class."""
        if item is None:
            return cls
        text = FileExt.check_and_convert_to_str(item).strip().lstrip("~").lstrip(".")
        if not text:
            return cls
        base = next(kind for kind in cls.__mro__ if kind.__dict__.get("_is_bare"))
        key = (base, text)
        if key not in _formats:
            made = type(f"{base.__name__}[{text!r}]", (base,), {"_extension": text, "_is_bare": False})
            made.__module__ = base.__module__
            _formats.setdefault(key, made)
        return _formats[key]

    @classmethod
    def extension(cls) -> str:
        """The format, empty for any."""
        return cls._extension

    @classmethod
    def from_source(cls, source: PathText) -> Any:
        """A reference to what is at `source`, as a task gets it: remote content is fetched on demand."""
        text = os.fspath(source)
        if not is_remote(text):
            return cls(text)  # pyright: ignore[reportCallIssue] - subclasses take the path alone
        made = cls(storage().fresh_local_path(text), downloader=_never)  # pyright: ignore[reportCallIssue] - as above
        made._fetch_from(text, local=os.fspath(made.path))  # noqa: SLF001 - a constructor of this class
        return made

    def _fetch_from(self, source: str, local: str | None = None) -> None:
        access = storage()
        self._remote_source = source
        self._local = local or access.fresh_local_path(source)
        target = self._local
        self._downloader = lambda: access.get_data(source, target, is_multipart=self.is_folder)

    def __fspath__(self) -> str:
        """The local path; remote content is fetched first, once."""
        with self._lock:
            if not self._downloaded and self._downloader is not None:
                self._downloader()
            self._downloaded = True
        return str(local_path(self._local)) if self._local.startswith("file://") else self._local

    def download(self) -> str:
        """Fetch the content if it is remote, and give the local path."""
        return os.fspath(self)

    @property
    def downloaded(self) -> bool:
        """Whether the local path has been asked for."""
        return self._downloaded

    @property
    def remote_source(self) -> Any:
        """The remote address that this came from; None for local content."""
        return self._remote_source

    @property
    def address(self) -> str:
        """Where the content is: the remote address, or the absolute local path."""
        if self._remote_source is not None:
            return self._remote_source
        text = os.fspath(self.path)
        return text if is_remote(text) else str(local_path(text).absolute())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Reference):
            same_kind = other.is_folder is self.is_folder and other.extension() == self.extension()
            return same_kind and other.address == self.address
        if isinstance(other, (str, os.PathLike)):
            text = os.fspath(other)
            return text == self.address or text == os.fspath(self.path)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self.address)

    def __str__(self) -> str:
        return os.fspath(self.path)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._remote_source or os.fspath(self.path)!r})"

    def __getstate__(self) -> dict[str, Any]:
        """Without the lock and the downloader, which a copy makes anew."""
        return {key: value for key, value in self.__dict__.items() if key not in ("_lock", "_downloader")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _lock=threading.Lock(), _downloader=None)
        if self._remote_source is not None and not self._downloaded:
            self._fetch_from(self._remote_source, local=self._local)


def _never() -> None:
    """Stands for a downloader that is set right after."""


class FlyteFile(Reference[T]):
    """One file: `FlyteFile(path)` to give one, `open(f)` or `f.open()` to read one that was given.

    `remote_path`: where an upload goes instead of a fresh name; False means never to upload.
    `metadata`: pairs of text that travel with the literal.
    """

    _is_bare: ClassVar[bool] = True

    def __init__(
        self,
        path: PathText,
        downloader: Callable[[], Any] | None = None,
        remote_path: PathText | bool | None = None,
        metadata: dict[str, str] | None = None,
    ) -> None:
        super().__init__(path, downloader, remote_path)
        self.metadata = metadata

    @property
    def remote_path(self) -> Any:
        """Where an upload goes; None for a fresh name, False for no upload."""
        return self._target

    @classmethod
    def new_remote_file(cls, name: str | None = None, alt: str | None = None) -> FlyteFile[T]:
        """A file to be written below the raw data prefix: under `name`, and in bucket `alt`, where given."""
        return cls(path=storage().generate_new_custom_path(alt=alt, stem=name))

    @classmethod
    def new(cls, filename: PathText) -> FlyteFile[T]:
        """A file to be written in the task's working folder.

        Raises:
            ValueError: `filename` is absolute.
        """
        if os.path.isabs(filename):
            raise ValueError(f"FlyteFile.new takes a relative path, not {os.fspath(filename)!r}")
        return cls(path=os.path.join(working_folder(), filename))

    @contextlib.contextmanager
    def open(
        self, mode: str = "r", cache_type: str | None = None, cache_options: dict[str, Any] | None = None
    ) -> Iterator[Any]:
        """The open file, streamed where it is remote. The cache options are fsspec's and go to remote files only."""
        where = self._remote_source or (os.fspath(self._target) if self._target else os.fspath(self.path))
        options = {"cache_type": cache_type, "cache_options": cache_options} if is_remote(where) else {}
        with storage().open(where, mode, **options) as stream:
            yield stream


class FlyteDirectory(Reference[T]):
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
    def new_remote(cls, stem: str | None = None, alt: str | None = None) -> FlyteDirectory[T]:
        """A folder to be written below the raw data prefix.

        Raises:
            ValueError: `stem` has a file extension.
        """
        if stem and pathlib.Path(stem).suffix:
            raise ValueError(f"a folder's name has no file extension, unlike {stem!r}")
        return cls(path=storage().generate_new_custom_path(alt=alt, stem=stem))

    @classmethod
    def new(cls, dirname: PathText) -> FlyteDirectory[T]:
        """A folder made in the task's working folder.

        Raises:
            ValueError: `dirname` is absolute.
        """
        if os.path.isabs(dirname):
            raise ValueError(f"FlyteDirectory.new takes a relative path, not {os.fspath(dirname)!r}")
        path = os.path.join(working_folder(), dirname)
        os.makedirs(path)
        return cls(path=path)

    def new_file(self, name: str | None = None) -> FlyteFile[Any]:
        """A file in this folder, under `name` or a random one."""
        return FlyteFile(path=join(os.fspath(self.path), name or random_name()))

    def new_dir(self, name: str | None = None) -> FlyteDirectory[Any]:
        """A folder in this folder, under `name` or a random one."""
        return FlyteDirectory(path=join(os.fspath(self.path), name or random_name()))

    @classmethod
    def listdir(cls, directory: FlyteDirectory[Any]) -> list[FlyteDirectory[Any] | FlyteFile[Any]]:
        """What a folder holds, sorted by address, without fetching any of it."""
        entries = storage().list_folder(directory._remote_source or directory.path)  # noqa: SLF001 - our own class
        return [(FlyteDirectory if folder else FlyteFile).from_source(where) for where, folder in entries]

    def crawl(
        self, maxdepth: int | None = None, topdown: bool = True, **options: Any  # noqa: FBT001, FBT002 - flytekit's signature
    ) -> Iterator[tuple[Any, Any]]:
        """Pairs of this folder's address and a file's path below it, at any depth; with `detail=True` fsspec's records."""
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
                found = os.path.normpath(os.path.join(inner, name))
                yield base, {found: {"name": os.path.join(folder, name), "type": "file"}} if options.get("detail") else found

    @staticmethod
    def _crawl_remote(
        base: str, maxdepth: int | None, topdown: bool, options: dict[str, Any]  # noqa: FBT001 - internal
    ) -> Iterator[tuple[Any, Any]]:
        driver = storage().get_filesystem_for_path(base)
        root = str(driver._strip_protocol(base)).rstrip("/") + "/"  # noqa: SLF001 - the only way fsspec offers
        for folder, _, files in driver.walk(base, maxdepth, topdown, **options):
            inner = f"{folder}/"[len(root) :].rstrip("/")
            for name in sorted(files):
                found = join(inner, name)
                yield base, {found: files[name]} if isinstance(files, dict) else found

    def __truediv__(self, other: PathText) -> pathlib.Path:
        return pathlib.Path(self.path) / other


def batch_size_of(hint: Any) -> int | None:
    """The BatchSize in an Annotated hint; None where there is none."""
    return next((note.val for note in getattr(hint, "__metadata__", ()) if isinstance(note, BatchSize)), None)


def format_of(hint: Any) -> str:
    """The blob format of a reference class, also inside Annotated."""
    plain = get_args(hint)[0] if hasattr(hint, "__metadata__") else hint
    return plain.extension() if isinstance(plain, type) and issubclass(plain, Reference) else ""


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

"""What FlyteFile and FlyteDirectory have in common, and the rules by which an address is made of a value. They are flytekit's.

When a file or folder is copied to the raw data, and under which address it travels:

| value | address |
|---|---|
| came from a remote source | that source |
| a FlyteFile or FlyteDirectory that is remote, or whose target is False | its path |
| text that is remote | the text |
| anything else that exists here | a copy: at the target if one is given, else a snapshot below the raw data prefix |

flytekit lets local files stay where they are in a local execution. Then a literal refers to a file that its owner may change,
and a cache gives what somebody else wrote; so here a value that travels is a snapshot, whatever the execution.

For `os.PathLike` nothing is checked or copied. What does not exist is refused, also where it would not be copied.
"""

from __future__ import annotations

import functools
import os
import pathlib
import threading
from collections.abc import Callable
from typing import Any, ClassVar, Union, cast

from drawloom.context import StorageError, check_snapshot, is_remote, local_path
from literals import is_path, preview
from typeengine.builtin.pydantic_schema import field_schema
from typeengine.errors import TypeTransformerFailedError
from typeengine.raw_data import storage

PathText = Union[str, "os.PathLike[str]"]
Target = Union[str, "os.PathLike[str]", bool, None]
"""Where a copy goes: False for no copy, nothing for a fresh name."""
_GIVE = "give FlyteFile(path) or FlyteDirectory(path), as the hint says"


class FileExt:
    """Names a file format inside `Annotated[str, FileExt("tar.gz")]`, for formats that are not Python names."""

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
    def check_and_convert_to_str(item: object) -> str:
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


class FlyteReference(os.PathLike[str]):
    """What FlyteFile and FlyteDirectory have in common: an address, perhaps remote, and a local copy made on demand.

    Attributes: `path` (as given; for a decoded remote address the local path that a download will fill).
    """

    is_folder: ClassVar[bool] = False
    _extension: ClassVar[str] = ""
    path: str | os.PathLike[str]
    metadata: dict[str, str] | None = None

    def __init__(self, path: PathText, downloader: Callable[[], Any] | None, target: Target) -> None:
        self.path = path
        self._downloader = downloader
        self._target = target
        self._downloaded = False
        self._remote_source: str | None = None
        self._lock = threading.Lock()
        self._local = os.fspath(path)
        if is_remote(path) and downloader is None:
            self._fetch_from(os.fspath(path))

    def __class_getitem__(cls, item: object) -> Any:
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
        made._fetch_from(text, local=os.fspath(made.path))
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
    def target(self) -> Target:
        """Where a copy goes; None for a fresh name, False for no copy."""
        return self._target

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

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> Any:
        """For pydantic models that have such a field: an instance, its `{"path": ...}` object, or a path."""
        del source, handler
        return field_schema(
            functools.partial(validated, kind=cls),
            functools.partial(object_of, kind=cls),
            f"{cls.__module__}.{cls.base_name()}:{cls.extension()}",
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: object, handler: object) -> dict[str, Any]:
        """The JSON schema of such a field, as flytekit's classes have it."""
        del schema, handler
        path = {"title": "Path", "default": None, "anyOf": [{"type": "string"}, {"type": "string", "format": "path"}]}
        text = {"type": "object", "additionalProperties": {"type": "string"}}
        metadata = {"title": "Metadata", "default": None, "anyOf": [text, {"type": "null"}]}
        properties = {"path": path} if cls.is_folder else {"path": path, "metadata": metadata}
        return {"type": "object", "title": cls.base_name(), "properties": properties}

    @classmethod
    def base_name(cls) -> str:
        """`FlyteFile` or `FlyteDirectory`, whatever the format."""
        return next(kind.__name__ for kind in cls.__mro__ if kind.__dict__.get("_is_bare"))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, FlyteReference):
            same_kind = other.is_folder is self.is_folder and other.extension() == self.extension()
            return same_kind and other.address == self.address
        if is_path(other):
            text: object = os.fspath(other)
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
        for name, value in {**state, "_lock": threading.Lock(), "_downloader": None}.items():
            setattr(self, name, value)
        if self._remote_source is not None and not self._downloaded:
            self._fetch_from(self._remote_source, local=self._local)


def _never() -> None:
    """Stands for a downloader that is set right after."""


def address_of(value: Any, kind: type[FlyteReference], batch_size: int | None = None) -> str:
    """The address under which `value` travels as a `kind` (FlyteFile or FlyteDirectory), after copying if need be.

    Raises:
        TypeTransformerFailedError: not a file or folder reference, of the other kind, nothing there, or the copy failed.
    """
    if isinstance(value, FlyteReference):
        return _of_reference(value, kind, batch_size)
    if not isinstance(value, (str, pathlib.PurePath)):
        raise TypeTransformerFailedError(
            f"this is not a {kind.__name__}",
            expected=f"a {kind.__name__}, a path, or text that is one",
            got=_shown(value),
            fix=_GIVE,
        )
    text = os.fspath(value)
    if is_remote(text):
        return text
    _check_exists(text, kind)
    _check_content(text, kind)
    return _copied(text, kind, None, batch_size)


def _of_reference(value: FlyteReference, kind: type[FlyteReference], batch_size: int | None) -> str:
    if value.is_folder is not kind.is_folder:
        raise TypeTransformerFailedError(
            f"this is not a {kind.__name__}", expected=f"a {kind.__name__}", got=_shown(value), fix=_GIVE
        )
    wanted = kind.extension()
    if wanted and value.extension() not in ("", wanted):
        raise TypeTransformerFailedError(
            "the file format is another one", expected=f"{kind.__name__}", got=_shown(value), fix=_GIVE
        )
    if value.remote_source is not None:
        return value.remote_source
    target = value.target
    text = os.fspath(value.path)
    if is_remote(text):
        return text
    _check_exists(text, kind)
    _check_content(text, kind)
    if target is False:
        return value.address
    return _copied(text, kind, None if target is None or target is True else os.fspath(target), batch_size)


def _check_exists(text: str, kind: type[FlyteReference]) -> None:
    path = local_path(text)
    if path.is_dir() if kind.is_folder else path.is_file():
        return
    word = "folder" if kind.is_folder else "file"
    got = ("a file" if kind.is_folder else "a folder") if path.exists() else "nothing at that path"
    raise TypeTransformerFailedError(
        f"there is no {word} {text!r}",
        expected=f"an existing {word}",
        got=got,
        fix=f"give the path of a {word} that is there",
    )


_SIGNATURES = {"jpeg": b"\xff\xd8\xff", "jpg": b"\xff\xd8\xff", "png": b"\x89PNG", "pdf": b"%PDF", "hdf5": b"\x89HDF"}
"""How files of a format begin."""
_LOOKED_AT = 512
_TEXT = bytes((9, 10, 13, *range(32, 127)))
"""The bytes of ASCII text."""


def _check_content(text: str, kind: type[FlyteReference]) -> None:
    """Refuse a text file where a binary format is declared; flytekit does so where libmagic is installed."""
    signature = _SIGNATURES.get(kind.extension())
    if signature is None or kind.is_folder:
        return
    with local_path(text).open("rb") as source:
        start = source.read(_LOOKED_AT)
    if start and not start.startswith(signature) and not start.translate(None, _TEXT):
        raise TypeTransformerFailedError(
            f"the file {text!r} is not a {kind.extension()} file",
            expected=f"a file that begins with {signature!r}",
            got=f"text: {preview(start[:40])}",
            fix="give a file of the declared format, or declare another one",
        )


def _check_unchanged(text: str) -> None:
    try:
        check_snapshot(local_path(text))
    except StorageError as error:
        raise TypeTransformerFailedError(
            error.what, where=error.where, expected=error.expected, got=error.got, fix=error.fix
        ) from error


def _copied(text: str, kind: type[FlyteReference], target: str | None, batch_size: int | None) -> str:
    access = storage()
    path = str(local_path(text))
    try:
        if target is None:
            return access.keep(path, kind.is_folder, batch_size)
        return access.put_data(path, target, kind.is_folder, batch_size)
    except StorageError as error:
        raise TypeTransformerFailedError(
            f"the copy to the raw data failed: {error.what}", expected=error.expected, got=error.got, fix=error.fix
        ) from error


def _shown(value: Any) -> str:
    return f"{preview(value)} of type {type(value).__name__}"


def given(uri: Any, kind: Any, metadata: dict[str, str] | None = None) -> Any:
    """The reference of class `kind` that a task gets for an address.

    Raises:
        TypeTransformerFailedError: no address, or a local one where nothing of that kind is, or where somebody changed what
            a task gave.
    """
    if not isinstance(uri, str) or not uri:
        raise TypeTransformerFailedError(
            f"a {kind.__name__} needs an address",
            expected="text",
            got=preview(uri),
            fix="was it written by another type?",
        )
    if not is_remote(uri):
        _check_exists(uri, kind)
        _check_unchanged(uri)
    result = kind.from_source(uri)
    if not kind.is_folder:
        result.metadata = metadata
    elif not is_remote(uri):
        result = kind(uri, remote_directory=False)
    return result


def metadata_of(value: Any) -> dict[str, str]:
    """The metadata that travels with a file; none for anything else."""
    return dict(value.metadata or {}) if isinstance(value, FlyteReference) else {}


def object_of(value: Any, kind: Any, batch_size: int | None = None) -> dict[str, Any]:
    """The form of a reference inside structs: its address, and a file's metadata."""
    metadata = metadata_of(value)
    return {"path": address_of(value, kind, batch_size), **({"metadata": metadata} if metadata else {})}


def validated(value: Any, kind: Any) -> Any:
    """A reference of class `kind` from what a pydantic field was given."""
    if isinstance(value, FlyteReference):
        if value.is_folder is not kind.is_folder:
            raise ValueError(f"this is a {type(value).__name__}, not a {kind.__name__}")
        return value
    if isinstance(value, dict):
        tree = cast("dict[str, Any]", value)
        return given(tree.get("path"), kind, tree.get("metadata"))
    if is_path(value):
        return kind(value)
    raise ValueError(f"a {kind.__name__} is made from a path or an object with one, not from {preview(value)}")

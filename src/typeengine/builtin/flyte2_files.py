"""File and Dir of Flyte 2: an address with a format and a content hash. Nothing is copied when a value travels.

Names, members and rules are those of `flyte.io`; each asynchronous method has a `_sync` twin. Where Flyte 2 forgets a
hash method for local data, it is run here. Content is copied only by `from_local` to a remote place, and by `download`.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import pathlib
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, Union, runtime_checkable

from drawloom.context import (
    AsyncStream,
    file_tail,
    is_remote,
    join,
    local_path,
    random_name,
    run_in_thread,
)
from literals import is_dict, preview
from typeengine.builtin.pydantic_schema import field_schema
from typeengine.errors import wrong_literal, wrong_value
from typeengine.raw_data import storage

PathText = Union[str, "os.PathLike[str]"]
EMPTY_DIR = "::flyte-empty-dir::"
"""The address by which Flyte 2 marks a folder that holds nothing."""
_CHUNK = 1 << 20


@runtime_checkable
class ContentHash(Protocol):
    """Takes bytes and gives their hash as text; hashlib's interface with `result` for `hexdigest`."""

    def update(self, data: Any, /) -> None:
        """Take more bytes."""
        ...

    def result(self) -> str:
        """The hash of all bytes taken."""
        ...


class HashlibAccumulator:
    """A hashlib hash as a content hash."""

    def __init__(self, h: Any) -> None:
        self._h = h

    @classmethod
    def from_hash_name(cls, name: str) -> HashlibAccumulator:
        """By hashlib's name, such as `sha256`."""
        return cls(hashlib.new(name))

    def update(self, data: Any, /) -> None:
        """Take more bytes."""
        self._h.update(data)

    def result(self) -> str:
        """The digest in hexadecimal."""
        return self._h.hexdigest()


class PrecomputedValue:
    """A hash that is known already."""

    def __init__(self, value: str) -> None:
        self._value = value

    def update(self, data: Any, /) -> None:
        """Nothing: the hash is known."""

    def result(self) -> str:
        """The hash."""
        return self._value


class HashFunction:
    """A function of one value as a content hash: the last value that `update` got."""

    def __init__(self, fn: Callable[[Any], str]) -> None:
        self._fn = fn
        self._result = ""

    @classmethod
    def from_fn(cls, fn: Callable[[Any], str]) -> HashFunction:
        """The hash by `fn`."""
        return cls(fn)

    def of(self, value: Any) -> str:
        """The hash of one value; keeps nothing."""
        return self._fn(value)

    def update(self, data: Any, /) -> None:
        """Hash `data`."""
        self._result = self._fn(data)

    def result(self) -> str:
        """The hash."""
        return self._result


@dataclass
class RemoteReference:
    """What File and Dir have in common. `name` is the last part of the address unless given; it does not travel."""

    path: str
    name: str | None = field(default=None, compare=False)
    format: str = ""
    hash: str | None = None
    hash_method: Any = field(default=None, compare=False, repr=False)

    is_folder: ClassVar[bool] = False

    def __post_init__(self) -> None:
        self.path = os.fspath(self.path)
        if self.name is None:
            self.name = file_tail(self.path)

    def __class_getitem__(cls, item: Any) -> Any:
        """The class itself: the format type is for readers only, as in Flyte 2."""
        del item
        return cls

    def __hash__(self) -> int:
        return hash((type(self), self.path))

    def exists_sync(self) -> bool:
        """Whether something is at the address."""
        return storage().exists(self.path)

    async def exists(self) -> bool:
        """As `exists_sync`; the event loop goes on meanwhile."""
        return await run_in_thread(self.exists_sync)

    def download_sync(self, local_path: PathText | None = None) -> str:
        """Copy the content to a local path (a fresh one unless given), and give it; local content stays where it is."""
        if local_path is None and not is_remote(self.path):
            return self.path
        target = os.fspath(local_path) if local_path is not None else storage().fresh_local_path(self.path)
        if not self.is_folder and (target.endswith("/") or pathlib.Path(target).is_dir()):
            target = join(target, self.name or random_name())
        return storage().get_data(self.path, target, is_multipart=self.is_folder)

    async def download(self, local_path: PathText | None = None) -> str:
        """As `download_sync`; the event loop goes on meanwhile."""
        return await run_in_thread(self.download_sync, local_path)

    def tree(self) -> dict[str, Any]:
        """The form inside structs."""
        return {"path": self.path, "name": self.name, "format": self.format, "hash": self.hash}

    @classmethod
    def of_tree(cls, tree: object) -> Any:
        """The reference that the form inside structs stands for."""
        said: dict[Any, Any] = tree if is_dict(tree) else {}
        texts = all(isinstance(said.get(key, ""), (str, type(None))) for key in _KEYS)
        if not texts or not isinstance(said.get("path"), str):
            raise wrong_literal(f"a {cls.__name__} with a path", preview(tree))
        return cls(path=said["path"], name=said.get("name"), format=said.get("format") or "", hash=said.get("hash"))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """For pydantic models that have such a field."""
        del source, handler
        return field_schema(
            functools.partial(_validated, kind=cls), lambda value: value.tree(), f"{cls.__module__}.{cls.__name__}:"
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        """The JSON schema of such a field."""
        del schema, handler
        return {**cls.schema(), "x-flyte-type": cls.__name__.lower()}

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """The JSON schema, as Flyte 2's classes have it."""
        some = {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}
        noun = "directory" if cls.is_folder else "file"
        return {
            "type": "object",
            "title": cls.__name__,
            "description": f"A {noun} reference with an optional format type.",
            "properties": {
                "path": {"title": "Path", "type": "string"},
                "name": {"title": "Name", **some},
                "format": {"title": "Format", "type": "string", "default": ""},
                "hash": {"title": "Hash", **some},
            },
            "required": ["path"],
        }


_KEYS = ("path", "name", "format", "hash")


def _validated(value: Any, kind: Any) -> Any:
    if isinstance(value, kind):
        return value
    if isinstance(value, dict):
        return kind.of_tree(value)
    raise ValueError(f"a {kind.__name__} is made from an object with a path, not from {preview(value)}")


def _hash_of(method: Any, source: pathlib.Path) -> str | None:
    """The hash that `from_local` was asked for: given as text, or run over the file's bytes."""
    if method is None or isinstance(method, str):
        return method
    if not isinstance(method, ContentHash):
        raise wrong_value("a hash method with update and result, or the hash as text", method)
    if isinstance(method, HashFunction):
        method.update(source.read_bytes())
        return method.result()
    with source.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            method.update(chunk)
    return method.result()


def _check_numbers(**given: int | None) -> None:
    """Refuse sizes and counts that are not positive whole numbers."""
    for name, number in given.items():
        if number is not None and (type(number) is not int or number < 1):
            raise wrong_value(f"{name} of 1 or more", number)


def _placed(source: pathlib.Path, destination: str | None, *, is_folder: bool, together: int | None = None) -> str:
    """The address of a copy of local content: at the destination, or below the raw data prefix.

    Also below a local prefix, because what was given may be a temporary file.
    """
    if destination is None:
        return storage().keep(source, is_folder, together)
    return storage().put_data(source, destination, is_folder, together)


@dataclass
class File(RemoteReference):
    """One file: `File.from_local_sync(path)` or `File.new_remote()` to give one, `open_sync` or `open` to read one."""

    __hash__ = RemoteReference.__hash__

    @classmethod
    def new_remote(cls, file_name: str | None = None, hash_method: Any = None) -> File:
        """A file to be written below the raw data prefix, under a random name or the given one."""
        address = storage().get_random_remote_path(file_name) if file_name else storage().get_random_remote_path()
        known = hash_method if isinstance(hash_method, str) else None
        return cls(path=address, hash=known, hash_method=None if known else hash_method)

    @classmethod
    def from_existing_remote(cls, remote_path: str, file_cache_key: str | None = None) -> Any:
        """A reference to what is already there; the key stands for its content in cache keys."""
        return cls(path=remote_path, hash=file_cache_key)

    @classmethod
    def named_remote(cls, name: str) -> File:
        """A file below the raw data prefix whose address depends on its name alone.

        Raises:
            ValueError: the name is empty or has a path separator.
        """
        if not name or "/" in name or "\\" in name:
            raise ValueError(f"a plain file name is needed, not {name!r}")
        return cls(path=join(storage().raw_output_prefix, name))

    @contextlib.contextmanager
    def open_sync(self, mode: str = "rb", **options: Any) -> Generator[Any]:
        """The open file. The options are fsspec's and go to remote files only; a hash method sees what is written."""
        known = {key: value for key, value in options.items() if value is not None} if is_remote(self.path) else {}
        with storage().open(self.path, mode, **known) as stream:
            yield _Hashing(stream, self.hash_method) if self.hash_method is not None and "r" not in mode else stream
        if self.hash_method is not None and "r" not in mode:
            self.hash = self.hash_method.result()

    @contextlib.asynccontextmanager
    async def open(self, mode: str = "rb", **options: Any) -> AsyncGenerator[AsyncStream]:
        """The open file, its methods awaitable."""
        opened = self.open_sync(mode, **options)
        stream = await run_in_thread(opened.__enter__)
        try:
            yield AsyncStream(stream)
        finally:
            await run_in_thread(opened.__exit__, *sys.exc_info())

    @classmethod
    def from_local_sync(
        cls,
        local_path: PathText,
        remote_destination: str | None = None,
        hash_method: Any = None,
        chunk_size: int | None = None,
        max_concurrency: int | None = None,
    ) -> File:
        """A file of this machine, copied to the destination or below the raw data prefix.

        The store chooses how large the parts are and how many go at once; `chunk_size` and `max_concurrency` have to be
        numbers that it could take.
        """
        _check_numbers(chunk_size=chunk_size, max_concurrency=max_concurrency)
        source = _local(local_path, is_folder=False)
        return cls(
            path=_placed(source, remote_destination, is_folder=False),
            name=source.name,
            hash=_hash_of(hash_method, source),
        )

    @classmethod
    async def from_local(
        cls,
        local_path: PathText,
        remote_destination: str | None = None,
        hash_method: Any = None,
        chunk_size: int | None = None,
        max_concurrency: int | None = None,
    ) -> File:
        """As `from_local_sync`; the event loop goes on meanwhile."""
        return await run_in_thread(
            cls.from_local_sync, local_path, remote_destination, hash_method, chunk_size, max_concurrency
        )


class _Hashing:
    """A stream that shows what is written to a content hash."""

    def __init__(self, stream: Any, method: Any) -> None:
        self._stream = stream
        self._method = method

    def write(self, data: Any) -> Any:
        self._method.update(data.encode() if isinstance(data, str) else data)
        return self._stream.write(data)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __iter__(self) -> Any:
        return iter(self._stream)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _local(path: PathText, *, is_folder: bool) -> pathlib.Path:
    source = local_path(path)
    if source.is_dir() if is_folder else source.is_file():
        return source
    noun = "folder" if is_folder else "file"
    raise wrong_value(f"the path of an existing {noun}", os.fspath(path))


@dataclass
class Dir(RemoteReference):
    """One folder."""

    is_folder: ClassVar[bool] = True
    __hash__ = RemoteReference.__hash__

    @property
    def is_empty(self) -> bool:
        """Whether this stands for a folder that holds nothing."""
        return self.path == EMPTY_DIR

    @classmethod
    def empty(cls) -> Dir:
        """A folder that holds nothing, and needs no place."""
        return cls(path=EMPTY_DIR)

    @classmethod
    def new_remote(cls, dir_name: str | None = None, hash: str | None = None) -> Dir:  # noqa: A002 - Flyte 2's signature
        """A folder to be written below the raw data prefix."""
        return cls(path=join(storage().raw_output_prefix, dir_name or random_name()), hash=hash)

    @classmethod
    def from_local_sync(  # noqa: PLR0917 - the peer's signature
        cls,
        local_path: PathText,
        remote_destination: str | None = None,
        dir_cache_key: str | None = None,
        batch_size: int | None = None,
        chunk_size: int | None = None,
        max_concurrency: int | None = None,
    ) -> Dir:
        """A folder of this machine, copied to the destination or below the raw data prefix, `batch_size` files at a time.

        Of each file, the store chooses how large the parts are and how many go at once, as `File.from_local_sync` says.
        """
        _check_numbers(batch_size=batch_size, chunk_size=chunk_size, max_concurrency=max_concurrency)
        source = _local(local_path, is_folder=True)
        placed = _placed(source, remote_destination, is_folder=True, together=batch_size)
        return cls(path=placed, name=source.name, hash=dir_cache_key)

    @classmethod
    async def from_local(  # noqa: PLR0917 - the peer's signature
        cls,
        local_path: PathText,
        remote_destination: str | None = None,
        dir_cache_key: str | None = None,
        batch_size: int | None = None,
        chunk_size: int | None = None,
        max_concurrency: int | None = None,
    ) -> Dir:
        """As `from_local_sync`; the event loop goes on meanwhile."""
        return await run_in_thread(
            cls.from_local_sync,
            local_path,
            remote_destination,
            dir_cache_key,
            batch_size,
            chunk_size,
            max_concurrency,
        )

    @classmethod
    def from_existing_remote(cls, remote_path: str, dir_cache_key: str | None = None) -> Dir:
        """A reference to a folder that is already there; the key stands for its content in cache keys."""
        return cls(path=remote_path, hash=dir_cache_key)

    def walk_sync(
        self,
        recursive: bool = True,  # noqa: FBT001, FBT002 - the peer's signature
        file_pattern: str = "*",
        max_depth: int | None = None,
    ) -> Iterator[File]:
        """The files, sorted by address, to any depth."""
        yield from () if self.is_empty else self._walk(self.path, recursive, file_pattern, max_depth)

    def _walk(self, address: str, recursive: bool, pattern: str, depth: int | None) -> Iterator[File]:  # noqa: FBT001 - internal
        for where, folder in storage().list_folder(address):
            if not folder and pathlib.PurePath(file_tail(where)).match(pattern):
                yield File(path=where)
            elif folder and recursive and (depth is None or depth > 1):
                yield from self._walk(where, recursive, pattern, None if depth is None else depth - 1)

    async def walk(
        self,
        recursive: bool = True,  # noqa: FBT001, FBT002 - the peer's signature
        max_depth: int | None = None,
    ) -> AsyncIterator[File]:
        """As `walk_sync`, all at once; the event loop goes on meanwhile."""
        for file in await run_in_thread(lambda: list(self.walk_sync(recursive, max_depth=max_depth))):
            yield file

    def list_files_sync(self) -> list[File]:
        """The files of this folder itself."""
        return list(self.walk_sync(recursive=False))

    async def list_files(self) -> list[File]:
        """As `list_files_sync`; the event loop goes on meanwhile."""
        return await run_in_thread(self.list_files_sync)

    def get_file_sync(self, file_name: str) -> File | None:
        """One file of this folder; None if there is none of that name."""
        found = File(path=join(self.path, file_name))
        return found if not self.is_empty and found.exists_sync() else None

    async def get_file(self, file_name: str) -> File | None:
        """As `get_file_sync`; the event loop goes on meanwhile."""
        return await run_in_thread(self.get_file_sync, file_name)


def EmptyDir() -> Dir:  # noqa: N802 - Flyte 2's name
    """A folder that holds nothing."""
    return Dir.empty()

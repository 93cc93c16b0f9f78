"""Where raw data goes, and how its stores are reached; the functions move single files and folders by address.

`put`, `get`, `open`, `exists` and the streams are Flyte 2's, asynchronous as there; each blocking form has the suffix `_sync`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterable, AsyncIterator
from pathlib import Path
from typing import Any

from drawloom.context import (
    ABFS,
    GCS,
    S3,
    AsyncStream,
    FileAccessProvider,
    Storage,
    StorageError,
    file_access,
    file_tail,
    is_remote,
    join,
    run_in_thread,
    storage_settings,
)

CHUNK = 10 << 20
"""Bytes that a stream gives at a time, unless it is told otherwise."""


def put_sync(from_path: str | os.PathLike[str], to_path: str | None = None, recursive: bool = False) -> str:  # noqa: FBT001, FBT002 - flyte's signature
    """Copy a local file, or with `recursive` a folder, to an address, by default a fresh one below the raw data prefix.

    Raises:
        StorageError: it is not there, or the address cannot be written.
    """
    access = file_access()
    target = to_path or (
        access.get_random_remote_directory() if recursive else access.get_random_remote_path(from_path)
    )
    return access.put_data(from_path, target, recursive)


def get_sync(from_path: str, to_path: str | os.PathLike[str] | None = None, recursive: bool = False) -> str:  # noqa: FBT001, FBT002 - flyte's signature
    """Copy a file, or with `recursive` a folder, to a local path, by default a fresh one. A folder's path takes a file in.

    Raises:
        StorageError: it is not there, or cannot be read.
    """
    access = file_access()
    target = os.fspath(to_path) if to_path else access.fresh_local_path(from_path)
    if to_path and not recursive and (target.endswith("/") or os.path.isdir(target)):  # noqa: PTH112 - any path-like
        target = join(target, file_tail(from_path))
    return access.get_data(from_path, target, recursive)


def exists_sync(path: str) -> bool:
    """Whether a file or folder is at an address.

    Raises:
        StorageError: the store cannot be asked.
    """
    return file_access().exists(path)


async def put(from_path: str | os.PathLike[str], to_path: str | None = None, recursive: bool = False) -> str:  # noqa: FBT001, FBT002 - flyte's signature
    """As `put_sync`; the event loop goes on meanwhile."""
    return await run_in_thread(put_sync, from_path, to_path, recursive)


async def get(from_path: str, to_path: str | os.PathLike[str] | None = None, recursive: bool = False) -> str:  # noqa: FBT001, FBT002 - flyte's signature
    """As `get_sync`; the event loop goes on meanwhile."""
    return await run_in_thread(get_sync, from_path, to_path, recursive)


async def exists(path: str) -> bool:
    """As `exists_sync`; the event loop goes on meanwhile."""
    return await run_in_thread(exists_sync, path)


async def put_stream(
    data_iterable: AsyncIterable[bytes] | bytes, *, name: str | None = None, to_path: str | None = None
) -> str:
    """Write bytes as they come to an address, by default a fresh one below the raw data prefix; it appears when all came.

    Raises:
        StorageError: the address cannot be written.
    """
    access = file_access()
    target = to_path or access.get_random_remote_path(name)
    stream = await asyncio.to_thread(access.open, target, "wb")
    with stream:
        if isinstance(data_iterable, bytes):
            await asyncio.to_thread(stream.write, data_iterable)
        else:
            async for data in data_iterable:
                await asyncio.to_thread(stream.write, data)
        await asyncio.to_thread(stream.flush)
    return target


async def get_stream(path: str, chunk_size: int = CHUNK) -> AsyncIterator[bytes]:
    """A file's bytes in pieces of `chunk_size`.

    Raises:
        StorageError: it is not there, or cannot be read.
    """
    stream = await asyncio.to_thread(file_access().open, path, "rb")
    with stream:
        while chunk := await asyncio.to_thread(stream.read, chunk_size):
            yield bytes(chunk)


async def open(path: str, mode: str = "rb", **options: Any) -> AsyncStream:  # noqa: A001 - flyte's name
    """A file whose methods are awaited; what is written appears when it is closed. Options are those of the blocking `open`.

    Raises:
        StorageError: it is not there, or cannot be read or written.
    """
    return AsyncStream(await asyncio.to_thread(file_access().open, path, mode, **options))


def get_random_local_path(file_path_or_file_name: str | os.PathLike[str] | None = None) -> Path:
    """A fresh local path whose folder exists, ending in the given name."""
    return Path(file_access().get_random_local_path(file_path_or_file_name))


def get_random_local_directory() -> Path:
    """A fresh empty local folder."""
    return Path(file_access().get_random_local_directory())


def get_configured_fsspec_kwargs(protocol: str | None = None, anonymous: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - flyte's signature
    """What the settings in force mean for the fsspec driver of a scheme; empty for a scheme without settings."""
    settings = storage_settings(protocol or "file")
    return settings.made_anonymous().fsspec_options() if anonymous else settings.fsspec_options()


def get_underlying_filesystem(
    protocol: str | None = None,
    anonymous: bool = False,  # noqa: FBT001, FBT002 - flyte's signature
    path: str | None = None,
    **options: object,
) -> Any:
    """The fsspec file system for a protocol or an address, reached as the settings say.

    Raises:
        StorageError: no driver for it is installed.
    """
    return file_access().get_filesystem(protocol, anonymous, path, **options)


__all__ = [
    "ABFS",
    "CHUNK",
    "GCS",
    "S3",
    "FileAccessProvider",
    "Storage",
    "StorageError",
    "exists",
    "exists_sync",
    "get",
    "get_configured_fsspec_kwargs",
    "get_random_local_directory",
    "get_random_local_path",
    "get_stream",
    "get_sync",
    "get_underlying_filesystem",
    "is_remote",
    "join",
    "open",
    "put",
    "put_stream",
    "put_sync",
]

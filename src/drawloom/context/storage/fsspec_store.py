"""Stores that fsspec reaches: any scheme that has a driver.

Calls that take one literal name are used throughout (`get_file`, `put_file`, `find`, `info`), for `get` and `put` read names as
patterns. Failures that may pass are tried again with growing pauses, within a limit; what can never succeed is not.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import importlib
import io
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from drawloom.context.storage.addresses import StorageError, join, random_name, scheme_of
from drawloom.context.storage.settings import Storage
from drawloom.context.storage.stores import ListedObject, Store, StoredObject, Writer, no_driver
from drawloom.context.temporary import temporary_name
from literals import attempt

T = TypeVar("T")
DEADLINE = 120.0
"""Seconds after which a failed call is not tried again."""
_LONGEST_PAUSE = 10.0
_FINAL = (
    FileNotFoundError, FileExistsError, PermissionError, IsADirectoryError, NotADirectoryError, NotImplementedError,
    ImportError, TypeError, ValueError, KeyError, AttributeError, StorageError,
)  # fmt: skip
"""Errors that another attempt cannot change."""
_FINAL_NUMBERS = frozenset({errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EACCES, errno.ENAMETOOLONG})
_FINAL_NAMES = frozenset({"NoCredentialsError", "PartialCredentialsError", "ClientAuthenticationError", "RefreshError"})
_WHOLE_OBJECTS = frozenset(
    {"s3", "s3a", "s3n", "gs", "gcs", "abfs", "abfss", "az", "adl", "oci", "oss", "memory", "http", "https"}
)
"""Stores where an object appears when its last byte is there. Elsewhere a file is written under another name first."""
_DISCARD = frozenset({"s3", "s3a", "s3n", "gs", "gcs"})
"""Drivers whose open files can be discarded."""


def open_store(root: str, settings: Storage) -> Store:
    """The store behind `scheme://host`.

    Raises:
        StorageError: fsspec or the driver is not installed, or there is no such scheme.
    """
    try:
        fsspec: Any = importlib.import_module("fsspec")
        fsspec.get_filesystem_class(scheme_of(root))
    except ImportError as error:
        raise no_driver(root, error) from error
    except ValueError as error:
        raise StorageError(
            f"fsspec knows no scheme {scheme_of(root)}://",
            expected="a scheme that fsspec knows",
            got=f"{scheme_of(root)}://",
            fix="check the address",
        ) from error
    return _FsspecStore(fsspec, settings, scheme_of(root))


def filesystem_of(address: str, settings: Storage, **more: object) -> Any:
    """The fsspec file system for an address, with the options that the whole address implies (host, account, user).

    Raises:
        StorageError: fsspec or the driver is not installed, or there is no such scheme.
    """
    store = open_store(address, settings)
    assert isinstance(store, _FsspecStore)
    return store.at(address, **more)[0]


class _FsspecStore:
    def __init__(self, fsspec: Any, settings: Storage, scheme: str) -> None:
        self._fsspec = fsspec
        self._settings = settings
        self._scheme = scheme

    def at(self, address: str, **more: object) -> tuple[Any, str]:
        """The file system and the path in it."""
        fs, path = self._fsspec.core.url_to_fs(address, **{**self._settings.fsspec_options(), **more})
        return fs, str(path)

    def _tried(self, call: Callable[[], T]) -> T:
        begun, pause, left = time.monotonic(), max(self._settings.backoff.total_seconds(), 0.0), self._settings.retries
        while (outcome := attempt(call)).error is not None:
            over = time.monotonic() - begun + pause > DEADLINE
            if left <= 0 or over or not _may_pass(outcome.error):
                break
            time.sleep(pause)
            left, pause = left - 1, min(pause * 2, _LONGEST_PAUSE)
        return outcome.unwrap()

    def info(self, address: str) -> StoredObject | None:
        fs, path = self.at(address)
        try:
            found = self._tried(lambda: fs.info(path))
        except FileNotFoundError:
            return None
        return StoredObject(found.get("size"), found.get("type") == "directory")

    def read(self, address: str) -> bytes:
        fs, path = self.at(address)
        return bytes(self._tried(lambda: fs.cat_file(path)))

    def write(self, address: str, data: bytes) -> None:
        fs, path = self.at(address)
        self._whole(fs, path, lambda name: fs.pipe_file(name, data))

    def fetch(self, address: str, target: Path) -> int | None:
        fs, path = self.at(address)
        size = self._tried(lambda: fs.info(path)).get("size")
        self._tried(lambda: fs.get_file(path, str(target)))
        return size if isinstance(size, int) else None

    def send(self, source: Path, address: str) -> None:
        fs, path = self.at(address)
        self._whole(fs, path, lambda name: fs.put_file(str(source), name))
        size = self._tried(lambda: fs.info(path)).get("size")
        if isinstance(size, int) and size != source.stat().st_size:
            raise StorageError(
                "the copy is not whole",
                expected=f"{source.stat().st_size} bytes",
                got=f"{size} bytes",
                fix="check the room on the disk, and run it again",
            )

    def _whole(self, fs: Any, path: str, make: Callable[[str], Any]) -> None:
        if self._scheme in _WHOLE_OBJECTS:
            self._tried(lambda: make(path))
            return
        folder, _, name = path.rpartition("/")
        if folder:
            fs.makedirs(folder, exist_ok=True)
        part = join(folder, f".{name}.{random_name()[:8]}") if folder else f".{name}.{random_name()[:8]}"
        moved = False
        try:
            self._tried(lambda: make(part))
            fs.mv(part, path)
            moved = True
        finally:
            if not moved:
                attempt(fs.rm_file, part)

    def find(self, address: str) -> list[str]:
        fs, path = self.at(address)
        root = path.rstrip("/") + "/"
        found = self._tried(lambda: fs.find(path.rstrip("/"), withdirs=True, detail=True))
        names = {
            name: f"{name.rstrip('/')}/" if row.get("type") == "directory" else name for name, row in found.items()
        }
        inside = [name[len(root) :] for name in names.values() if name.startswith(root) and name != root]
        above = {name[: at + 1] for name in inside for at, sign in enumerate(name[:-1]) if sign == "/"}
        return sorted({name for name in inside if name not in above})

    def listed(self, address: str) -> list[ListedObject]:
        fs, path = self.at(address)
        root = path.rstrip("/") + "/"
        found = self._tried(lambda: fs.find(path.rstrip("/"), detail=True))
        return [
            ListedObject(name[len(root) :], int(row.get("size") or 0), _written(row))
            for name, row in found.items()
            if name.startswith(root) and not name.endswith("/")
        ]

    def remove(self, addresses: list[str]) -> None:
        for address in addresses:
            fs, path = self.at(address)
            with contextlib.suppress(FileNotFoundError):
                self._tried(lambda fs=fs, path=path: fs.rm_file(path))

    def list(self, address: str) -> list[tuple[str, bool]]:
        fs, path = self.at(address)
        rows = self._tried(lambda: fs.ls(path, detail=True))
        own = path.strip("/")
        return sorted(
            (str(fs.unstrip_protocol(row["name"])).rstrip("/"), row["type"] == "directory")
            for row in rows
            if row["type"] != "directory" or row["name"].strip("/") != own
        )

    def reader(self, address: str, **options: object) -> BinaryIO:
        fs, path = self.at(address)
        return self._tried(lambda: fs.open(path, "rb", **options))

    def writer(self, address: str, **options: object) -> Writer:
        fs, path = self.at(address)
        if self._scheme in _DISCARD:
            return _DriverWriter(fs.open(path, "wb", **options))
        return _SpooledWriter(lambda source: self.send(source, address))


_TIMES = ("LastModified", "last_modified", "updated", "mtime", "created")
"""Keys under which drivers say when something was written."""


def _written(row: Mapping[str, Any]) -> float | None:
    time = next((row[key] for key in _TIMES if row.get(key) is not None), None)
    if isinstance(time, dt.datetime):
        return time.timestamp() if time.tzinfo is not None else time.replace(tzinfo=dt.timezone.utc).timestamp()
    return float(time) if isinstance(time, (int, float)) else None


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, _FINAL) or type(error).__name__ in _FINAL_NAMES:
        return False
    status = getattr(error, "status", None) or getattr(error, "code", None)
    if isinstance(status, int) and 400 <= status < 500 and status not in {408, 409, 425, 429}:  # noqa: PLR2004 - HTTP's numbers
        return False
    return getattr(error, "errno", None) not in _FINAL_NUMBERS


class _DriverWriter:
    """A driver's own open file; its parts are dropped when it is discarded."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, data: bytes | memoryview, /) -> Any:
        return self._stream.write(data)

    def close(self) -> None:
        self._stream.close()

    def discard(self) -> None:
        attempt(self._stream.discard)
        # Otherwise the driver's own finalizer would still finish the object.
        self._stream.closed = True


class _SpooledWriter:
    """A local file that is sent when it is closed, for stores whose open files cannot be taken back."""

    def __init__(self, send: Callable[[Path], None]) -> None:
        self._path = Path(temporary_name("upload"))
        self._stream = io.FileIO(self._path, "x")
        self._send = send

    def write(self, data: bytes | memoryview, /) -> int:
        view = memoryview(data)
        done = 0
        while done < view.nbytes:
            done += self._stream.write(view[done:])
        return done

    def close(self) -> None:
        try:
            self._stream.close()
            self._send(self._path)
        finally:
            self.discard()

    def discard(self) -> None:
        self._stream.close()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path)  # noqa: PTH108 - once, on the way out

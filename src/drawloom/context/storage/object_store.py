"""Amazon's, Google's and Microsoft's stores through obstore: literal keys, streams, parts sent side by side, bounded retries."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib
import io
from pathlib import Path
from typing import Any, BinaryIO

from drawloom.context.storage.addresses import StorageError, scheme_of
from drawloom.context.storage.budget import Budget
from drawloom.context.storage.empty_folders import is_mark
from drawloom.context.storage.fsspec_store import open_store as by_fsspec
from drawloom.context.storage.settings import Storage
from drawloom.context.storage.stores import ListedObject, Store, StoredObject, Writer, no_driver

CHUNK = 10 << 20
"""Bytes that an open file reads or writes at a time."""
PIECE = 1 << 20
"""Bytes of a download that are written to its file at a time, at least."""
MAX_PARTS = 9_000
"""Stores take at most 10,000 parts; larger files get larger parts."""
SMALLEST_PART = 5 << 20
"""Bytes of a part, at least: Amazon's limit."""
TOGETHER = 11
"""Parts of one file on their way at a time."""
BUDGET = Budget(TOGETHER * SMALLEST_PART)
"""Bytes of uploads that this process holds at a time, whatever the number and size of its files."""
TIMEOUT = dt.timedelta(seconds=60)
CONNECT_TIMEOUT = dt.timedelta(seconds=10)
RETRY_TIMEOUT = dt.timedelta(seconds=120)


def open_store(root: str, settings: Storage) -> Store:
    """The store behind `scheme://bucket`.

    Raises:
        StorageError: obstore is not installed, or refuses the settings.
    """
    try:
        obstore: Any = importlib.import_module("obstore")
        classes: Any = importlib.import_module("obstore.store")
    except ImportError as error:
        raise no_driver(root, error) from error
    scheme = scheme_of(root)
    config = settings.object_store_config()
    options: dict[str, Any] = {
        "client_options": {
            "timeout": TIMEOUT,
            "connect_timeout": CONNECT_TIMEOUT,
            "allow_http": str(config.get("endpoint", "")).startswith("http://"),
        },
        "retry_config": {
            "max_retries": settings.retries,
            "retry_timeout": RETRY_TIMEOUT,
            "backoff": {"init_backoff": settings.backoff, "max_backoff": dt.timedelta(seconds=10), "base": 2},
        },
    }
    bucket = root.partition("://")[2]
    if scheme in {"s3", "s3a", "s3n"}:
        made = classes.S3Store(bucket, **config, **options)
    elif scheme in {"gs", "gcs"}:
        made = classes.GCSStore(bucket, **config, **options)
    else:
        made = classes.AzureStore.from_url(root, **config, **options)
    return _ObjectStore(obstore, made, root, settings)


class _ObjectStore:
    def __init__(self, obstore: Any, store: Any, root: str, settings: Storage) -> None:
        self._settings = settings
        self._obstore = obstore
        self._store = store
        self._root = root

    def _key(self, address: str) -> str:
        key = address.partition("://")[2].partition("/")[2]
        if "//" in key or key.startswith("/"):
            raise StorageError(
                "an object's name has an empty part",
                expected="no two slashes in a row",
                got=key,
                fix="remove the empty part from the address",
            )
        return key.rstrip("/")

    def info(self, address: str) -> StoredObject | None:
        key = self._key(address)
        try:
            return StoredObject(int(self._obstore.head(self._store, key)["size"])) if key else StoredObject(None, True)  # noqa: FBT003 - a bucket is a folder
        except FileNotFoundError:
            for _ in self._obstore.list(self._store, f"{key}/", chunk_size=1):
                return StoredObject(None, is_folder=True)
            return None

    def read(self, address: str) -> bytes:
        return bytes(self._obstore.get(self._store, self._key(address)).bytes())

    def write(self, address: str, data: bytes) -> None:
        self._obstore.put(self._store, self._key(address), data)

    def fetch(self, address: str, target: Path) -> int | None:
        found = self._obstore.get(self._store, self._key(address))
        size = int(found.meta["size"])
        with target.open("wb") as stream:
            for chunk in found.stream(min_chunk_size=PIECE):
                stream.write(chunk)
        return size

    def send(self, source: Path, address: str) -> None:
        size = source.stat().st_size
        part = max(SMALLEST_PART, -(-size // MAX_PARTS))
        with BUDGET.holding(min(size, TOGETHER * part)):
            self._obstore.put(self._store, self._key(address), source, chunk_size=part, max_concurrency=TOGETHER)

    def find(self, address: str) -> list[str]:
        prefix = f"{key}/" if (key := self._key(address)) else ""
        sizes = {
            str(row["path"])[len(prefix) :]: int(row["size"])
            for batch in self._obstore.list(self._store, prefix or None)
            for row in batch
            if str(row["path"]).startswith(prefix)
        }
        unclear = {name for name, size in sizes.items() if not size and not is_mark(name)}
        folders = self._folders_among(prefix, unclear)
        return sorted(f"{name}/" if name in folders else name for name in sizes)

    def listed(self, address: str) -> list[ListedObject]:
        prefix = f"{key}/" if (key := self._key(address)) else ""
        return [
            ListedObject(str(row["path"])[len(prefix) :], int(row["size"]), row["last_modified"].timestamp())
            for batch in self._obstore.list(self._store, prefix or None)
            for row in batch
            if str(row["path"]).startswith(prefix)
        ]

    def remove(self, addresses: list[str]) -> None:
        for address in addresses:
            with contextlib.suppress(FileNotFoundError):
                self._obstore.delete(self._store, self._key(address))

    def _folders_among(self, prefix: str, names: set[str]) -> set[str]:
        """Those of the objects without bytes whose real name ends with a slash, which obstore leaves out: empty folders."""
        found: set[str] = set()
        for parent in {name.rpartition("/")[0] for name in names}:
            rows = self._obstore.list_with_delimiter(self._store, f"{prefix}{parent}" if parent else prefix or None)
            found |= {str(name)[len(prefix) :] for name in rows["common_prefixes"]} & names
        return found

    def list(self, address: str) -> list[tuple[str, bool]]:
        prefix = f"{key}/" if (key := self._key(address)) else None
        found = self._obstore.list_with_delimiter(self._store, prefix)
        rows = [(f"{self._root}/{row['path']}", False) for row in found["objects"]]
        rows += [(f"{self._root}/{name}", True) for name in found["common_prefixes"]]
        if not rows and self.info(address) is None:
            raise FileNotFoundError(address)
        return sorted(rows)

    def reader(self, address: str, **options: object) -> BinaryIO:
        if options:  # how fsspec keeps what it read; only fsspec can honour that
            return by_fsspec(self._root, self._settings).reader(address, **options)
        stream = self._obstore.open_reader(self._store, self._key(address), buffer_size=CHUNK)
        return io.BufferedReader(_ObjectReader(stream), CHUNK)

    def writer(self, address: str, **options: object) -> Writer:
        if options:
            return by_fsspec(self._root, self._settings).writer(address, **options)
        return _ObjectWriter(self._obstore.open_writer(self._store, self._key(address), buffer_size=CHUNK))


class _ObjectReader(io.RawIOBase):
    """obstore's reader with the interface of Python's files."""

    def __init__(self, stream: Any) -> None:
        super().__init__()
        self._stream = stream

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return int(self._stream.seek(offset, whence))

    def tell(self) -> int:
        return int(self._stream.tell())

    def readinto(self, buffer: Any, /) -> int:
        view = memoryview(buffer).cast("B")
        data = memoryview(self._stream.read(view.nbytes))
        view[: data.nbytes] = data
        return data.nbytes


class _ObjectWriter:
    """An object on its way; without a close its parts are dropped by the store."""

    def __init__(self, stream: Any) -> None:
        self._stream: Any = stream

    def write(self, data: bytes | memoryview, /) -> Any:
        return self._stream.write(data)

    def close(self) -> None:
        self._stream.close()

    def discard(self) -> None:
        self._stream = None

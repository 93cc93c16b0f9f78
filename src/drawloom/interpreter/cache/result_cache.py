"""Outputs of tasks, kept between runs: keys, and a store in SQLite that processes can share.

Key: sha256 over length-framed parts: task (project, domain, name), canonical interface, cache version, and for every input
that is not ignored its name and `literals.digest` (value, not bytes: `Literal.hash` stands for its value where set, map
order and annotations do not count). Equal values give equal keys in every process. An input that cannot be hashed means
that the task runs, with one warning that names it; a key is never made of a part.
An entry is the format version, the sha256 of the value and the `LiteralMap` bytes. A bad one, one of another format, one
that is too old, and one that refers to a local file that is gone are misses, never errors.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import os
import sqlite3
import threading
import time
import warnings
import weakref
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, final

from drawloom.interpreter.options import ResultCache
from drawloom.interpreter.program.graph import NodeKind
from drawloom.interpreter.program.program import TaskPlan
from literals import MalformedError, WireError, canonical_bytes, digest, pack_map, parse, pb, unpack_map

FORMAT = 1
_DOMAIN = b"drawloom.cache.1"
_FIRST = b"\x0a"
"""The key of a literal's scalar, and of a scalar's primitive."""
_BUSY_SECONDS = 60.0
_RETRY_SECONDS = 0.01
_TABLE = """CREATE TABLE IF NOT EXISTS entries (
    key TEXT PRIMARY KEY, format INTEGER NOT NULL, name TEXT NOT NULL, created REAL NOT NULL,
    digest BLOB NOT NULL, value BLOB NOT NULL
) WITHOUT ROWID"""


def _framed(parts: Iterable[bytes]) -> bytes:
    hashed = hashlib.sha256()
    for part in parts:
        hashed.update(len(part).to_bytes(8, "big"))
        hashed.update(part)
    return hashed.digest()


def cache_key(
    name: str, interface: bytes, version: str, inputs: Mapping[str, bytes], ignored: Iterable[str] = ()
) -> str | None:
    """The key of one call, as 64 hex digits; None (and one warning) if an input cannot be hashed."""
    left_out = set(ignored)
    parts = [_DOMAIN, name.encode(), interface, version.encode()]
    for variable in sorted(inputs.keys() - left_out):
        hashed = _digest_or_warn(name, variable, inputs[variable])
        if hashed is None:
            return None
        parts += [variable.encode(), hashed]
    return _framed(parts).hex()


def _digest_or_warn(name: str, variable: str, literal: bytes) -> bytes | None:
    try:
        return digest(literal)
    except (MalformedError, WireError) as error:
        warnings.warn(
            f"{name}: input {variable!r} cannot be hashed ({error.what}), so the task runs without the cache",
            stacklevel=3,
        )
        return None


@final
@dataclass(slots=True)
class CacheUse:
    """How one call uses the cache. `overwrite`: do not read; `serialize`: identical calls wait for the first."""

    store_in: ResultCache
    key: str
    name: str
    serialize: bool = False
    overwrite: bool = False
    max_age: float | None = None

    def lock(self) -> Any:
        """Held while the call looks up, runs and stores."""
        return self.store_in.lock(self.key)

    def look_up(self) -> dict[str, bytes] | None:
        """The outputs of an identical call; None if there are none to be used."""
        if self.overwrite:
            return None
        found = self.store_in.get(self.key, self.max_age)
        if found is None:
            return None
        try:
            outputs = unpack_map(found)
            return outputs if all(_is_whole(value) for value in outputs.values()) else None
        except (MalformedError, WireError):
            return None

    def store(self, outputs: Mapping[str, bytes]) -> None:
        """Keep the outputs of this call."""
        self.store_in.put(self.key, pack_map(outputs), self.name)


def cache_rule(
    task: TaskPlan, kind: NodeKind | None, store: ResultCache, *, overwrite: bool
) -> Callable[[Mapping[str, bytes]], CacheUse | None] | None:
    """How calls of `task` use `store`, by their inputs; None if neither the task nor its nodes ask for caching.

    What the rule gives is None for inputs that cannot be hashed.
    """
    meta = task.template.metadata
    asked, version, serialize = meta.discoverable, meta.discovery_version, meta.cache_serializable
    if kind is not None:
        asked = asked if kind.cacheable is None else kind.cacheable
        version = kind.cache_version or version
        serialize = serialize if kind.cache_serializable is None else kind.cache_serializable
    if not asked:
        return None
    name = f"{task.key.project}:{task.key.domain}:{task.key.name}"
    interface = canonical_bytes(task.template.interface)
    ignored = frozenset(meta.cache_ignore_input_vars)

    def use(inputs: Mapping[str, bytes]) -> CacheUse | None:
        found = cache_key(name, interface, version, inputs, ignored)
        return CacheUse(store, found, task.key.name, serialize, overwrite) if found is not None else None

    return use


def _is_whole(literal: bytes) -> bool:
    """Whether the files that a literal refers to are there. Raises `MalformedError` for bytes that are none."""
    if literal[:1] == _FIRST == literal[2:3] and len(literal) == literal[1] + 2 == literal[3] + 4:
        return True  # a short primitive, which refers to none
    return _files_exist(parse(pb.Literal, literal))


def _files_exist(literal: Any) -> bool:
    kind = literal.WhichOneof("value")
    if kind == "collection":
        return all(_files_exist(item) for item in literal.collection.literals)
    if kind == "map":
        return all(_files_exist(item) for item in literal.map.literals.values())
    if kind != "scalar":
        return True
    scalar = literal.scalar
    which = scalar.WhichOneof("value")
    if which == "union":
        return _files_exist(scalar.union.value)
    if which not in {"blob", "schema", "structured_dataset"}:
        return True
    uri = getattr(scalar, which).uri
    path = uri.removeprefix("file://")
    return "://" in path or not path or os.path.exists(path)  # noqa: PTH110 - a stat, no Path needed


def _is_good(form: object, check: object, value: object) -> bool:
    return form == FORMAT and isinstance(value, bytes) and hashlib.sha256(value).digest() == check


class Entry(NamedTuple):
    """One entry as `drawloom cache ls` shows it: `created` in seconds since the epoch, `size` in bytes."""

    key: str
    name: str
    created: float
    size: int
    good: bool


@final
class SqliteCache:
    """A store in one SQLite file (WAL), safe among threads and processes."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._open: dict[int, sqlite3.Connection] = {}
        self._turn = threading.Lock()
        # A forked child must leave its parent's connection alone, so each process closes only its own.
        weakref.finalize(self, _close, self._open)

    def _execute(self, statement: str, values: tuple[Any, ...] = ()) -> Any:
        """Run one statement on this process's connection; gives its rows, and how many rows it changed."""
        with self._turn:
            connection = self._open.get(os.getpid()) or self._connect()
            cursor = connection.execute(statement, values)
            return cursor.fetchall(), cursor.rowcount

    def _connect(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.lock("opening"), contextlib.ExitStack() as undo:
            connection = sqlite3.connect(
                self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            undo.callback(connection.close)
            _prepare(connection)
            undo.pop_all()
            self._open[os.getpid()] = connection
        return connection

    def get(self, key: str, max_age: float | None = None) -> bytes | None:
        """The stored bytes; None for a miss, and for a damaged store (with a warning)."""
        try:
            rows, _ = self._execute("SELECT format, created, digest, value FROM entries WHERE key = ?", (key,))
        except sqlite3.DatabaseError as error:
            self._damaged(error)
            return None
        row = rows[0] if rows else None
        if row is None or not _is_good(row[0], row[2], row[3]):
            return None
        if max_age is not None and time.time() - row[1] > max_age:
            return None
        return bytes(row[3])

    def put(self, key: str, value: bytes, name: str = "") -> None:
        """Store bytes; the last one counts."""
        try:
            self._execute(
                "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?)",
                (key, FORMAT, name, time.time(), hashlib.sha256(value).digest(), value),
            )
        except sqlite3.DatabaseError as error:
            self._damaged(error)

    def _damaged(self, error: sqlite3.DatabaseError) -> None:
        warnings.warn(f"the cache {self.path} cannot be used ({error}); tasks run without it", stacklevel=3)

    @contextlib.contextmanager
    def lock(self, key: str) -> Generator[None]:
        """Exclude every other thread and process that asks for the same key. Given up by the system when a process dies."""
        folder = self.path.with_name(self.path.name + ".locks")
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / key[:32], os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _exclusive(descriptor)
            yield
        finally:
            os.close(descriptor)

    def entries(self) -> tuple[Entry, ...]:
        """All entries, newest first."""
        if not self.path.exists():
            return ()
        rows, _ = self._execute("SELECT key, name, created, format, digest, value FROM entries ORDER BY created DESC")
        return tuple(
            Entry(key, name, created, len(value), _is_good(form, check, value))
            for key, name, created, form, check, value in rows
        )

    def clear(self, name: str = "") -> int:
        """Remove the entries of one task, or all; how many there were."""
        if not self.path.exists():
            return 0
        if name:
            return self._execute("DELETE FROM entries WHERE name = ?", (name,))[1]
        return self._execute("DELETE FROM entries")[1]

    def verify(self) -> tuple[Entry, ...]:
        """The entries that cannot be used: damaged, of another format, or referring to files that are gone."""
        bad: list[Entry] = []
        for entry in self.entries():
            use = CacheUse(self, entry.key, entry.name)
            if not entry.good or use.look_up() is None:
                bad.append(entry._replace(good=False))
        return tuple(bad)

    def close(self) -> None:
        """Close this process's connection; the next use opens it again."""
        with self._turn:
            _close(self._open)


def _prepare(connection: sqlite3.Connection) -> None:
    """Make a connection wait for others, write ahead, and have its table.

    Changing to WAL does not wait for other connections as everything else does, so only one process tries at a time, and
    tries again while another one (that closes the file, or is no drawloom) holds it.
    """
    connection.execute(f"PRAGMA busy_timeout={int(_BUSY_SECONDS * 1000)}")
    last = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > last:
                raise
        time.sleep(_RETRY_SECONDS)
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute(_TABLE)


def _close(opened: dict[int, sqlite3.Connection]) -> None:
    connection = opened.pop(os.getpid(), None)
    if connection is not None:
        connection.close()


def _exclusive(descriptor: int) -> None:
    fcntl: Any = importlib.import_module("fcntl") if os.name == "posix" else None
    if fcntl is not None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return
    msvcrt: Any = importlib.import_module("msvcrt")
    while True:  # its blocking form gives up after ten seconds
        try:
            msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
        except OSError:
            continue
        return


def open_cache(path: str | os.PathLike[str]) -> SqliteCache:
    """The cache in this file, made when it is first written."""
    return SqliteCache(path)

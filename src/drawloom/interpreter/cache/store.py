"""Outputs of tasks, kept between runs: a store in SQLite that threads and processes can share.

An entry is the format version, the sha256 of the value and the `LiteralMap` bytes. A bad one, one of another format, and one that
is too old are misses, never errors. A store that cannot be used (damaged, not writable, on a full disk) is a miss too, with one
warning for each store and process; `entries`, `clear` and `verify` put a damaged file aside and begin a new one.
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
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, NamedTuple, final

from drawloom.interpreter.cache.lookup import CacheLookup
from drawloom.interpreter.errors import CacheError
from drawloom.interpreter.record.files import open_private, private_folder
from literals import error_text

FORMAT = 1
_BUSY_SECONDS = 60.0
_RETRY_SECONDS = 0.01
_TABLE = """CREATE TABLE IF NOT EXISTS entries (
    key TEXT PRIMARY KEY, format INTEGER NOT NULL, name TEXT NOT NULL, created REAL NOT NULL,
    digest BLOB NOT NULL, value BLOB NOT NULL
) WITHOUT ROWID"""
_PROBE = "SELECT key, name, created, format, digest, value FROM entries LIMIT 1"
_DAMAGED = ("malformed", "not a database", "no such column", "encrypted")
"""What SQLite says of a file that is not, or no longer, a store of ours."""


def _is_good(form: object, created: object, check: object, value: object) -> bool:
    # SQLite keeps whatever is put into a column, so the types are looked at too.
    if form != FORMAT or not isinstance(created, (int, float)) or not isinstance(value, bytes):
        return False
    return hashlib.sha256(value).digest() == check


class CacheEntry(NamedTuple):
    """One entry as `drawloom cache ls` shows it: `created` in seconds since the epoch, `size` in bytes."""

    key: str
    name: str
    created: float
    size: int
    good: bool


@final
class SqliteCache:
    """A store in one SQLite file (WAL), safe among threads and processes. File and folder are the user's alone.

    `mended`: where a damaged file was put aside; None if none was.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.mended: Path | None = None
        self._warned = False
        self._open: dict[int, sqlite3.Connection] = {}
        self._turn = threading.Lock()
        # A forked child must leave its parent's connection alone, so each process closes only its own.
        weakref.finalize(self, _close, self._open)

    def _execute(self, statement: str, values: tuple[Any, ...] = ()) -> tuple[list[tuple[Any, ...]], int]:
        """Run one statement on this process's connection; gives its rows, and how many rows it changed."""
        with self._turn:
            try:
                connection = self._open.get(os.getpid()) or self._connect()
                cursor = connection.execute(statement, values)
                return cursor.fetchall(), cursor.rowcount
            except UnicodeDecodeError as error:  # SQLite's own message names what is in the damaged file
                raise sqlite3.DatabaseError("malformed: a name in the file is not text") from error

    def _connect(self) -> sqlite3.Connection:
        private_folder(self.path.parent)
        with self._exclusive("opening"), contextlib.ExitStack() as undo:
            os.close(open_private(self.path, os.O_RDWR | os.O_CREAT))
            connection = sqlite3.connect(
                self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            undo.callback(connection.close)
            connection.text_factory = _text
            _prepare(connection)
            undo.pop_all()
            self._open[os.getpid()] = connection
        return connection

    def get(self, key: str, max_age: float | None = None) -> bytes | None:
        """The stored bytes; None for a miss, and for a store that cannot be used (with a warning)."""
        try:
            rows, _ = self._execute("SELECT format, created, digest, value FROM entries WHERE key = ?", (key,))
        except (sqlite3.Error, OSError) as error:
            self._unusable(error)
            return None
        row = rows[0] if rows else None
        if row is None or not _is_good(*row):
            return None
        if max_age is not None and time.time() - row[1] > max_age:
            return None
        return bytes(row[3])

    def put(self, key: str, value: bytes, name: str = "") -> None:
        """Store bytes; the last one counts. A store that does not take them is a warning."""
        try:
            self._execute(
                "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?)",
                (key, FORMAT, name, time.time(), hashlib.sha256(value).digest(), value),
            )
        except (sqlite3.Error, OSError) as error:
            self._unusable(error)

    def _unusable(self, error: Exception) -> None:
        with self._turn:
            said, self._warned = self._warned, True
        if not said:
            warnings.warn(
                f"the cache {self.path} cannot be used ({error}); tasks run without it. "
                "`drawloom cache verify` mends a damaged one",
                stacklevel=3,
            )

    @contextlib.contextmanager
    def lock(self, key: str) -> Generator[None]:
        """Exclude every other thread and process that asks for the same key. Given up by the system when a process dies.

        Where the lock cannot be had, because the folder cannot be written, nobody is excluded; that is a warning.
        """
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(self._exclusive(key))
            except OSError as error:
                self._unusable(error)
            yield

    @contextlib.contextmanager
    def _exclusive(self, key: str) -> Generator[None]:
        folder = private_folder(self.path.with_name(self.path.name + ".locks"))
        descriptor = open_private(folder / key[:32], os.O_RDWR | os.O_CREAT)
        try:
            _wait_for_lock(descriptor)
            yield
        finally:
            os.close(descriptor)

    # -- what the command line asks

    def _mending(self, statement: str, values: tuple[Any, ...] = ()) -> tuple[list[tuple[Any, ...]], int]:
        """Run one statement; a damaged file is put aside first.

        Raises:
            CacheError: the file cannot be read or written.
        """
        try:
            try:
                self._execute(_PROBE)
                return self._execute(statement, values)
            except sqlite3.Error as error:
                if not any(word in str(error) for word in _DAMAGED):
                    raise
                self._put_aside()
                return self._execute(statement, values)
        except (sqlite3.Error, OSError) as error:
            raise CacheError(
                "the cache cannot be used",
                where=str(self.path),
                expected="a folder that can be read and written",
                got=error_text(error),
                fix="see that the folder can be written, or set DRAWLOOM_HOME to one that can",
            ) from error

    def _put_aside(self) -> None:
        self.close()
        with self._exclusive("opening"):
            aside = self.path.with_name(
                f"{self.path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}-{os.urandom(2).hex()}"
            )
            self.path.replace(aside)
            for end in ("-wal", "-shm"):
                self.path.with_name(self.path.name + end).unlink(missing_ok=True)
        self.mended = aside

    def entries(self) -> tuple[CacheEntry, ...]:
        """All entries, newest first; a damaged file is put aside.

        Raises:
            CacheError: the file cannot be read.
        """
        if not self.path.exists():
            return ()
        rows, _ = self._mending("SELECT key, name, created, format, digest, value FROM entries ORDER BY created DESC")
        return tuple(
            CacheEntry(
                str(key), str(name), float(created) if isinstance(created, (int, float)) else 0.0,
                len(value) if isinstance(value, (bytes, str)) else 0, _is_good(form, created, check, value),
            )
            for key, name, created, form, check, value in rows
        )  # fmt: skip

    def values(self) -> Iterator[bytes]:
        """The stored bytes of every entry; a damaged file is put aside.

        Raises:
            CacheError: the file cannot be read.
        """
        for entry in self.entries():
            value = self.get(entry.key)
            if value is not None:
                yield value

    def clear(self, name: str = "") -> int:
        """Remove the entries of one task, or all; how many there were. A damaged file is put aside.

        Raises:
            CacheError: the file cannot be written.
        """
        if not self.path.exists():
            return 0
        if name:
            return self._mending("DELETE FROM entries WHERE name = ?", (name,))[1]
        return self._mending("DELETE FROM entries")[1]

    def verify(self) -> tuple[CacheEntry, ...]:
        """The entries that cannot be used: damaged, of another format, or referring to files that are gone.

        Raises:
            CacheError: the file cannot be read.
        """
        if self.path.exists() and self._mending("PRAGMA quick_check")[0] != [("ok",)]:
            self._put_aside()
        bad: list[CacheEntry] = []
        for entry in self.entries():
            use = CacheLookup(self, entry.key, entry.name)
            if not entry.good or use.look_up() is None:
                bad.append(entry._replace(good=False))
        return tuple(bad)

    def close(self) -> None:
        """Close this process's connection; the next use opens it again."""
        with self._turn:
            _close(self._open)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")


def _prepare(connection: sqlite3.Connection) -> None:
    """Make a connection wait for others, write ahead, and have its table.

    Changing to WAL does not wait for other connections as everything else does, so only one process tries at a time, and
    tries again while another one (that closes the file, or is not drawloom) holds it.
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


def _wait_for_lock(descriptor: int) -> None:
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

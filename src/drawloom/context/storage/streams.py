"""Open files over a store's raw reader or writer: text or bytes, buffered, and gone when their `with` block fails."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from drawloom.context.storage.addresses import StorageError, shown
from drawloom.context.storage.stores import Writer
from literals import attempt

BUFFER = 1 << 20
"""Bytes gathered before a store is given them."""


class WriterFile(io.RawIOBase):
    """A store's writer with the interface of Python's files."""

    def __init__(self, writer: Writer) -> None:
        super().__init__()
        self._writer = writer
        self._discarded = False

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: Any, /) -> int:
        """Take more bytes, all of them."""
        view = memoryview(data).cast("B")
        self._writer.write(bytes(view))
        return view.nbytes

    def close(self) -> None:
        """Make the object appear, unless it was discarded."""
        if self.closed:
            return
        super().close()
        if not self._discarded:
            self._writer.close()

    def discard(self) -> None:
        """Forget what was written."""
        self._discarded = True
        self._writer.discard()
        super().close()


class _Writer(io.BufferedWriter):
    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        _end(self, failed=kind is not None)


class _Random(io.BufferedRandom):
    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        _end(self, failed=kind is not None)


class _Text(io.TextIOWrapper):
    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        _end(self, failed=kind is not None)


def _end(stream: io.TextIOWrapper | io.BufferedWriter | io.BufferedRandom, *, failed: bool) -> None:
    if not failed:
        stream.close()
        return
    buffered: Any = stream.buffer if isinstance(stream, io.TextIOWrapper) else stream
    raw = buffered.raw
    # Detaching flushes, which may fail for the reason that the block did; the raw file is forgotten all the same.
    if isinstance(stream, io.TextIOWrapper):
        attempt(stream.detach)
    attempt(buffered.detach)
    raw.discard()


def check_mode(mode: str) -> None:
    """Refuse what is not one of Python's modes for files.

    Raises:
        StorageError: an unknown mode.
    """
    kinds = [letter for letter in mode if letter in "rwax"]
    if len(kinds) != 1 or set(mode) - set("rwaxbt+") or len(set(mode)) != len(mode) or {"b", "t"} <= set(mode):
        raise StorageError(
            f"{mode!r} is not a mode for files",
            expected="'r', 'w', 'a' or 'x', with 'b' or '+'",
            got=repr(mode),
            fix="use one of these",
        )


def check_remote_mode(mode: str, address: str) -> None:
    """Refuse what a store cannot do with an object: add to it, or write a part of it.

    Raises:
        StorageError: the mode is for local files only.
    """
    if set(mode) & set("rax+"):
        raise StorageError(
            f"mode {mode!r} is for local files",
            where=shown(address),
            expected="mode 'r', 'w', or the same with 'b'",
            got=repr(mode),
            fix="read it, and write it anew",
        )


@dataclass(frozen=True)
class TextOptions:
    """How a text file is read or written; None leaves Python's way, but for the encoding, which is UTF-8 then."""

    encoding: str | None = None
    errors: str | None = None
    newline: str | None = None

    def check(self, mode: str) -> None:
        """Refuse these options for a binary mode.

        Raises:
            StorageError: one of them is given, and the mode is binary.
        """
        given = [name for name in ("encoding", "errors", "newline") if getattr(self, name) is not None]
        if "b" in mode and given:
            raise StorageError(
                f"a binary mode takes no {given[0]}",
                expected="a text mode",
                got=mode,
                fix="leave it out, or open the file without 'b'",
            )

    def over(self, stream: Any, kind: Any = io.TextIOWrapper) -> Any:
        """The text file over a binary one."""
        return kind(stream, encoding=self.encoding or "utf-8", errors=self.errors, newline=self.newline)


def written_as(raw: Any, mode: str, text: TextOptions) -> Any:
    """A raw file for writing as Python's `open` gives one in this mode."""
    buffered = _Random(raw, BUFFER) if "+" in mode else _Writer(raw, BUFFER)
    return buffered if "b" in mode else text.over(buffered, _Text)


def read_as(stream: object, mode: str, text: TextOptions) -> Any:
    """A binary reader as Python's `open` gives one in this mode."""
    return stream if "b" in mode else text.over(stream)

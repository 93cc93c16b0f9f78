"""The journal of a run: one append-only file of frames, whoever writes them, a graph's nodes or a tree of actions.

A frame is a length (4 bytes) and a crc32 (4 bytes, both big-endian), and that many bytes of msgpack: one map. The crc32 starts
from the length, so that a damaged length does not match either. Kinds of frames, by `k`, and what they hold:

- `out`: what a task, a gate or an action gave. `a` address, `n` attempt, `c` whether it came from the cache, `t` time (seconds
  since the epoch), `i` digest of task and inputs, `d` digest of the task's code (both left out where there is none to compare),
  and the `LiteralMap` bytes in `v`; large ones are in the file `outputs/<f>`, whose name is the sha256 of its content.
- `spec`: what a dynamic task became, in `v`; `a`, `i`, `d` and `t` as above.
- `ev`: something that happened at an address (empty for the run itself). `s` state, `e` entity, `n` attempt, `t` time, `d` text.
  Of an action also `p` (the caller's address), `g` (its group), `x` (seconds), `f` (failed attempts).
- `end`: the end of the run: `s`, `d` its error, `t`, `tr` the trail to where it failed, `r` how many were taken from the record.

A frame that is cut off, does not match its crc32, is empty, or has another shape ends the journal: it is the trace of a kill or
of damage, and what follows it does not count. Who opens the journal to go on cuts it there.
"""

from __future__ import annotations

import os
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast, final
from zlib import crc32

import msgpack

from drawloom.context import lock_file
from drawloom.interpreter.errors import RunInUseError
from drawloom.interpreter.events import State
from drawloom.interpreter.record.files import (
    cannot_write,
    check_owner,
    open_private,
    private_folder,
    recording,
    write_all,
)

JOURNAL = "journal.wal"
_HEAD = struct.Struct(">II")
_BUFFERED = 1 << 13
"""Bytes of events that wait for the next outputs; a kill may lose them."""
_NUMBER = (int, float)
_SHAPES: Mapping[str, Mapping[str, Any]] = {
    "out": {"a": str, "n": int, "t": _NUMBER},
    "spec": {"a": str, "v": bytes, "t": _NUMBER},
    "ev": {"a": str, "s": str, "e": str, "n": int, "t": _NUMBER},
    "end": {"s": str, "d": str, "t": _NUMBER},
}
_STATES = frozenset(state.value for state in State)

Frame = dict[str, Any]


def is_frame(frame: object) -> bool:
    """Whether something that was unpacked is a frame of this format."""
    if type(frame) is not dict:
        return False
    fields = cast("Frame", frame)
    shape = _SHAPES.get(cast("str", fields.get("k"))) if type(fields.get("k")) is str else None
    if shape is None or not all(isinstance(fields.get(name), kind) for name, kind in shape.items()):
        return False
    if fields["k"] == "out":
        return isinstance(fields.get("v"), bytes) or isinstance(fields.get("f"), str)
    return fields.get("s", "RUNNING") in _STATES


def scan(file: BinaryIO) -> Iterator[tuple[int, int, Frame]]:
    """Position and size of each good frame's body, and the frame, up to the first bad one."""
    left = os.fstat(file.fileno()).st_size
    position = 0
    file.seek(0)
    while left >= _HEAD.size:
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            return  # whoever goes on with the run is cutting its end off just now
        size, check = _HEAD.unpack(head)
        left -= _HEAD.size + size
        if not size or left < 0:
            return
        body = file.read(size)
        frame = _unpacked(body) if len(body) == size and crc32(body, size) == check else None
        if frame is None:
            return
        yield position + _HEAD.size, size, frame
        position += _HEAD.size + size


def _unpacked(body: bytes) -> Frame | None:
    try:
        frame = msgpack.unpackb(body)
    except (ValueError, msgpack.UnpackException, RecursionError):
        return None
    return frame if is_frame(frame) else None


@final
class Journal:
    """A run's journal while it is written to. It is locked for as long as it is open; appending is thread-safe.

    `durability`: `none` (only events are kept), `outputs` (handed to the system, which survives a kill) or `fsync` (on the
    disk, which survives a power cut; threads that wait share one sync).
    """

    def __init__(self, folder: Path, durability: str) -> None:
        """Make the folder where it is missing, and lock the journal in it.

        Raises:
            RunInUseError: another process or thread has it open.
            RunDirectoryError: it cannot be opened.
        """
        self.path = folder / JOURNAL
        self.durability = durability
        with recording(folder):
            private_folder(folder)
            check_owner(folder)
            self._descriptor = open_private(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        if not lock_file(self._descriptor):
            os.close(self._descriptor)
            raise RunInUseError(
                "this run is going on in another process or thread",
                where=str(folder),
                expected="a run that nobody is running",
                got="a run that is locked",
                fix="wait for it, or end it",
            )
        self._pack: Callable[[Frame], bytes] = msgpack.Packer(unicode_errors="backslashreplace").pack
        self._lock = threading.Lock()
        self._sync_lock = threading.Lock()
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._good = os.fstat(self._descriptor).st_size
        self._written = 0
        self._synced = 0

    def clear(self) -> None:
        """Forget what is there: it was written for a run that never said what it is."""
        with recording(self.path.parent):
            os.ftruncate(self._descriptor, 0)
        self._good = 0

    def take_over(self) -> list[tuple[int, int, Frame]]:
        """Read what is there, cut off what does not count, and give the rest."""
        with recording(self.path.parent):
            with self.path.open("rb") as file:
                found = list(scan(file))
            self._good = found[-1][0] + found[-1][1] if found else 0
            os.ftruncate(self._descriptor, self._good)
        return found

    def read_frame(self, position: int, size: int) -> Frame | None:
        """The frame whose body is there; None if it is not good any more."""
        with self._lock, recording(self.path.parent), self.path.open("rb") as file:
            file.seek(position - _HEAD.size)
            data = file.read(_HEAD.size + size)
        body = data[_HEAD.size :]
        return _unpacked(body) if data[: _HEAD.size] == _HEAD.pack(size, crc32(body, size)) else None

    def append(self, *frames: Frame, durable: bool) -> None:
        """Write frames, in one go. When this returns, they are as durable as was asked; others may be lost with a kill.

        Raises:
            RunDirectoryError: the system does not take them. What had been written stays good.
        """
        with self._lock:
            if self._descriptor < 0:
                return
            for frame in frames:
                body = self._pack(frame)
                size = len(body)
                self._waiting.append(_HEAD.pack(size, crc32(body, size)) + body)
                self._waiting_bytes += size
            self._written += 1
            mine = self._written
            if durable or self._waiting_bytes > _BUFFERED:
                self._hand_over()
        if durable and self.durability == "fsync":
            self._sync(mine)

    def _hand_over(self) -> None:
        data = b"".join(self._waiting)
        self._waiting.clear()
        self._waiting_bytes = 0
        try:
            write_all(self._descriptor, data)
        except OSError as error:
            with recording(self.path.parent):
                os.ftruncate(self._descriptor, self._good)  # a part of a frame would hide what comes later
            raise cannot_write(self.path.parent, error) from error
        self._good += len(data)

    def _sync(self, mine: int) -> None:
        with self._sync_lock:
            if self._synced >= mine:
                return  # another thread's sync took ours with it
            with self._lock:
                latest, descriptor = self._written, self._descriptor
            if descriptor >= 0:
                with recording(self.path.parent):
                    os.fsync(descriptor)
            self._synced = latest

    def close(self) -> None:
        """Write what waits, and give the lock back; what comes later is not written."""
        with self._sync_lock, self._lock:
            if self._descriptor < 0:
                return
            try:
                if self._waiting:
                    self._hand_over()
            finally:
                os.close(self._descriptor)
                self._descriptor = -1

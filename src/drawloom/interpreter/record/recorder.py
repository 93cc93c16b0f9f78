"""The record of a run, from which it can go on after the process was killed.

A run directory holds `bundle.pb`, `inputs.pb`, `run.json` (entity, name, format) and `journal.wal`, an append-only file of
frames: length (4 bytes), crc32 (4 bytes, both big-endian), msgpack of one dict. Kinds of frames by `k`: `out` (a finished
task's outputs, as `LiteralMap` bytes in `v`, or in the file `f` below `outputs/` when large), `spec` (what a dynamic task
became), `ev` (an event), `end` (the run's end). A frame that is cut off or does not match its crc ends the journal: it is the
trace of a kill, and what follows it never existed. Large outputs are written under a temporary name, synced and renamed first.
Durability: `none` writes events only; `outputs` hands each frame to the system before a dependent starts (survives the
process, not the machine); `fsync` waits for the disk, many waiters with one sync. `outputs` costs about 15 µs a node here,
`fsync` what the disk takes for a sync, about 0.1 to 10 ms.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast, final
from zlib import crc32

import msgpack

from drawloom.context import lock_file
from drawloom.interpreter.errors import RunDirectoryError
from drawloom.interpreter.events import Event, State
from drawloom.ir import Key
from literals import pack_map, preview, unpack_map

FORMAT = 1
_KIND = "workflow"
"""What `run.json` may name as its kind; records of other kinds may lie beside ours."""
_LARGE = 1 << 20
_HEAD = 8
_HEAD_FORM = struct.Struct(">II").pack
_JOURNAL = "journal.wal"


class RunInfo(NamedTuple):
    """A run as `drawloom runs` lists it. `finished`: how many tasks have their outputs recorded."""

    path: Path
    name: str
    entity: Key
    state: State
    started: float
    ended: float
    finished: int


@final
class Recorder:
    """Writes a run's directory; `save`, `spec` and `event` may be called from any thread."""

    def __init__(self, folder: Path, journal: Any, durability: str, known: dict[str, tuple[int, int]]) -> None:
        self.folder = folder
        self._journal = journal
        self._durability = durability
        self._known = known
        self._lock = threading.Lock()
        self._sync_lock = threading.Lock()
        self._written = 0
        self._synced = 0
        self._closed = False
        self._pack: Callable[[Any], bytes] = msgpack.Packer().pack  # used under the lock only

    def get(self, address: str) -> dict[str, bytes] | None:
        """The outputs that a run before this one recorded; None if there are none."""
        frame = self._frame("out", address)
        if frame is None:
            return None
        data = frame["v"] if "f" not in frame else (self.folder / "outputs" / frame["f"]).read_bytes()
        return unpack_map(data)

    def get_spec(self, address: str) -> bytes | None:
        """What a dynamic task became in a run before this one."""
        frame = self._frame("spec", address)
        return frame["v"] if frame is not None else None

    def _frame(self, kind: str, address: str) -> dict[str, Any] | None:
        place = self._known.get(f"{kind} {address}")
        if place is None:
            return None
        with self._lock:
            self._journal.seek(place[0])
            data = self._journal.read(place[1])
            self._journal.seek(0, os.SEEK_END)
        return msgpack.unpackb(data)

    def knows(self, address: str) -> bool:
        """Whether a run before this one recorded what became of this node."""
        return bool(self._known) and (f"out {address}" in self._known or f"spec {address}" in self._known)

    def finished(self, address: str, entity: str, outputs: Mapping[str, bytes], started: float, ended: float) -> None:
        """A task that ran without anybody looking on: its start, its outputs and its end, written in one go."""
        common = {"k": "ev", "a": address, "s": State.RUNNING.value, "e": entity, "n": 1, "t": started}
        frames = [common, {**common, "s": State.SUCCEEDED.value, "t": ended}]
        durable = self._durability != "none"
        if durable:
            frames.insert(1, self._outputs(address, outputs, 1, cached=False))
        self._append(*frames, durable=durable)

    def save(self, address: str, outputs: Mapping[str, bytes], attempt: int, *, cached: bool = False) -> None:
        """Keep a task's outputs. When this returns, they are as durable as the run was asked to be."""
        if self._durability == "none":
            return
        self._append(self._outputs(address, outputs, attempt, cached=cached), durable=True)

    def _outputs(self, address: str, outputs: Mapping[str, bytes], attempt: int, *, cached: bool) -> dict[str, Any]:
        data = pack_map(outputs)
        frame: dict[str, Any] = {"k": "out", "a": address, "n": attempt, "c": cached, "t": time.time()}
        if len(data) > _LARGE:
            frame["f"] = hashlib.sha256(data).hexdigest() + ".pb"
            write_atomic(self.folder / "outputs" / frame["f"], data, sync=self._durability == "fsync")
        else:
            frame["v"] = data
        return frame

    def spec(self, address: str, spec: bytes) -> None:
        """Keep what a dynamic task became, so that its body does not run again."""
        if self._durability != "none":
            self._append({"k": "spec", "a": address, "v": spec, "t": time.time()}, durable=True)

    def event(self, event: Event) -> None:
        """Note an event; it may be lost with the machine."""
        entity = event.entity.name if event.entity is not None else ""
        frame = {
            "k": "ev",
            "a": event.address,
            "s": event.state.value,
            "e": entity,
            "n": event.attempt,
            "t": event.time,
        }
        if event.detail:
            frame["d"] = event.detail[:2000]
        self._append(frame, durable=False)

    def end(self, state: State, detail: str = "") -> None:
        """Note the end of the run, and close."""
        self._append({"k": "end", "s": state.value, "d": detail[:2000], "t": time.time()}, durable=True)
        self.close()

    def close(self) -> None:
        """Give the directory back; what comes later is not written."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._journal.close()

    def _append(self, *frames: dict[str, Any], durable: bool) -> None:
        with self._lock:
            if self._closed:
                return
            for frame in frames:
                body = self._pack(frame)
                self._journal.write(_HEAD_FORM(len(body), crc32(body)) + body)
            self._written += 1
            mine = self._written
            if durable:
                self._journal.flush()
        if durable and self._durability == "fsync":
            with self._sync_lock:
                if self._synced < mine:  # else another thread's sync took ours with it
                    with self._lock:
                        latest, closed = self._written, self._closed
                        descriptor = -1 if closed else self._journal.fileno()
                    if descriptor >= 0:
                        os.fsync(descriptor)
                    self._synced = latest


def write_atomic(path: Path, data: bytes, *, sync: bool = True) -> None:
    """Write a file so that its name shows all of it or nothing, also after a power cut if `sync`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        if sync:
            os.fsync(file.fileno())
    temporary.replace(path)
    if sync:
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # elsewhere a folder cannot be opened, and renames are in the file system's own journal
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def open_record(
    folder: Path, bundle: bytes, inputs: Mapping[str, bytes], *, entity: Key, name: str, durability: str
) -> Recorder:
    """Start a record, or go on with the one that is there.

    Raises:
        RunDirectoryError: another run is in this folder, or it is in use.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sync = durability == "fsync"
    packed = pack_map(inputs)
    run_file = folder / "run.json"
    if run_file.exists():
        _same_run(folder, bundle, packed, entity)
    else:
        write_atomic(folder / "bundle.pb", bundle, sync=sync)
        write_atomic(folder / "inputs.pb", packed, sync=sync)
        about = {
            "format": FORMAT,
            "name": name,
            "entity": list(entity),
            "started": time.time(),
            "digest": hashlib.sha256(bundle).hexdigest(),
        }
        write_atomic(run_file, json.dumps(about, indent=1).encode(), sync=sync)
    journal = (folder / _JOURNAL).open("a+b")
    if not lock_file(journal.fileno()):
        journal.close()
        raise RunDirectoryError(
            "this run is going on in another process or thread", where=str(folder), fix="wait for it, or end it first"
        )
    known: dict[str, tuple[int, int]] = {}
    good = 0
    for start, size, frame in _frames(journal):
        good = start + size
        if frame["k"] in {"out", "spec"}:
            known[f"{frame['k']} {frame['a']}"] = (start, size)
    journal.truncate(good)
    journal.seek(0, os.SEEK_END)
    return Recorder(folder, journal, durability, known)


def _same_run(folder: Path, bundle: bytes, inputs: bytes, entity: Key) -> None:
    about = _about(folder)
    if about["digest"] != hashlib.sha256(bundle).hexdigest() or Key(*about["entity"]) != entity:
        raise RunDirectoryError(
            "this folder is the record of another program",
            where=str(folder),
            expected=f"{Key(*about['entity'])} as it was when the run started",
            got=str(entity),
            fix="resume it with `drawloom resume`, or give another folder",
        )
    if (folder / "inputs.pb").read_bytes() != inputs:
        raise RunDirectoryError(
            "this folder is the record of a run with other inputs", where=str(folder), fix="give another folder"
        )


def _about(folder: Path) -> dict[str, Any]:
    try:
        about = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunDirectoryError(
            f"this is no run directory: {error}", where=str(folder), fix="`drawloom runs` lists the runs"
        ) from error
    if about.get("kind", _KIND) != _KIND:
        raise RunDirectoryError(
            "this is no record of a workflow's run", where=str(folder), expected=_KIND, got=preview(about["kind"])
        )
    if about.get("format") != FORMAT:
        raise RunDirectoryError(
            "this run was recorded by another version of drawloom",
            where=str(folder),
            expected=f"format {FORMAT}",
            got=str(about.get("format")),
        )
    return about


def _frames(journal: Any) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Position and size of each good frame's body, and the body, up to the first bad one."""
    position = 0
    journal.seek(0)
    while True:
        head = journal.read(_HEAD)
        if len(head) < _HEAD:
            return
        size, check = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:], "big")
        body = journal.read(size)
        if len(body) < size or crc32(body) != check:
            return
        yield position + _HEAD, size, msgpack.unpackb(body)
        position += _HEAD + size


def read_run(folder: str | os.PathLike[str]) -> tuple[RunInfo, bytes, dict[str, bytes], list[dict[str, Any]]]:
    """A recorded run: what it is, its bundle, its inputs, and its journal's frames."""
    path = Path(folder)
    about = _about(path)
    frames: list[dict[str, Any]] = []
    if (path / _JOURNAL).exists():
        with (path / _JOURNAL).open("rb") as journal:
            frames = [frame for _, _, frame in _frames(journal)]
    state, ended = State.RUNNING, 0.0
    for frame in frames:
        if frame["k"] == "end":
            state, ended = State(frame["s"]), frame["t"]
        elif frame["k"] == "ev" and frame["a"] == "" and frame["s"] == State.RUNNING.value:
            state, ended = State.RUNNING, 0.0
    finished = len({frame["a"] for frame in frames if frame["k"] == "out"})
    info = RunInfo(path, about["name"], Key(*about["entity"]), state, about["started"], ended, finished)
    return info, (path / "bundle.pb").read_bytes(), unpack_map((path / "inputs.pb").read_bytes()), frames


def list_runs(root: str | os.PathLike[str]) -> list[RunInfo]:
    """The runs below a folder, newest first; what is no record of a workflow's run is left out."""
    base = Path(root)
    if not base.is_dir():
        return []
    found = [read_run(folder)[0] for folder in base.iterdir() if _is_ours(folder / "run.json")]
    return sorted(found, key=lambda info: info.started, reverse=True)


def _is_ours(run_file: Path) -> bool:
    if not run_file.exists():
        return False
    try:
        about = json.loads(run_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return True  # reading it says what is wrong
    return isinstance(about, dict) and cast("dict[str, Any]", about).get("kind", _KIND) == _KIND

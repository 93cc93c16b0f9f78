"""The one recorder: what a run has done, from which it can go on after its process was killed.

A run's folder holds `run.json`, `inputs.pb` and `bundle.pb` (see `run_file`), `journal.wal` (see `journal`) and large outputs in
`outputs/`. Everything in a run has an address, and a record knows nothing else of its kind: a node's is `n3` or `n3/n0[7]`, an
action's is its name, and what a graph that an action started does is below the name of that call. So a run that mixes both has
one record, and is resumed as one.

What is recorded is taken again only for the same call: the same task and inputs (`i`) and, where both are known, the same code
(`d`). Durability: `none` writes events only; `outputs` hands them to the system before a dependent starts (survives the
process, not the machine), which costs about 15 µs a node here; `fsync` waits for the disk, many waiters with one sync.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, final

from drawloom.interpreter.errors import RunDirectoryError, RunInUseError
from drawloom.interpreter.events import Event, State
from drawloom.interpreter.record.files import recording, sync_folder, write_atomic
from drawloom.interpreter.record.journal import Frame, Journal
from drawloom.interpreter.record.references import References
from drawloom.interpreter.record.run_file import RUN_FILE, name_taken, read_run_file, write_run_file
from literals import MalformedError, WireError, pack_map, unpack_map

_LARGE = 1 << 20
_LONGEST_TEXT = 2000
_CLAIM_SECONDS = 60.0
_LOOK_SECONDS = 0.002
_OUTPUTS = "outputs"


def call_digest(task: str, inputs: Mapping[str, bytes]) -> bytes:
    """What tells two calls at one address apart: 16 bytes of a sha256 over the framed task and inputs."""
    parts = [task.encode("utf-8", "backslashreplace")]
    for name in sorted(inputs) if len(inputs) > 1 else inputs:
        data = inputs[name]
        parts += (b"\0%d:" % len(data), name.encode(), b"=", data)
    return hashlib.sha256(b"".join(parts)).digest()[:16]


def large_outputs(folder: Path, name: str) -> bytes | None:
    """A file of outputs in the record of a run, if it is what was written: its name is the digest of its content."""
    try:
        data = (folder / _OUTPUTS / os.path.basename(name)).read_bytes()  # noqa: PTH119 - a name, not a path
    except OSError:
        return None
    return data if hashlib.sha256(data).hexdigest() + ".pb" == name else None


@final
class Recorder:
    """Writes a run's record, and knows what an earlier process of the run recorded. All of it may be called from any thread.

    `about`: the content of `run.json`. `recovered`: the addresses whose outputs were taken from the record.
    """

    def __init__(
        self, folder: Path, journal: Journal, about: Mapping[str, Any], known: Iterable[tuple[int, int, Frame]]
    ) -> None:
        self.folder = folder
        self.about = about
        self.recovered: set[str] = set()
        self._journal = journal
        self._keeps_outputs = journal.durability != "none"
        self._is_synced = journal.durability == "fsync"
        self._lock = threading.Lock()
        self._references = References(by_content=True)  # a machine may have stopped before they were on its disk
        self._known: dict[str, tuple[int, int]] = {}
        self._callers: set[str] = set()
        self.resumed = 0
        for start, size, frame in known:
            if frame["k"] in {"out", "spec"}:
                self._known[f"{frame['k']} {frame['a']}"] = (start, size)
            elif frame["k"] == "ev" and not frame["a"] and frame["s"] == State.RUNNING.value:
                self.resumed += 1
            if "p" in frame:
                self._callers.add(frame["p"])

    # -- what an earlier process recorded

    def knows(self, address: str) -> bool:
        """Whether an earlier process of this run recorded what became of this node."""
        return bool(self._known) and (f"out {address}" in self._known or f"spec {address}" in self._known)

    def has_calls(self, address: str) -> bool:
        """Whether an earlier process of this run recorded an action that this node or action called."""
        return address in self._callers

    def recall(self, address: str, task: str, inputs: Mapping[str, bytes], code: str = "") -> dict[str, bytes] | None:
        """The outputs that were recorded for this call; None if there are none, or they are not good or not of this call."""
        frame = self._frame("out", address)
        if frame is None or not _is_same(frame, task, inputs, code):
            return None
        data = frame.get("v")
        if data is None:
            data = large_outputs(self.folder, frame["f"])
        if data is None:
            return None
        try:
            outputs = unpack_map(data)
            if not all(map(self._references.are_whole, outputs.values())):
                return None
        except (MalformedError, WireError):
            return None
        self.recovered.add(address)
        return outputs

    def recall_spec(self, address: str, task: str, inputs: Mapping[str, bytes], code: str = "") -> bytes | None:
        """What a dynamic task was recorded to have become in this call."""
        frame = self._frame("spec", address)
        return frame["v"] if frame is not None and _is_same(frame, task, inputs, code) else None

    def _frame(self, kind: str, address: str) -> Frame | None:
        place = self._known.get(f"{kind} {address}")
        if place is None:
            return None
        return self._journal.read_frame(*place)

    # -- what happens now

    def finished(  # noqa: PLR0917 - called for each node
        self, address: str, task: str, inputs: Mapping[str, bytes], outputs: Mapping[str, bytes], started: float,
        ended: float, code: str = "",
    ) -> None:  # fmt: skip
        """A task that ran without anybody looking on: its start, its outputs and its end, written in one go.

        The same frames as `event`, `save` and `event` write; `tests/drawloom/interpreter/test_ways.py` holds them together.
        """
        common = {"k": "ev", "a": address, "s": State.RUNNING.value, "e": task, "n": 1, "t": started}
        frames = [common, {**common, "s": State.SUCCEEDED.value, "t": ended}]
        if self._keeps_outputs:
            frames.insert(1, self._outputs(address, outputs, 1, call_digest(task, inputs), code, cached=False))
        self._journal.append(*frames, durable=self._keeps_outputs)

    def save(  # noqa: PLR0917 - called for each node
        self, address: str, task: str, inputs: Mapping[str, bytes], outputs: Mapping[str, bytes], attempt: int,
        code: str = "", *, cached: bool = False,
    ) -> None:  # fmt: skip
        """Keep a task's outputs. When this returns, they are as durable as the run was asked to be."""
        if self._keeps_outputs:
            digest = call_digest(task, inputs)
            self._journal.append(self._outputs(address, outputs, attempt, digest, code, cached=cached), durable=True)

    def _outputs(
        self, address: str, outputs: Mapping[str, bytes], attempt: int, digest: bytes, code: str, *, cached: bool
    ) -> Frame:  # fmt: skip
        data = pack_map(outputs)
        frame: Frame = {"k": "out", "a": address, "n": attempt, "c": cached, "t": time.time()}
        if digest:
            frame["i"] = digest
        if code:
            frame["d"] = code
        if len(data) > _LARGE:
            frame["f"] = hashlib.sha256(data).hexdigest() + ".pb"
            with recording(self.folder):
                write_atomic(self.folder / _OUTPUTS / frame["f"], data, sync=self._is_synced)
                if self._is_synced:
                    sync_folder(self.folder)
        else:
            frame["v"] = data
        return frame

    def spec(self, address: str, task: str, inputs: Mapping[str, bytes], spec: bytes, code: str = "") -> None:
        """Keep what a dynamic task became, so that its body does not run again."""
        if self._keeps_outputs:
            frame: Frame = {"k": "spec", "a": address, "v": spec, "t": time.time(), "i": call_digest(task, inputs)}
            if code:
                frame["d"] = code
            self._journal.append(frame, durable=True)

    def event(self, event: Event) -> None:
        """Note an event; it may be lost with the process."""
        entity = event.entity.name if event.entity is not None else ""
        frame: Frame = {
            "k": "ev",
            "a": event.address,
            "s": event.state.value,
            "e": entity,
            "n": event.attempt,
            "t": event.time,
        }
        if event.detail:
            frame["d"] = event.detail[:_LONGEST_TEXT]
        self._journal.append(frame, durable=False)

    def ended(self, event: Frame, outputs: Mapping[str, bytes] | None, digest: bytes, code: str) -> None:
        """An action that ended: its outputs if it has some to keep, and its event, with the fields that only actions have."""
        if outputs is not None and self._keeps_outputs:
            cached = event["s"] == State.CACHED.value
            out = self._outputs(event["a"], outputs, event["n"], digest, code, cached=cached)
            self._journal.append(out, event, durable=True)
        else:
            self._journal.append(event, durable=False)

    def end(self, state: State, detail: str = "", trail: Sequence[str] = ()) -> None:
        """Note the end of the run, and close. `trail`: where it failed, from the outermost step to the innermost."""
        frame: Frame = {"k": "end", "s": state.value, "d": detail[:_LONGEST_TEXT], "t": time.time()}
        if self.recovered:
            frame["r"] = len(self.recovered)
        if trail:
            frame["tr"] = list(trail)
        self._journal.append(frame, durable=True)
        self.close()

    def close(self) -> None:
        """Give the folder back; what comes later is not written."""
        self._journal.close()


def _is_same(frame: Frame, task: str, inputs: Mapping[str, bytes], code: str) -> bool:
    """Whether what was recorded is of this call, and of code that is still the same."""
    known = frame.get("d", "")
    if code and known and code != known:
        return False
    digest = frame.get("i")
    return digest is None or digest == call_digest(task, inputs)


@final
class Claim:
    """A folder that is one run's from now on, although nothing says yet what the run is: its journal is locked."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        self.folder = folder
        self._journal = journal

    def record(self, about: Mapping[str, Any], *, bundle: bytes = b"", inputs: bytes = b"") -> Recorder:
        """Write what the run is, and begin its record. `about`: `kind`, `name`, `entity`, `started`, and settings.

        Raises:
            RunDirectoryError: it cannot be written; then the folder is nobody's.
        """
        is_written = False
        try:
            with recording(self.folder):
                sync = self._journal.durability == "fsync"
                content = write_run_file(self.folder, about, bundle, inputs, sync=sync)
            is_written = True
        finally:
            if not is_written:
                self.give_up()
        return Recorder(self.folder, self._journal, content, ())

    def __enter__(self) -> Claim:
        return self

    def __exit__(self, *_: object) -> None:
        self.give_up()  # nothing is left to give up once the record has been closed

    def give_up(self) -> None:
        """Let another run have the folder."""
        self._journal.close()


def claim(folder: Path, name: str, durability: str) -> Claim | None:
    """Make a folder a run's own; None if the record of a run of another name is in it.

    The journal's lock comes first and everything is written behind it, so of many who want a folder one gets it. Who comes
    second waits until the first has said who it is.

    Raises:
        RunNameError: a run of this name has its record here.
        RunDirectoryError: the folder cannot be written.
    """
    until = time.monotonic() + _CLAIM_SECONDS
    while True:
        try:
            journal = Journal(folder, durability)
        except RunInUseError:
            journal = None
        if (folder / RUN_FILE).exists():
            if journal is not None:
                journal.close()
            if _name_in(folder) == name:
                raise name_taken(name, folder)
            return None
        if journal is not None:
            journal.clear()
            return Claim(folder, journal)
        if time.monotonic() > until:
            raise RunInUseError(
                "another run has been starting in this folder for a long time",
                where=str(folder),
                expected="a folder that is free",
                got="a lock of another run",
                fix="give another run_dir, or end the other run",
            )
        time.sleep(_LOOK_SECONDS)


def _name_in(folder: Path) -> str | None:
    try:
        return read_run_file(folder)["name"]
    except RunDirectoryError:
        return None  # a record that cannot be read is another run's


def open_record(
    folder: Path, about: Mapping[str, Any], durability: str, *, bundle: bytes = b"", inputs: bytes = b""
) -> Recorder:
    """Begin the record of a run in its folder.

    Raises:
        RunNameError: the folder holds the record of a run.
        RunDirectoryError: it cannot be written.
    """
    claimed = claim(folder, about["name"], durability)
    if claimed is None:
        raise name_taken(_name_in(folder) or folder.name, folder)
    return claimed.record(about, bundle=bundle, inputs=inputs)


def reopen_record(folder: Path, durability: str) -> Recorder:
    """Go on with the record that is in a folder.

    Raises:
        RunInUseError: the run is going on.
        RunDirectoryError: there is no record, or it is damaged, or it cannot be written.
    """
    read_run_file(folder)  # before a journal is made in a folder that holds no run
    journal = Journal(folder, durability)
    is_open = False
    try:
        recorder = Recorder(folder, journal, read_run_file(folder), journal.take_over())
        is_open = True
    finally:
        if not is_open:
            journal.close()
    return recorder

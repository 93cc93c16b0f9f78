"""The one reader of records: what runs there are, what each is, how it stands, and what happened in it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple, cast

from drawloom.context import is_held
from drawloom.interpreter.errors import RunDirectoryError
from drawloom.interpreter.events import State
from drawloom.interpreter.record.journal import JOURNAL, Frame, scan
from drawloom.interpreter.record.run_file import RUN_FILE, entity_key, read_bundle, read_inputs, read_run_file
from drawloom.ir import Key


class RunInfo(NamedTuple):
    """A run as `drawloom runs` lists it.

    Attributes: `path`, `name`, `kind` (`workflow` or `actions`), `entity`, `state` (ABORTED where its process ended without a
    word, such as by a kill), `started` and `ended` (seconds since the epoch; `ended` is 0.0 before), `finished` (how many tasks have their
    outputs recorded), `resumed` (how often it was gone on with), `recovered` (how many the last process took from the
    record), `detail` (the error of a run that failed), `damaged` (bytes at the journal's end that do not count).
    """

    path: Path
    name: str
    kind: str
    entity: Key
    state: State
    started: float
    ended: float
    finished: int
    resumed: int
    recovered: int
    detail: str
    damaged: int


class RecordedRun(NamedTuple):
    """A recorded run: what it is, its bundle (empty for a run of actions), its inputs, its journal, its `run.json`."""

    info: RunInfo
    bundle: bytes
    inputs: dict[str, bytes]
    frames: list[Frame]
    about: dict[str, Any]

    @property
    def settings(self) -> dict[str, Any]:
        """The options of a run of a workflow that are not the usual ones; empty for one that says none."""
        found = self.about.get("settings")
        return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


class BadRun(NamedTuple):
    """A folder that holds a record which cannot be read, and why."""

    path: Path
    error: RunDirectoryError


def _journal(folder: Path) -> tuple[list[Frame], int]:
    """The frames that count, and how many bytes behind them do not."""
    try:
        with (folder / JOURNAL).open("rb") as file:
            found = list(scan(file))
            size = os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        return [], 0
    except OSError as error:
        raise RunDirectoryError(
            "the journal of this run cannot be read",
            where=str(folder),
            expected="a file that can be read",
            got=str(error.strerror or error),
            fix="check its permissions",
        ) from error
    good = found[-1][0] + found[-1][1] if found else 0
    return [frame for _, _, frame in found], size - good


def _info(folder: Path, about: dict[str, Any], frames: Iterable[Frame], damaged: int) -> RunInfo:
    state, ended, detail, starts, recovered = State.RUNNING, 0.0, "", 0, 0
    finished: set[str] = set()
    for frame in frames:
        if frame["k"] == "out":
            finished.add(frame["a"])
        elif frame["k"] == "end":
            state, ended, detail = State(frame["s"]), float(frame["t"]), frame["d"]
            recovered = frame.get("r", 0)
        elif frame["k"] == "ev" and not frame["a"] and frame["s"] == State.RUNNING.value:
            state, ended, detail = State.RUNNING, 0.0, ""
            starts += 1
    if state is State.RUNNING and not is_held(folder / JOURNAL):
        state, detail = State.ABORTED, f"its process ended without a word; go on with `drawloom resume {about['name']}`"
    return RunInfo(
        folder, about["name"], about["kind"], entity_key(about), state, float(about["started"]), ended, len(finished),
        max(0, starts - 1), recovered, detail, damaged,
    )  # fmt: skip


def read_info(folder: str | os.PathLike[str]) -> RunInfo:
    """What a recorded run is and how it stands.

    Raises:
        RunDirectoryError: there is no record, or a damaged one, or one of another version.
    """
    path = Path(folder)
    about = read_run_file(path)
    return _info(path, about, *_journal(path))


def read_run(folder: str | os.PathLike[str]) -> RecordedRun:
    """A recorded run, whole.

    Raises:
        RunDirectoryError: there is no record, or a damaged one, or one of another version.
    """
    path = Path(folder)
    about = read_run_file(path)
    frames, damaged = _journal(path)
    info = _info(path, about, frames, damaged)
    return RecordedRun(info, read_bundle(path, about), read_inputs(path, about), frames, about)


def find_runs(root: str | os.PathLike[str]) -> tuple[list[RunInfo], list[BadRun]]:
    """The runs below a folder, newest first, and the folders whose records cannot be read."""
    good: list[RunInfo] = []
    bad: list[BadRun] = []
    try:
        folders = sorted(Path(root).iterdir())
    except OSError:
        return good, bad
    for folder in folders:
        try:
            if (folder / RUN_FILE).exists():
                good.append(read_info(folder))
        except RunDirectoryError as error:  # noqa: PERF203 - one bad folder must not hide the others
            bad.append(BadRun(folder, error))
        except OSError as error:  # a folder of another user's
            reason = RunDirectoryError(
                "this folder cannot be read",
                where=str(folder),
                expected="a folder that can be read",
                got=str(error.strerror or error),
                fix="check its permissions",
            )
            bad.append(BadRun(folder, reason))
    return sorted(good, key=lambda info: info.started, reverse=True), bad


def list_runs(root: str | os.PathLike[str]) -> list[RunInfo]:
    """The runs below a folder, newest first; records that cannot be read are left out, `find_runs` names them."""
    return find_runs(root)[0]

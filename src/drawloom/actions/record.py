"""The record of a run of actions: `run.json`, and one line of `actions.jsonl` for each action that ended.

Where nobody named a folder for it, it is written when the run has failed, or when somebody asks where it is. Where somebody
did, each line goes to the system as its action ends, which survives `kill -9` ("outputs"), or to the disk, which survives a
power cut ("fsync"). A line carries its checksum: one that was cut off or damaged counts as not written, and its action is run
again by `resume`.

Of an action that has several lines, the last one counts: a resumed run adds its own.
"""

from __future__ import annotations

import functools
import json
import os
import threading
import zlib
from base64 import b64decode, b64encode
from binascii import b2a_base64
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, final

from drawloom.context import ActionID, file_access, is_remote, local_path, lock_file
from drawloom.errors import RunNameError
from literals import DrawloomError

RUN_FILE: Final = "run.json"
ACTIONS_FILE: Final = "actions.jsonl"
KIND: Final = "actions"
"""What `run.json` says that the record is of; a workflow's says nothing."""
FORMAT: Final = 1
KEPT_IN_MEMORY: Final = 10_000
"""Actions of a run that may wait in memory for somebody to ask for the record; that of a larger run is written at its end."""
DURABILITIES: Final = ("none", "outputs", "fsync")


class RunRecordError(DrawloomError, ValueError, OSError):
    """A folder is no record of a run, or not one that can be used now."""


@final
class ActionRecord(NamedTuple):
    """One action that ended.

    Attributes: `id`, `task`, `code` (gives the digest of its function), `inputs` (digest of them where the name does not
    stand for them alone), `parent` (the calling action; None for the first), `group`, `phase`, `seconds`, `attempts`,
    `failures` (of attempts that failed), `cached`, `error` (of the action), `outputs` (literal bytes by name).
    """

    id: ActionID
    task: str
    code: Callable[[], str] | None
    inputs: str
    parent: ActionID | None
    group: str | None
    phase: str
    seconds: float
    attempts: int
    failures: tuple[dict[str, Any], ...]
    cached: bool
    error: str | None
    outputs: Mapping[str, bytes] | None


@final
class RunRecord:
    """What happened in a run. Adding is thread-safe, and costs no I/O unless lines are written as actions end.

    `summary`: what `run.json` is to say, set before `close`. `is_wanted`: the record is written at the end, asked for or not.
    """

    def __init__(self, folder: str, durability: str = "none") -> None:
        self.folder = folder
        self.durability = durability
        self.actions: list[ActionRecord] = []
        self.summary: dict[str, Any] | None = None
        self.is_wanted = False
        self._file = -1
        self._lock = threading.Lock()

    def open(self, about: Mapping[str, Any]) -> None:
        """Write what the run is, and get ready to write lines. Nothing happens where lines wait for the end.

        Raises:
            RunRecordError: the run is going on already.
        """
        if self.durability == "none" or is_remote(self.folder):
            return
        folder = local_path(self.folder)
        folder.mkdir(parents=True, exist_ok=True)
        file = os.open(folder / ACTIONS_FILE, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        if not lock_file(file):
            os.close(file)
            raise RunRecordError(
                "this run is going on in another process or thread", where=str(folder), fix="wait for it, or end it"
            )
        self._file = file
        end = os.lseek(file, 0, os.SEEK_END)
        if end and os.pread(file, 1, end - 1) != b"\n":
            os.write(file, b"\n")  # the last line was cut off; ours begin on one of their own
        self._write_summary(about)

    def add(self, action: ActionRecord) -> None:
        """Note an action that ended."""
        if self._file < 0:
            self.actions.append(action)
            return
        line = (_line(action) + "\n").encode()
        with self._lock:
            while line:
                line = line[os.write(self._file, line) :]
            if self.durability == "fsync":
                os.fsync(self._file)

    def close(self) -> None:
        """The run has ended: write what nobody has to ask for."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        elif self.durability == "none" and not self.is_wanted and len(self.actions) <= KEPT_IN_MEMORY:
            return
        self.write()

    def write(self) -> None:
        """Write what is not written yet; a remote folder gets nothing."""
        summary, self.summary = self.summary, None
        if summary is None or is_remote(self.folder):
            return
        if self.actions:
            folder = local_path(self.folder)
            folder.mkdir(parents=True, exist_ok=True)
            _write(folder / ACTIONS_FILE, "".join([_line(action) + "\n" for action in self.actions]))
            self.actions.clear()
        self._write_summary(summary)

    def _write_summary(self, about: Mapping[str, Any]) -> None:
        folder = local_path(self.folder)
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(about, ensure_ascii=False, indent=2, default=str) + "\n"
        _write(folder / RUN_FILE, text, sync=self.durability == "fsync")


_encode: Final = json.JSONEncoder(ensure_ascii=False).encode


@functools.lru_cache(maxsize=1024)
def _of(task: str, code: str) -> str:
    return f'"task": {json.dumps(task)}, "code": "{code}"'


def _line(action: ActionRecord) -> str:
    """One line of JSON, the checksum last."""
    if action.error is not None or action.failures or action.group is not None or action.cached:
        body = _encode(_plain(action))[:-1]
    else:
        # The usual row by hand: names of actions and outputs need no escaping, and the encoder costs more than the action.
        parent = f', "parent": "{action.parent.name}"' if action.parent is not None else ""
        inputs = f', "inputs": "{action.inputs}"' if action.inputs else ""
        outputs = ""
        if action.outputs is not None:
            values = ", ".join(
                [f'"{name}": "{b2a_base64(data, newline=False).decode()}"' for name, data in action.outputs.items()]
            )
            outputs = f', "outputs": {{{values}}}'
        body = (
            f'{{"name": "{action.id.name}", {_of(action.task, action.code() if action.code else "")}, '
            f'"phase": "{action.phase}", "seconds": {action.seconds:.6f}{parent}, "attempts": {action.attempts}'
            f"{inputs}{outputs}"
        )
    return f'{body}, "crc": "{zlib.crc32(body.encode()):08x}"}}'


def _plain(action: ActionRecord) -> dict[str, Any]:
    """The fields that say something."""
    row: dict[str, Any] = {
        "name": action.id.name,
        "task": action.task,
        "code": action.code() if action.code else "",
        "phase": action.phase,
        "seconds": round(action.seconds, 6),
    }
    if action.parent is not None:
        row["parent"] = action.parent.name
    if action.group is not None:
        row["group"] = action.group
    if action.cached:
        row["cached"] = True
    else:
        row["attempts"] = action.attempts
    if action.failures:
        row["failures"] = action.failures
    if action.error is not None:
        row["error"] = action.error
    if action.inputs:
        row["inputs"] = action.inputs
    if action.outputs is not None:
        row["outputs"] = {name: b64encode(data).decode() for name, data in action.outputs.items()}
    return row


@final
class Row(NamedTuple):
    """A line that was read."""

    name: str
    task: str
    code: str
    inputs: str
    phase: str
    outputs: Mapping[str, bytes]
    fields: Mapping[str, Any]


@final
class Known:
    """What a record says of each action. `taken`: those whose outputs this run took over."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self.rows = rows
        self.taken: set[str] = set()

    def find(self, name: str) -> Row | None:
        """The last line of an action."""
        return self.rows.get(name)


def is_of_actions(folder: Path) -> bool:
    """Whether a folder holds the record of a run of actions, rather than of a workflow."""
    try:
        about = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(about, dict) and about.get("kind") == KIND


def read_record(folder: str | os.PathLike[str]) -> tuple[dict[str, Any], Known]:
    """What a run is, and the last good line of each of its actions.

    Raises:
        RunRecordError: there is no record of a run of actions, or a damaged one.
    """
    place = Path(folder)
    try:
        about = json.loads((place / RUN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunRecordError(
            f"this is no record of a run: {error}", where=str(place), fix="`drawloom runs` lists the runs"
        ) from error
    if not isinstance(about, dict) or about.get("kind") != KIND:
        raise RunRecordError("this is not the record of a run of actions", where=str(place / RUN_FILE))
    if about.get("format") != FORMAT:
        raise RunRecordError(
            "this run was recorded by another version of drawloom",
            where=str(place / RUN_FILE),
            expected=f"format {FORMAT}",
            got=str(about.get("format")),
        )
    rows: dict[str, Row] = {}
    if (place / ACTIONS_FILE).exists():
        for line in (place / ACTIONS_FILE).read_bytes().splitlines():
            row = _row(line)
            if row is not None:
                rows.pop(row.name, None)
                rows[row.name] = row
    return about, Known(rows)


def _row(line: bytes) -> Row | None:
    """A line as it was written; None if it was cut off or damaged."""
    body, mark, check = line.rpartition(b', "crc": "')
    if not mark or check != b'%08x"}' % zlib.crc32(body):
        return None
    fields = json.loads(body + b"}")
    outputs = {name: b64decode(text) for name, text in fields.get("outputs", {}).items()}
    return Row(
        fields["name"], fields["task"], fields["code"], fields.get("inputs", ""), fields["phase"], outputs, fields
    )


def _write(path: Path, text: str, *, sync: bool = False) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with part.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        if sync:
            os.fsync(file.fileno())
    part.replace(path)


def claim_folder(folder: Path, name: str, *, is_given: bool) -> Path:
    """A folder that holds no other run's record, ours from now on: `folder` itself, or one of the run's name in it.

    Raises:
        RunNameError: a run of the given name has its record here.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if _claim(folder, name):
        return folder
    below = folder / name
    if _name_in(folder) != name or not is_given:
        below.mkdir(exist_ok=True)
        if _claim(below, name):
            return below
    raise RunNameError(
        f"there is a run named {name!r} already",
        where=str(folder),
        expected="a name that no recorded run has",
        fix="choose another name, go on with that run by `drawloom resume`, or delete its folder",
    )


def _claim(folder: Path, name: str) -> bool:
    try:
        with (folder / RUN_FILE).open("x", encoding="utf-8") as file:
            json.dump({"kind": KIND, "format": FORMAT, "name": name, "phase": "queued"}, file)
    except FileExistsError:
        return False
    return True


def _name_in(folder: Path) -> str | None:
    try:
        about = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return about.get("name") if isinstance(about, dict) else None


def discard(path: str) -> None:
    """Have nothing stored at a path any more."""
    if is_remote(path):
        if file_access().exists(path):
            file_access().write_bytes(path, b"")
        return
    local_path(path).unlink(missing_ok=True)

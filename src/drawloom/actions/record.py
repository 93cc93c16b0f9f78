"""What a run of actions has done, on its way into the run's record.

Where somebody named a folder for the record, each action that ends is written there as it ends. Where nobody did, actions wait
in memory, and the record is written when the run has failed, or when somebody asks where it is.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, Protocol, final

from drawloom.context import ActionID, file_access, is_remote, local_path
from drawloom.interpreter import Event, Observer, Recorder, State, call_digest

KEPT_IN_MEMORY: Final = 10_000
"""Actions of a run that may wait in memory for somebody to ask for the record; that of a larger run is written at its end."""
DURABILITIES: Final = ("none", "outputs", "fsync")
_LONGEST_TEXT = 2000


@final
class ActionRecord(NamedTuple):
    """One action that ended.

    Attributes: `id`, `task`, `code` (gives the digest of its function), `inputs` (literal bytes by name), `parent` (the calling
    action; None for the first), `group`, `state`, `seconds`, `attempts`, `failures` (of attempts that failed), `error` (of the
    action), `outputs` (literal bytes by name; None if there are none to keep), `ended` (seconds since the epoch).
    """

    id: ActionID
    task: str
    code: Callable[[], str] | None
    inputs: Mapping[str, bytes]
    parent: ActionID | None
    group: str | None
    state: State
    seconds: float
    attempts: int
    failures: tuple[dict[str, Any], ...]
    error: str | None
    outputs: Mapping[str, bytes] | None
    ended: float

    def __reduce__(self) -> Any:
        # For another process: the digest of the code is made where the code is.
        code = functools.partial(str, self.code()) if self.code is not None else None
        return ActionRecord, tuple(self._replace(code=code))

    def event(self) -> Event:
        """The end as an observer is told of it."""
        above = self.parent.name if self.parent is not None else ""
        return Event(
            self.id.name, self.state, self.task, None, self.attempts, self.ended, self.error or "", above, self.seconds
        )

    def write(self, recorder: Recorder) -> None:
        """Record it."""
        event: dict[str, Any] = {
            "k": "ev",
            "a": self.id.name,
            "s": self.state.value,
            "e": self.task,
            "n": self.attempts,
            "t": self.ended,
            "x": self.seconds,
        }
        if self.error is not None:
            event["d"] = self.error[:_LONGEST_TEXT]
        if self.parent is not None:
            event["p"] = self.parent.name
        if self.group is not None:
            event["g"] = self.group
        if self.failures:
            event["f"] = self.failures
        code = self.code() if self.code is not None else ""
        recorder.ended(event, self.outputs, call_digest(self.task, self.inputs), code)


class MakeRecorder(Protocol):
    """Begins the record of a run when somebody asks for it."""

    def __call__(self) -> Recorder:
        """Begin it. Raises `RunDirectoryError`."""
        ...


@final
class ActionLog:
    """Takes each action that ends, in any thread. `recorder`: where it goes; None as long as it waits in memory.

    `begin`: makes the recorder of a record that nobody named a folder for; None where nothing is ever written. `watch`: told of each
    attempt that begins and each action that ends, in the thread where it does. `waiting`: where actions wait in memory.
    """

    def __init__(
        self,
        recorder: Recorder | None = None,
        begin: MakeRecorder | None = None,
        watch: Observer | None = None,
        waiting: list[ActionRecord] | None = None,
    ) -> None:
        self.recorder = recorder
        self.watch = watch
        self.is_wanted = False
        self._begin = begin
        self._waiting: list[ActionRecord] = [] if waiting is None else waiting
        self._end: tuple[State, str] | None = None
        self._lock = threading.Lock()

    def began(self, identity: ActionID, task: str, parent: ActionID | None, attempt: int) -> None:
        """Tell whoever watches that an attempt begins."""
        if self.watch is not None:
            above = parent.name if parent is not None else ""
            self.watch(Event(identity.name, State.RUNNING, task, None, attempt, time.time(), parent=above))

    def add(self, action: ActionRecord) -> None:
        """Note an action that ended."""
        if self.watch is not None:
            self.watch(action.event())
        recorder = self.recorder
        if recorder is None:
            self._waiting.append(action)
        else:
            action.write(recorder)

    def close(self, state: State, detail: str = "", trail: tuple[str, ...] = ()) -> None:
        """The run has ended: write what nobody has to ask for."""
        if self.recorder is not None:
            self.recorder.end(state, detail, trail)
            return
        self._end = (state, detail)
        if self.is_wanted or len(self._waiting) > KEPT_IN_MEMORY:
            self.write()

    def write(self) -> None:
        """Write the record of a run that has ended, if it waits in memory; once."""
        with self._lock:
            if self.recorder is not None or self._begin is None or self._end is None:
                return
            self.recorder = self._begin()
            for action in self._waiting:
                action.write(self.recorder)
            self._waiting.clear()
            self.recorder.end(*self._end)


def discard(path: str) -> None:
    """Have nothing stored at a path any more."""
    if is_remote(path):
        if file_access().exists(path):
            file_access().write_bytes(path, b"")
        return
    local_path(path).unlink(missing_ok=True)

"""How a run is to be made; and the table of what a run on one machine does not simulate."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, final

from drawloom.interpreter.events import Observer
from literals import DrawloomError, preview

NOT_SIMULATED: Mapping[str, str] = {
    "resources": "requests and limits are not enforced; the machine's own are used",
    "interruptible": "nothing is preempted here, so the flag changes nothing",
    "container image": "a Python task runs in this interpreter, with the packages that are installed",
    "pod template": "there is no pod; labels, node selectors, tolerations and side containers are ignored",
    "accelerator and shared memory": "the devices and the memory of the machine are used as they are",
    "schedules, notifications, triggers": "a run is started by hand, and tells its observers",
    "security context": "the run is the user's own process; secrets come from the environment and from files",
    "timeouts and retries of a node that runs a workflow": "its tasks have their own; the node as a whole has neither",
    "max_parallelism of a launch plan that a node runs": "one limit serves the whole run: that of the plan it started with",
    "quality of service and queueing": "ready nodes start as soon as a worker is free",
}
"""Fields of messages that change nothing in a run on this machine, and why. Everything else is honoured."""

OFFLOAD_FROM = 10 * 1024 * 1024
"""Bytes of a literal from which it is offloaded unless something else is said: Flyte's 10 MB."""
_THRESHOLD = "_F_L_MIN_SIZE_MB"
"""Flyte's variable: megabytes of an output from which it is offloaded; 0 is never."""
_MOST_WORKERS = 32
_SPARE_WORKERS = 4


def offload_threshold() -> int:
    """Bytes of an output from which it goes to the store here: Flyte's 10 MB, or what `_F_L_MIN_SIZE_MB` says; 0 is never.

    Raises:
        DrawloomError: the variable is not a number of megabytes.
    """
    megabytes = os.environ.get(_THRESHOLD)
    if not megabytes:
        return OFFLOAD_FROM
    if not megabytes.strip().isdecimal():
        raise DrawloomError(
            f"{_THRESHOLD} is not a number of megabytes",
            expected="a whole number of megabytes",
            got=preview(megabytes),
            fix="write 0 for never, or a number such as 10",
        )
    return int(megabytes) * 1024 * 1024


@final
class GateRequest(NamedTuple):
    """A gate that waits.

    Attributes: `kind` (`signal` or `approve`), `signal` (its id), `address`, `type` (of the value that a signal needs; None
    for an approval), `value` (the literal to approve; None for a signal), `ended` (whether an answer came from elsewhere
    or the time is over, so that nobody needs to be asked any longer).
    """

    kind: str
    signal: str
    address: str
    type: Any
    value: bytes | None
    ended: Callable[[], bool] = bool


class SignalSource(Protocol):
    """Where answers to gates may arrive while a run goes on."""

    def poll(self, request: GateRequest, /) -> bytes | bool | None:
        """The literal of a signal, the verdict of an approval, or None as long as there is none."""
        ...


class ResultCache(Protocol):
    """Outputs of tasks by key, kept between runs."""

    def get(self, key: str, /, max_age: float | None = None) -> bytes | None:
        """The stored `LiteralMap` bytes; None if there is none that can be used."""
        ...

    def put(self, key: str, value: bytes, /, name: str = "") -> None:
        """Store outputs."""
        ...

    def lock(self, key: str, /) -> Any:
        """A context manager that one process and thread at a time can be in."""
        ...


class RecordPart(Protocol):
    """A place in the record of a run that is going on: a graph that an action started is recorded below its address."""

    @property
    def recorder(self) -> Any:
        """The `Recorder` of that run; None if it is not recorded."""
        ...

    @property
    def address(self) -> str:
        """The address in it."""
        ...


Ask = Callable[[GateRequest], "bytes | bool"]


@final
@dataclass(frozen=True)
class RunOptions:
    """Settings of one run; all have defaults.

    Attributes:
        max_parallelism: most tasks at once; 0 means `min(32, cpus + 4)`, 1 runs in declared order.
        observers: told of every change, from the run's own thread.
        raise_errors: a failed run raises the error; else the result has it.
        cache: where tasks that ask for caching look; None means that nothing is cached.
        overwrite_cache: run cached tasks again and store what they give.
        run_dir: folder of the run's record; None means that nothing is recorded.
        durability: `none` (events only), `outputs` (survives the process), `fsync` (survives the machine).
        signals: where gates find answers. `ask`: asked for an answer, one gate at a time in declared order.
        sleeps: False lets sleep gates pass at once.
        isolation: `thread` (tasks run in this process), `timeouts` (those with a timeout run in processes that can be
            killed), or `process` (all that have a command).
        python: an interpreter whose environment has flytekit; tasks whose command is flytekit's run in processes of it.
        executor: what runs the tasks, instead of threads of this process: an address (`process://4`,
            `dask://host:8786`, `ray://host:10001`), a client of Dask's, or a `concurrent.futures.Executor`.
        parameters: members of `current_context()`, instead of their defaults.
        state: fields of the ambient record (`drawloom.context.AmbientState`) in every task of the run.
        name: the run's name, which has to be valid as the name of a folder; made up if empty.
        offload_from: bytes of an output's literal from which it goes to the store, and its address travels; 0 is never.
        within: the part of another run's record that this run's is; then `run_dir` and `durability` are that run's.
    """

    max_parallelism: int = 0
    observers: tuple[Observer, ...] = ()
    raise_errors: bool = True
    cache: ResultCache | None = None
    overwrite_cache: bool = False
    run_dir: str | os.PathLike[str] | None = None
    durability: str = "outputs"
    signals: SignalSource | None = None
    ask: Ask | None = None
    sleeps: bool = True
    isolation: str = "thread"
    python: str = ""
    executor: Any = None
    parameters: Mapping[str, Any] = field(default_factory=dict[str, Any])
    state: Mapping[str, Any] = field(default_factory=dict[str, Any])
    name: str = ""
    offload_from: int = OFFLOAD_FROM
    within: RecordPart | None = None

    def __post_init__(self) -> None:
        if self.durability not in {"none", "outputs", "fsync"}:
            raise DrawloomError(
                "there is no such durability",
                expected="none, outputs or fsync",
                got=repr(self.durability),
                fix="use one of these",
            )
        if self.isolation not in {"thread", "timeouts", "process"}:
            raise DrawloomError(
                "there is no such isolation",
                expected="thread, timeouts or process",
                got=repr(self.isolation),
                fix="use one of these",
            )
        if self.executor is not None and (self.isolation != "thread" or self.python):
            raise DrawloomError(
                "an executor runs the tasks, so they cannot be isolated on this machine",
                where="RunOptions.executor",
                expected="an executor, or isolation or python",
                got=f"isolation={self.isolation!r}, python={self.python!r}",
                fix="leave one of them out",
            )
        if self.offload_from < 0:
            raise DrawloomError(
                "offload_from is negative",
                expected="bytes, or 0 for never",
                got=str(self.offload_from),
                fix="write 0 for never, or a number of bytes",
            )
        if self.max_parallelism < 0:
            raise DrawloomError(
                "max_parallelism is negative",
                expected="0 or more",
                got=str(self.max_parallelism),
                fix="write 0 for no limit, or a number of nodes",
            )

    def width(self) -> int:
        """Most tasks at once."""
        return self.max_parallelism or min(_MOST_WORKERS, (os.cpu_count() or 1) + _SPARE_WORKERS)

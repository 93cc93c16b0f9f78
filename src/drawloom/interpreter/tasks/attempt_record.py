"""One attempt of a task as plain data, for executors whose workers are other processes or machines.

What travels there is picklable and small: how the code is found, the inputs' bytes, and all that the attempt finds around
it. What travels back are the outputs' bytes, the graph that a dynamic task made, or the error, as its own class where it can
be pickled. The worker runs the attempt by the same `Callee`, variables and time limit as a thread of the run does.
"""

from __future__ import annotations

import contextvars
import importlib
import itertools
import logging
import os
import pickle
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, final

from drawloom import context as ambient
from drawloom.context import USUAL_LOGS, AmbientState, LogSettings, activate, current, logging_as, restore
from drawloom.interpreter.errors import LOST_WORKER, TaskInterruptedError, TaskProcessError
from drawloom.interpreter.failures import ErrorKind, Failure, Step, forget_where
from drawloom.interpreter.program.dynamic_job import DynamicJob
from drawloom.interpreter.tasks.callee import Callee
from drawloom.interpreter.tasks.checkpoints import checkpoint_in
from drawloom.interpreter.tasks.documents import traceback_text
from drawloom.interpreter.tasks.env_vars import EnvVars
from drawloom.interpreter.tasks.outcome import Outcome, Pending, as_outcome, load_entity
from drawloom.interpreter.tasks.timeouts import OverrunError, overran, with_limit
from literals import attempt, error_text

if TYPE_CHECKING:
    from drawloom.interpreter.record.recorder import Recorder

LOADS_TASK: contextvars.ContextVar[bool] = contextvars.ContextVar("drawloom.loads_task", default=False)
"""Whether this code runs because a worker imports a task's module: no run may start workers there."""


class KeptAction(Protocol):
    """An action that an attempt called where it was made: it travels back, and is recorded where the run is."""

    def write(self, recorder: Recorder) -> None:
        """Record it."""
        ...


class ActionPart(Protocol):
    """What an attempt of an action has that one of a node has not: who it is, and how its function is called. Pickled."""

    def call(self, entity: object, record: AttemptRecord, made: MadeBeside) -> Outcome | Pending:
        """Call the task's function once; whatever it raises is the outcome's failure."""
        ...


@final
class MadeBeside(NamedTuple):
    """What an attempt makes beside its outputs.

    Attributes: `actions` (what it called), `pages` (reports, by the path that each is to be written to).
    """

    actions: list[KeptAction]
    pages: list[tuple[str, bytes]]


@final
class AttemptRecord(NamedTuple):
    """One attempt.

    Attributes: `run` (a text that no other run has, so that no two attempts are equal), `address` (of the node), `number`
    (from 1), `name` (the task's, for errors), `loader` (resolver and its arguments), `inputs` (literals by name),
    `variables` (environment variables), `timeout` (seconds; 0 is any time), `checkpoints` (folder of the run's),
    `raw_output_prefix`, `data_config` (where files go; the worker's own default if empty), `custom_context`,
    `parameters` (members of `current_context()`), `offload_from` (bytes of an output from which it goes to the store; 0 is
    never), `run_name` (of a run that is recorded), `raw_folder` (of the run, below a remote prefix), `logs` (how lines are logged),
    `action` (of an attempt of an action), `entity` (where the worker is a thread of this process: the live task of an action, or
    the callee of a node, which brings the run's surroundings along).
    """

    run: str
    address: str
    number: int
    name: str
    loader: tuple[str, tuple[str, ...]]
    inputs: Mapping[str, bytes]
    variables: Mapping[str, str]
    timeout: float
    checkpoints: str
    raw_output_prefix: str
    data_config: Any
    custom_context: Mapping[str, str]
    parameters: Mapping[str, Any]
    offload_from: int = 0
    run_name: str = ""
    raw_folder: str = ""
    logs: LogSettings = USUAL_LOGS
    action: ActionPart | None = None
    entity: Any = None


@final
class AttemptResult(NamedTuple):
    """What came of it: `outputs`, or `expansion` (a packed `DynamicJob`), or the error.

    `error`: the exception, pickled; empty if its class refuses. `text`: its traceback. `line`: its class and message.
    `decks`: the pages of a task that has decks switched on. `pages`: reports of actions, by their paths. `actions`: what the
    attempt called, for the run's record. `started` (seconds since the epoch, by the worker's clock) and
    `seconds`: when the attempt was made, and how long it took. `outcome`: all of it, where the worker is a thread of this process.
    """

    outputs: dict[str, bytes] | None = None
    expansion: bytes = b""
    error: bytes = b""
    text: str = ""
    line: str = ""
    kind: str = ""
    recoverable: bool = False
    trail: tuple[Step, ...] = ()
    decks: tuple[bytes, ...] = ()
    started: float = 0.0
    seconds: float = 0.0
    pages: tuple[tuple[str, bytes], ...] = ()
    actions: tuple[KeptAction, ...] = ()
    outcome: Outcome | None = None


@final
class _Prepared(threading.local):
    """What a thread has prepared for the attempts that it made last: `common` is what their records have in common."""

    common: AttemptRecord | None = None
    callee: Callee | None = None
    sandbox: str = ""
    generation: int = 0


_prepared = _Prepared()
_generation = itertools.count(1)
_latest = [0]
"""The generation of the code that is imported; what was prepared with another one is not used again."""


def forget_prepared() -> None:
    """Modules were forgotten: whatever was prepared of them is not used again, in any thread."""
    _latest[0] = next(_generation)


def run_attempts(records: Sequence[AttemptRecord]) -> list[AttemptResult]:
    """Make attempts of one task, one after the other, in a worker.

    What is common to them is prepared once, and kept for the next ones of the same kind: it costs more than a short attempt.
    """
    first = records[0]
    if type(first.entity) is Callee:
        return [_made_here(first.entity, record) for record in records]
    if first.entity is not None or first.logs == USUAL_LOGS:
        return _made_alike(records)
    with logging_as(first.logs, preserve_root=bool(logging.getLogger().handlers)):
        return _made_alike(records)


def _made_here(callee: Callee, record: AttemptRecord) -> AttemptResult:
    """One attempt on a thread of the run's own process: nothing has to travel."""
    started, clock = time.time(), time.perf_counter()
    outcome = _outcome(record, lambda variables: as_outcome(callee.call(record.inputs, record.address, variables)))
    return AttemptResult(outcome=outcome, started=started, seconds=time.perf_counter() - clock)


def _made_alike(records: Sequence[AttemptRecord]) -> list[AttemptResult]:
    common = records[0]._replace(address="", number=0, inputs={})
    known = _prepared
    if known.callee is not None and known.generation == _latest[0] and known.common == common:
        try:
            return [_made(known.callee, record, None) for record in records]
        finally:
            _remove(known.sandbox)
    known.callee = None
    with ExitStack() as tidy:
        first = records[0]
        sandbox = ambient.temporary_name("sandbox")  # made when something is written, which is seldom
        tidy.callback(_remove, sandbox)
        if first.raw_output_prefix or first.custom_context:
            tidy.callback(restore, activate(_state(first, sandbox)))
        entity: Any = first.entity
        generation = _latest[0]
        if entity is None:
            loading = LOADS_TASK.set(True)
            found = attempt(load_entity, *first.loader, where=f"task {first.name}")
            LOADS_TASK.reset(loading)
            if found.error is not None:
                failed = failed_result(Failure(found.error, ErrorKind.SYSTEM))
                return [failed for _ in records]
            entity = getattr(found.value, "run_task", found.value)
        if first.action is not None:
            return [_made_action(entity, record) for record in records]
        pages = None
        if getattr(entity, "enable_deck", False):
            pages = Path(tidy.enter_context(tempfile.TemporaryDirectory(prefix="drawloom-decks-")))
        callee = Callee(
            entity,
            first.name,
            parameters=lambda address: _seen(common, address),
            offload_from=first.offload_from,
            deck_root=pages,
            run_name=first.run_name,
            raw_folder=first.raw_folder,
        )
        made = [_made(callee, record, pages) for record in records]
        if pages is None and first.entity is None and not first.parameters:  # whose values may not compare
            known.common, known.callee, known.sandbox, known.generation = common, callee, sandbox, generation
        return made


def _made(callee: Callee, record: AttemptRecord, pages: Path | None) -> AttemptResult:
    started, clock = time.time(), time.perf_counter()
    kept: list[KeptAction] = []
    callee.kept = kept
    outcome = _outcome(record, lambda variables: as_outcome(callee.call(record.inputs, record.address, variables)))
    result = _result(outcome)
    decks: tuple[bytes, ...] = ()
    if pages is not None and (pages / record.address).exists():
        decks = tuple(page.read_bytes() for page in sorted((pages / record.address).rglob("*.html")))
    return result._replace(decks=decks, started=started, seconds=time.perf_counter() - clock, actions=tuple(kept))


def _made_action(entity: object, record: AttemptRecord) -> AttemptResult:
    started, clock = time.time(), time.perf_counter()
    beside = MadeBeside([], [])
    part = record.action
    if part is None:
        raise TypeError("this is not a record of an action")

    def call(variables: EnvVars) -> Outcome | Pending:
        context = contextvars.copy_context()
        context.run(variables.show)
        return context.run(part.call, entity, record, beside)

    result = _result(_outcome(record, call))
    return result._replace(
        started=started,
        seconds=time.perf_counter() - clock,
        actions=tuple(beside.actions),
        pages=tuple(beside.pages),
    )


def _result(outcome: Outcome) -> AttemptResult:
    if outcome.failure is not None:
        return failed_result(outcome.failure)
    if outcome.expansion is not None:
        return AttemptResult(expansion=DynamicJob.of(outcome.expansion).pack())
    return AttemptResult(dict(outcome.outputs or {}))


def failed_result(failure: Failure) -> AttemptResult:
    """The answer that tells of a failure."""
    forget_where(failure.error)
    packed = attempt(pickle.dumps, failure.error).value or b""  # the user's class may refuse
    return AttemptResult(
        error=packed,
        text=traceback_text(failure),
        line=failure.message(),
        kind=failure.kind.value,
        recoverable=failure.recoverable,
        trail=failure.trail,
    )


def _state(record: AttemptRecord, sandbox: str) -> AmbientState:
    changes: dict[str, Any] = {"custom_context": dict(record.custom_context)}
    if record.raw_output_prefix:
        changes["file_access"] = ambient.FileAccessProvider(sandbox, record.raw_output_prefix, record.data_config)
        changes["raw_data_path"] = ambient.RawDataPath(record.raw_output_prefix)
    return current().changed(**changes)


def _remove(folder: str) -> None:
    """Remove a folder, which is seldom there."""
    if os.path.lexists(folder):
        shutil.rmtree(folder, ignore_errors=True)


def _outcome(record: AttemptRecord, make: Callable[[EnvVars], Outcome | Pending]) -> Outcome:
    variables = EnvVars(record.variables)

    def call() -> Outcome:
        outcome = make(variables)
        if type(outcome) is Pending:
            return outcome.context.run(importlib.import_module("asyncio").run, outcome.coroutine)
        return outcome

    variables.acquire()
    try:
        outcome = with_limit(call, record.timeout) if record.timeout else call()
    except OverrunError:
        outcome = None
    finally:
        variables.release()
    if outcome is None or (outcome.failure is not None and isinstance(outcome.failure.error, OverrunError)):
        late = overran(f"{record.name} (attempt {record.number})", record.timeout)
        return Outcome(failure=Failure(late, recoverable=True))
    return outcome


def _seen(record: AttemptRecord, address: str) -> Mapping[str, Any]:
    return {"checkpoint": lambda: checkpoint_in(record.checkpoints, address), **record.parameters}


def outcome_of(result: AttemptResult) -> Outcome:
    """The outcome that a worker's answer stands for."""
    if result.outcome is not None:
        return result.outcome
    if result.outputs is not None:
        return Outcome(result.outputs)
    if result.expansion:
        return Outcome(expansion=DynamicJob.unpack(result.expansion))
    remote = TaskProcessError(
        f"the task failed in another process: {result.line}",
        expected="a task that ends well",
        got=result.text,
        fix="read its traceback above, and mend the task",
        recoverable=result.recoverable,
    )
    error: BaseException = remote
    if result.error:
        unpickled = attempt(pickle.loads, result.error)  # the user's class, written by our own worker
        if isinstance(unpickled.value, BaseException):
            error = unpickled.value
            error.__cause__ = remote  # its own frames are gone, and their text is here
    return Outcome(failure=Failure(error, ErrorKind(result.kind), recoverable=result.recoverable, trail=result.trail))


def lost(error: BaseException, where: str, *, is_gone: bool = False) -> Outcome:
    """The outcome of an attempt of which an executor gave no answer: its worker died, or it cannot be reached.

    `is_gone`: the executor itself is, so that another attempt would be in vain.
    """
    raised = TaskInterruptedError(
        "ExecutorLost" if is_gone else LOST_WORKER,
        "the executor is gone" if is_gone else "the executor that ran the task gave no answer",
        where=where,
        expected="what came of the attempt",
        got=error_text(error),
        fix="see that its workers live, have the same packages and can import the task's module; `resume` goes on with the run",
    )
    raised.__cause__ = error
    return Outcome(failure=Failure(raised, ErrorKind.SYSTEM, recoverable=not is_gone))

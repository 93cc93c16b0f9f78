"""Calling one task in this process: decode, call, encode.

A `Callee` is made once for all the nodes that run a task in the same way in one run: codecs by name, the function, and a
context with the ambient record of an attempt in it. An attempt costs a copy of that context (so that what a task sets in a
ContextVar stays its own) and a small `Attempt`, from which `current_context()` is made when the user's code asks for it.
Who calls `body` catches what it raises: the task function and the conversions that a user may have written raise anything.
"""

from __future__ import annotations

import contextvars
import importlib
import inspect
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from types import GeneratorType, TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, final

import typeengine
from drawloom import context as ambient
from drawloom.context import LAST_DECKS, OUTPUT_METADATA, ExecutionMode, ExecutionState, activate, current
from drawloom.interpreter.failures import ErrorKind, Failure, is_recoverable, trail_within
from drawloom.interpreter.tasks.env_vars import EnvVars
from drawloom.interpreter.tasks.outcome import Outcome, Pending, decode_inputs, encode_outputs
from literals import attempt, attempt_async, class_of, is_ours
from typeengine import NamedCodecs

if TYPE_CHECKING:
    from drawloom.interpreter.record.recorder import Recorder
    from drawloom.interpreter.tasks.decks import AttemptDecks

MakeParameters = Callable[[str], Mapping[str, Any]]
"""What `current_context()` gives instead of its defaults, for the node at an address."""

_Given = dict[str, bytes] | Outcome | Pending


@final
class Attempt:
    """One attempt of a callee for the node at `address`.

    `calling`: the user's function itself is running, not a conversion. `made`: what `current_context()` gave. `decks`: of a
    task that has them switched on; unset in any other, and before its inputs are read.
    """

    __slots__ = ("address", "callee", "calling", "decks", "made")

    decks: AttemptDecks

    def __init__(self, callee: Callee, address: str) -> None:
        self.callee = callee
        self.address = address
        self.calling = False
        self.made: Any = None


@final
class NodePart(NamedTuple):
    """Where a node is in its run's record; `recorder` is None where nothing is recorded.

    `executor`: what makes the attempts of the run, if they are made elsewhere. On a worker `kept` gathers what the node's
    code called, and `run_name` is the name of the run, if it is recorded.
    """

    recorder: Recorder | None
    address: str
    executor: object | None = None
    kept: list[Any] | None = None
    run_name: str = ""


def caller_of_run() -> object:
    """The attempt whose code starts a run here: of an action, or of a node; None outside any."""
    action = current().run
    return action.attempt if action is not None else _running.get()


def running_node() -> NodePart | None:
    """The node whose attempt this code belongs to; None outside any."""
    attempted = _running.get()
    if attempted is None or not attempted.address:
        return None
    callee = attempted.callee
    return NodePart(callee.recorder, attempted.address, callee.executor, callee.kept, callee.run_name)


_running: contextvars.ContextVar[Attempt | None] = contextvars.ContextVar("drawloom.attempt", default=None)
"""The attempt that this thread or asyncio task runs. Threads that a task starts in a copy of its context see it too."""


@final
class TaskExecution(ExecutionState):
    """The execution state of the attempts of a callee; `current_context()` is made when an attempt first asks for it."""

    __slots__ = ()

    def __init__(self, working_dir: os.PathLike[str] | str, mode: ExecutionMode) -> None:
        super().__init__(working_dir, mode)

    @property
    def user_space_params(self) -> Any:
        """The `ExecutionParameters` of the attempt that runs here; None outside any."""
        attempted = _running.get()
        if attempted is None:
            return None
        if attempted.made is None:
            make = attempted.callee.parameters
            given: Mapping[str, Any] = make(attempted.address) if make is not None else {}
            # Loaded when it is first asked for.
            attempted.made = ambient.local_parameters(enable_deck=attempted.callee.decked, **given)
            LAST_DECKS.decks = attempted.made.decks
        return attempted.made

    @property
    def raw_data_folder(self) -> str:
        """The run's name and the node's address; empty where nothing is recorded."""
        attempted = _running.get()
        folder = attempted.callee.raw_folder if attempted is not None else ""
        return f"{folder}/{attempted.address}" if attempted is not None and folder else ""

    @user_space_params.setter
    def user_space_params(self, value: Any) -> None:  # pyright: ignore[reportIncompatibleVariableOverride] - made late
        attempted = _running.get()
        if attempted is not None:
            attempted.made = value


@final
class Callee:
    """A task entity, ready to be called.

    Attributes: `entity`, `name` (for errors), `dynamic` (its call gives an expansion), `parameters` (gives what
    `current_context()` gives instead of its defaults), `context` (what each attempt runs in a copy of), `action` (the action
    that started the graph, if one did: what an attempt calls is below its node), `recorder` (of the run; None without),
    `decked` (the task has decks switched on), `executor`, `kept` and `run_name` (see `NodePart`), `raw_folder` (of the run, below a
    remote prefix of raw data; empty where nothing is recorded).
    """

    __slots__ = (
        "_deck_root",
        "_execute",
        "_inputs",
        "_offload_from",
        "_one",
        "_outputs",
        "_plain",
        "_split",
        "action",
        "context",
        "decked",
        "dynamic",
        "entity",
        "executor",
        "kept",
        "name",
        "parameters",
        "raw_folder",
        "recorder",
        "run_name",
    )

    def __init__(
        self,
        entity: Any,
        name: str,
        *,
        parameters: MakeParameters | None = None,
        state: Mapping[str, Any] | None = None,
        mode: ExecutionMode | None = None,
        context: contextvars.Context | None = None,
        recorder: Recorder | None = None,
        offload_from: int = 0,
        deck_root: Path | None = None,
        executor: object | None = None,
        run_name: str = "",
        raw_folder: str = "",
    ) -> None:
        """`state`: fields of the ambient record to change. `mode`: None is local execution. `context`: None is the caller's.

        `offload_from`: bytes of an output from which it goes to the store; 0 is never. `deck_root`: where pages of decks go,
        below it one folder for each node; None is the record's, if there is one.
        """
        self.entity = entity
        self.name = name
        self.dynamic = bool(getattr(entity, "is_dynamic", False))
        self.decked = bool(getattr(entity, "enable_deck", False))
        LAST_DECKS.decks = []
        self.parameters = parameters
        self.recorder = recorder
        self._deck_root = deck_root
        self.executor = executor
        self.kept: list[Any] | None = None
        self.run_name = run_name
        self.raw_folder = raw_folder or (recorder.folder.name if recorder is not None else "")
        self.action: Any = None
        self.context = contextvars.copy_context() if context is None else context.copy()
        self.context.run(self._enter, state or {}, mode)
        self._inputs: NamedCodecs | None = None
        self._outputs = NamedCodecs({}, name, "output")
        self._execute: Callable[..., Any] = inspect.isawaitable  # until the first attempt looks
        self._split: Callable[[Any], Mapping[str, Any]] = dict
        self._plain: type | None = None
        self._one: str | None = None
        self._offload_from = offload_from or sys.maxsize

    def _enter(self, changes: Mapping[str, Any], mode: ExecutionMode | None) -> None:
        before = current()
        local = ExecutionMode.LOCAL_DYNAMIC_TASK_EXECUTION if self.dynamic else ExecutionMode.LOCAL_TASK_EXECUTION
        folder = before.execution.working_dir if before.execution is not None else "."
        execution = TaskExecution(folder, mode or local)
        inside = before.changed(**{"trace": None, "compilation": None, "execution": execution, **changes})
        self.action = inside.run
        activate(inside)

    def call(self, inputs: Mapping[str, bytes], address: str = "", variables: EnvVars | None = None) -> _Given:
        """One attempt, here and now: the outputs by name, or what else came of it. An async task is only called.

        `variables`: environment variables that are held for it, which its context is shown.
        """
        attempted = Attempt(self, address)
        run: Any = self.context.copy().run  # its type says nothing of what it gives
        if variables is not None:
            run(variables.show)
        done = attempt(run, self.body, inputs, attempted)
        value: _Given | None = done.value
        if self.decked and type(value) is not Pending:
            run(self.end_decks, attempted)
        return value if value is not None else Outcome(failure=failure_of(done.error, attempted))

    def body(self, inputs: Mapping[str, bytes], attempted: Attempt) -> _Given:
        """One attempt: the outputs by name, or the coroutine of an async task's outcome, or a dynamic task's expansion.

        Raises what the user's function and conversions raise; `attempted.calling` says which of them.
        """
        _running.set(attempted)
        if self.action is not None and attempted.address:
            activate(current().changed(run=self.action.at(attempted.address, attempted)))
        codecs = self._inputs
        if codecs is None:
            codecs = self._prepare()
        if len(inputs) == codecs.size:
            kwargs = codecs.decode(inputs)
        else:  # some have a default, or there is a mistake
            kwargs = decode_inputs(self.entity.python_interface, inputs, self.name)
        attempted.calling = True
        if self.dynamic:
            if self.decked:
                self._begin_decks(kwargs)
            return Outcome(expansion=self.entity.expand(**kwargs))
        result = self._execute(**kwargs)
        kind = class_of(result)
        if kind is not self._plain:
            if inspect.isawaitable(result):
                return Pending(_awaited(attempted, result), contextvars.copy_context())
            if kind is not GeneratorType:  # all values of any other type are awaitable or none is
                self._plain = kind
        attempted.calling = False
        return self.encode(result)

    def _prepare(self) -> NamedCodecs:
        """Ask the entity for its codecs; within the first attempt, since making one may run a user's code."""
        interface = self.entity.python_interface
        if not self.dynamic:
            plain = getattr(self.entity, "plain_function", None) or self.entity.execute
            self._execute = self._with_decks(plain) if self.decked else plain
            self._split = self.entity.split_outputs
            self._one = None if self.decked else getattr(self.entity, "plain_output", None)
        self._outputs = NamedCodecs(interface.output_codecs, self.name, "output")
        self._inputs = codecs = NamedCodecs(interface.input_codecs, self.name)
        return codecs

    def _show(self, result: object) -> None:
        """Let the decks of the attempt that runs here show what its function returned."""
        attempted = _running.get()
        if self.decked and attempted is not None and hasattr(attempted, "decks"):
            attempted.decks.returned(self._split(result))

    def _with_decks(self, execute: Callable[..., Any]) -> Callable[..., Any]:
        def executed(**kwargs: Any) -> Any:
            self._begin_decks(kwargs)
            return execute(**kwargs)

        return executed

    def _begin_decks(self, kwargs: Mapping[str, object]) -> None:
        """Give the attempt that runs here its decks, which show these inputs."""
        attempted = _running.get()
        if attempted is None:
            return
        # Few tasks have any, and it loads what shows values.
        made: AttemptDecks = importlib.import_module("drawloom.interpreter.tasks.decks").AttemptDecks(
            self.entity, ambient.current_context()
        )
        attempted.decks = made
        made.decoded(dict(kwargs))

    def end_decks(self, attempted: Attempt) -> None:
        """Write the attempt's decks, within its context; where that cannot be done the log says so."""
        if not hasattr(attempted, "decks"):
            return
        root = self._deck_root
        if root is None and self.recorder is not None:
            root = self.recorder.folder / ambient.DECKS
        failed = attempt(attempted.decks.end, root / attempted.address if root is not None else None).error
        if failed is not None:
            ambient.user_logger("user_space").warning("the deck of %s is not written: %s", self.name, failed)

    def encode(self, result: Any) -> dict[str, bytes]:
        """Literals by output name of what the function returned; raises as `encode_outputs` does."""
        if OUTPUT_METADATA in current().extras:
            self._show(result)
            return encode_outputs(self.entity, result, self.name)
        one = self._one
        if one is not None:  # a task with decks has none
            outputs = self._outputs.encode_one(one, result)
            if len(outputs[one]) < self._offload_from:  # most tasks: without the loop below, which it equals
                return outputs
        else:
            self._show(result)
            outputs = self._outputs.encode(self._split(result))
        for name, literal in outputs.items():
            if len(literal) >= self._offload_from:
                outputs[name] = typeengine.offloaded(literal, self._outputs.codecs[name].literal_type)
        return outputs


async def _awaited(attempted: Attempt, result: Awaitable[Any]) -> Outcome:
    outcome = await _outcome_of(attempted, result)
    if attempted.callee.decked:
        attempted.callee.end_decks(attempted)
    return outcome


async def _outcome_of(attempted: Attempt, result: Awaitable[Any]) -> Outcome:
    awaited = await attempt_async(result)
    if awaited.error is not None:
        return Outcome(failure=failure_of(awaited.error, attempted))
    attempted.calling = False
    encoded = attempt(attempted.callee.encode, awaited.value)
    return Outcome(encoded.value) if encoded.error is None else Outcome(failure=failure_of(encoded.error, attempted))


def failure_of(error: BaseException | None, attempted: Attempt) -> Failure:
    """The failure that an exception of user code stands for. Conversions never earn another attempt."""
    raised = error if error is not None else RuntimeError("no outcome")
    decide: Callable[[BaseException], bool] = getattr(attempted.callee.entity, "is_recoverable", None) or is_recoverable
    return Failure(
        raised,
        ErrorKind.USER if attempted.calling else ErrorKind.SYSTEM,
        recoverable=attempted.calling and decide(raised),
        trail=trail_within(raised, attempted),
        traceback=user_frames(raised.__traceback__),
    )


def user_frames(traceback: TracebackType | None) -> TracebackType | None:
    """The traceback from the first frame that is not drawloom's."""
    while traceback is not None:
        if not is_ours(str(traceback.tb_frame.f_globals.get("__name__", ""))):
            return traceback
        traceback = traceback.tb_next
    return None

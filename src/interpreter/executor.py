"""Running one task in this process: decode, call, encode.

A literal is bytes on this side and a Python value on the user's; the entity's codecs stand between. The one place where
any exception is caught is `_guarded`, around the user's code: the task function and the conversions that a user may
have written. What an attempt gives is a value (`Outcome`), never an exception, except `KeyboardInterrupt`, which is the run's.
"""

from __future__ import annotations

import contextvars
import importlib
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, NamedTuple, Protocol, final

from context import ExecutionMode, ExecutionState, State, activate, current, local_parameters, restore
from interpreter.errors import (
    EntityNotFoundError,
    ErrorKind,
    Failure,
    InputError,
    UnsupportedTaskError,
    is_recoverable,
)
from interpreter.program import TaskPlan
from literals import WeftError, attempt, attempt_async, canonical_bytes, pb, preview


class Codec(Protocol):
    """Values of one type, to and from a literal's bytes."""

    def encode(self, value: Any, /) -> bytes:
        """The literal's bytes."""
        ...

    def decode(self, data: bytes, /) -> Any:
        """The value."""
        ...


class TaskInterface(Protocol):
    """Names and codecs of a task, in declared order."""

    @property
    def input_codecs(self) -> Mapping[str, Codec]:
        """Codecs of the inputs."""
        ...

    @property
    def output_codecs(self) -> Mapping[str, Codec]:
        """Codecs of the outputs."""
        ...

    @property
    def default_inputs(self) -> Mapping[str, Any]:
        """Python values of the inputs that may be left out."""
        ...


class TaskEntity(Protocol):
    """A task as the interpreter sees it; the compiler's classes fit.

    Optional members: `is_dynamic` with `expand(**kwargs) -> Expansion`, `run_task` (of a map task: the entity that runs
    one item), `is_recoverable(error) -> bool`, `retry_delay(attempt) -> float` (seconds before attempt n, from 1).
    """

    @property
    def name(self) -> str:
        """Full name."""
        ...

    @property
    def python_interface(self) -> TaskInterface:
        """Names and codecs."""
        ...

    def execute(self, **kwargs: Any) -> Any:
        """The user's function; may return an awaitable."""
        ...

    def split_outputs(self, result: Any, /) -> Mapping[str, Any]:
        """What the function returned, by output name."""
        ...


class Expansion(Protocol):
    """What a dynamic task's body became: a `DynamicJobSpec` and the live entities it uses."""

    @property
    def spec(self) -> Any:
        """The `DynamicJobSpec`."""
        ...

    @property
    def entities(self) -> Mapping[Any, Any]:
        """Live entities by key."""
        ...


@final
class Outcome(NamedTuple):
    """What one attempt gave: outputs, or the expansion of a dynamic task, or a failure."""

    outputs: Mapping[str, bytes] | None = None
    failure: Failure | None = None
    expansion: Any = None


@final
class Pending(NamedTuple):
    """An async task that was called: the coroutine of its outcome, and the context to run it in."""

    coroutine: Any
    context: contextvars.Context


OUTPUT_METADATA = "output_metadata_tracker"
"""The member of `State.extras` that collects what a task says about its outputs."""
_ARTIFACT = "_uap"


@final
class OutputMetadata:
    """What a task said about values that it is going to return, by identity: which artifact each one makes."""

    def __init__(self) -> None:
        self._said: list[tuple[Any, Any]] = []

    def add(self, value: Any, metadata: Any) -> None:
        """Note that returning `value` makes `metadata.text`."""
        self._said.append((value, metadata))

    def marked(self, value: Any, literal: bytes) -> bytes:
        """The literal, with what was said about the value in its metadata."""
        found = [metadata for known, metadata in self._said if known is value]
        if not found:
            return literal
        message = pb.Literal.FromString(literal)
        message.metadata[_ARTIFACT] = found[-1].text
        return canonical_bytes(message)


@final
@dataclass(slots=True)
class Attempt:
    """One attempt of one task.

    Attributes: `entity`, `inputs` (literals by name), `name` (for errors), `parameters` (gives what `current_context()`
    gives instead of its defaults), `state` (fields of the ambient record to change), `mode` (None: local execution),
    `calling` (whether the user's function itself is running, or a conversion), `made`
    (what `current_context()` gave).
    """

    entity: Any
    inputs: Mapping[str, bytes]
    name: str
    parameters: Callable[[], Mapping[str, Any]] | None = None
    state: Mapping[str, Any] | None = None
    mode: ExecutionMode | None = None
    calling: bool = False
    made: Any = None


_OURS = frozenset({"interpreter", "compiler", "typeengine", "context", "literals", "ir", "weft"})


def run_attempt(attempted: Attempt) -> Outcome | Pending:
    """Run it here and now. An async task is only called; who asked awaits it."""
    dynamic = bool(getattr(attempted.entity, "is_dynamic", False))
    token = activate(_state(attempted, dynamic=dynamic))
    running = _running.set(attempted)
    try:
        done = attempt(_body, attempted, dynamic=dynamic)
    finally:
        _running.reset(running)
        restore(token)
    return done.value if done.value is not None else Outcome(failure=failure_of(done.error, attempted))


def _body(attempted: Attempt, *, dynamic: bool) -> Outcome | Pending:
    entity = attempted.entity
    kwargs = decode_inputs(entity.python_interface, attempted.inputs, attempted.name)
    attempted.calling = True
    if dynamic:
        return Outcome(expansion=entity.expand(**kwargs))
    result = entity.execute(**kwargs)
    if inspect.isawaitable(result):
        return Pending(_awaited(attempted, result), contextvars.copy_context())
    attempted.calling = False
    return Outcome(encode_outputs(entity, result, attempted.name))


_running: contextvars.ContextVar[Attempt | None] = contextvars.ContextVar("weft.attempt", default=None)
"""The attempt that this thread or asyncio task runs. Threads that a task starts in a copy of its context see it too."""


@final
class TaskExecution(ExecutionState):
    """The execution state of the attempts of one run; `current_context()` is made when an attempt first asks for it."""

    __slots__ = ()

    def __init__(self, working_dir: Any, mode: ExecutionMode) -> None:
        super().__init__(working_dir, mode)

    @property
    def user_space_params(self) -> Any:
        """The `ExecutionParameters` of the attempt that runs here; None outside any."""
        attempted = _running.get()
        if attempted is None:
            return None
        if attempted.made is None:
            attempted.made = local_parameters(**(attempted.parameters() if attempted.parameters is not None else {}))
        return attempted.made

    @user_space_params.setter
    def user_space_params(self, value: Any) -> None:  # pyright: ignore[reportIncompatibleVariableOverride] - made late
        attempted = _running.get()
        if attempted is not None:
            attempted.made = value


_latest: list[tuple[State, ExecutionMode, Mapping[str, Any] | None, State]] = []
"""The last record that was made and what for: all attempts of a run share one, and making it costs more than a task."""


def _state(attempted: Attempt, *, dynamic: bool) -> State:
    before = current()
    local = ExecutionMode.LOCAL_DYNAMIC_TASK_EXECUTION if dynamic else ExecutionMode.LOCAL_TASK_EXECUTION
    mode = attempted.mode or local
    for known, its_mode, its_changes, state in _latest:
        if known is before and its_mode is mode and its_changes is attempted.state:
            return state
    folder = before.execution.working_dir if before.execution is not None else "."
    changes = {"trace": None, "compilation": None, "execution": TaskExecution(folder, mode), **(attempted.state or {})}
    state = before.changed(**changes)
    _latest[:] = [(before, mode, attempted.state, state)]
    return state


async def _awaited(attempted: Attempt, result: Awaitable[Any]) -> Outcome:
    awaited = await attempt_async(result)
    if awaited.error is not None:
        return Outcome(failure=failure_of(awaited.error, attempted))
    attempted.calling = False
    encoded = attempt(encode_outputs, attempted.entity, awaited.value, attempted.name)
    return Outcome(encoded.value) if encoded.error is None else Outcome(failure=failure_of(encoded.error, attempted))


def failure_of(error: BaseException | None, attempted: Attempt) -> Failure:
    """The failure that an exception of user code stands for. Conversions never earn another attempt."""
    raised = error if error is not None else RuntimeError("no outcome")
    decide: Callable[[BaseException], bool] = getattr(attempted.entity, "is_recoverable", None) or is_recoverable
    return Failure(
        raised,
        ErrorKind.USER if attempted.calling else ErrorKind.SYSTEM,
        recoverable=attempted.calling and decide(raised),
        traceback=user_frames(raised.__traceback__),
    )


def user_frames(traceback: TracebackType | None) -> TracebackType | None:
    """The traceback from the first frame that is not weft's."""
    while traceback is not None:
        package = str(traceback.tb_frame.f_globals.get("__name__", "")).partition(".")[0]
        if package not in _OURS:
            return traceback
        traceback = traceback.tb_next
    return None


def decode_inputs(interface: TaskInterface, inputs: Mapping[str, bytes], name: str) -> dict[str, Any]:
    """Python values for a call. An input that is not bound takes its default.

    Raises:
        InputError: an input is missing, or there is one that the task does not have.
        TypeTransformerFailedError: a literal is not of the input's type.
    """
    kwargs: dict[str, Any] = {}
    bound = 0
    codecs = interface.input_codecs
    for variable, codec in codecs.items():
        literal = inputs.get(variable)
        if literal is not None:
            bound += 1
            try:
                kwargs[variable] = codec.decode(literal)
            except WeftError as error:
                raise _at(error, f"{name}, input {variable}") from error.__cause__
        elif variable in interface.default_inputs:
            kwargs[variable] = interface.default_inputs[variable]
        else:
            raise InputError(
                f"input {variable!r} is missing", where=name, expected=", ".join(codecs), got=preview(sorted(inputs))
            )
    if bound != len(inputs):
        extra = sorted(inputs.keys() - codecs.keys())
        if extra:
            raise InputError(
                f"the task has no input {extra[0]!r}",
                where=name,
                expected=", ".join(codecs) or "none",
                got=preview(extra),
            )
    return kwargs


def encode_outputs(entity: TaskEntity, result: Any, name: str) -> dict[str, bytes]:
    """Literals by output name of what the function returned.

    Raises:
        AssertionError, IndexError: too few or too many values (from the entity's `split_outputs`).
        TypeTransformerFailedError: a value is not of its output's type.
    """
    codecs = entity.python_interface.output_codecs
    outputs: dict[str, bytes] = {}
    said: OutputMetadata | None = current().extras.get(OUTPUT_METADATA)
    for variable, value in entity.split_outputs(result).items():
        outputs[variable] = _encode_one(codecs[variable], value, f"{name}, output {variable}")
        if said is not None:
            outputs[variable] = said.marked(value, outputs[variable])
    return outputs


def _encode_one(codec: Codec, value: Any, place: str) -> bytes:
    try:
        return codec.encode(value)
    except WeftError as error:
        raise _at(error, place) from error.__cause__


def _at(error: WeftError, place: str) -> WeftError:
    segment = error.where
    joined = segment.startswith(("[", ".")) or not segment
    error.where = f"{place}{segment}" if joined else f"{place}, {segment}"
    return error


def find_entity(task: TaskPlan) -> Any:
    """The live entity of a task, by the resolver and the loader arguments in its container's arguments.

    Raises:
        UnsupportedTaskError: the template names no resolver.
        EntityNotFoundError: the resolver's or the task's module cannot be imported, or has no such task.
    """
    if task.loader is None:
        kind = task.template.WhichOneof("target") or "no container"
        raise UnsupportedTaskError(
            "the program does not say which Python code this task is",
            where=f"task {task.key.name}",
            expected="container arguments with `--resolver R -- ...`",
            got=f"task type {task.template.type!r} with {kind}",
            fix="give an entity for it: run(..., entities={key: entity})",
        )
    resolver, args = task.loader
    return load_entity(resolver, args, where=f"task {task.key.name}")


def load_entity(resolver: str, args: Sequence[str], *, where: str = "") -> Any:
    """Import the resolver by its dotted path and ask it for the task."""
    found = _import(resolver, where)
    if isinstance(found, type):
        found = found()
    loaded = attempt(found.load_task, loader_args=list(args))
    if loaded.error is not None:
        reason = loaded.error.what if isinstance(loaded.error, WeftError) else str(loaded.error)
        raise EntityNotFoundError(
            f"the task's code cannot be loaded: {reason}",
            where=where,
            expected=f"{resolver} to find {' '.join(args)}",
            got=type(loaded.error).__name__,
            fix="put the module's folder on the path (PYTHONPATH, or `weft run --path FOLDER`), or compile again",
        ) from loaded.error
    return loaded.value


def _import(dotted: str, where: str) -> Any:
    module, _, attribute = dotted.rpartition(".")
    imported = attempt(importlib.import_module, module)
    found = getattr(imported.value, attribute, None)
    if found is None:
        raise EntityNotFoundError(
            f"the task's resolver {dotted!r} cannot be imported",
            where=where,
            expected="the dotted path of an object with load_task",
            got=str(imported.error) if imported.error is not None else f"a module without {attribute}",
            fix="put the module on the path, or compile again with this version",
        ) from imported.error
    return found

"""Actions: the calls of Flyte 2 tasks in one run, each with an identity, attempts, a cache entry and a place of its own.

A call converts its arguments to literals and its result back, so that no task shares an object with another. What a failed
attempt raised is judged here and nowhere else. How an attempt is run is said in `_attempts`.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any, Final, Protocol, final

import typeengine
from compiler import complete_inputs
from drawloom.actions.digests import is_primitive, joined
from drawloom.actions.graph_call import graph_options, in_turn
from drawloom.actions.identity import CallContext, CallID
from drawloom.actions.record import ActionLog, ActionRecord, discard
from drawloom.actions.result_cache import ActionCache
from drawloom.actions.user_errors import as_user_error
from drawloom.context import ActionID, AmbientState, RawDataPath, RunMode, TaskContext, activate, current, restore
from drawloom.errors import (
    DeadlineExceededError,
    MaxRuntimeExceededError,
    NonRecoverableError,
    RuntimeDataValidationError,
    TaskTimeoutError,
    TraceDoesNotAllowNestedTasksError,
)
from drawloom.interpreter import (
    LOST_WORKER,
    MAX_THREADS,
    SYSTEM_RETRIES,
    Permits,
    Recorder,
    Seat,
    Step,
    TaskExitError,
    TaskInterruptedError,
    Workers,
    overran,
    pass_on,
    seat_below,
    trail_within,
)
from drawloom.interpreter import State as NodeState
from literals import DrawloomError, attempt, error_text, foreign_text, preview


@final
@dataclass(frozen=True, slots=True)
class RunSettings:
    """What `with_runcontext` settled, with every default filled in.

    `raw_data_path`, `run_base_dir`: without a trailing slash. `offload_from`: bytes of an output from which it goes to the raw data,
    and its address to the record; 0 is never, as where nothing of the run is kept. Fields that only a cluster acts on are in `cluster`.
    """

    name: str
    run_base_dir: str
    raw_data_path: str
    mode: RunMode = "local"
    project: str | None = None
    domain: str | None = None
    org: str | None = None
    version: str = ""
    overwrite_cache: bool = False
    disable_run_cache: bool = False
    cache_lookup_scope: str = "global"
    env_vars: Mapping[str, str] = field(default_factory=dict[str, str])
    custom_context: Mapping[str, str] = field(default_factory=dict[str, str])
    interactive_mode: bool = False
    preserve_original_types: bool = False
    max_action_concurrency: int | None = None
    offload_from: int = 0
    run_start_time: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    code_bundle: Any = None
    cluster: Mapping[str, Any] = field(default_factory=dict[str, Any])


class RemoteAttempts(Protocol):
    """Makes attempts on an executor."""

    def takes(self, call: Call) -> bool:
        """Whether the attempts of a call are made there."""
        ...

    def made(self, call: Call, state: AmbientState) -> dict[str, bytes]:
        """Outputs of one attempt; raises what it raised."""
        ...

    async def made_async(self, call: Call, state: AmbientState) -> dict[str, bytes]:
        """`made` on a loop."""
        ...

    def close(self) -> None:
        """End what is under way."""
        ...


@final
class ActionRun:
    """One run: its settings, its record, its cache, its threads, its limit, and the runs whose tasks wait for it.

    `known`: what an earlier process of the same run recorded; None in a run that is not resumed. `remote`: what makes attempts on
    an executor; None in a run without one. `pages`: where reports wait that are to be written by another process. `graphs`:
    refuses a call of what has a graph, where such a call cannot be recorded.
    """

    def __init__(
        self,
        settings: RunSettings,
        parent: ActionRun | None = None,
        *,
        log: ActionLog | None = None,
        known: Recorder | None = None,
        pages: list[tuple[str, bytes]] | None = None,
    ) -> None:
        self.settings = settings
        self.pages = pages
        self.remote: RemoteAttempts | None = None
        self.graphs: Callable[[str], object] = str
        self.around: tuple[ActionRun, ...] = (parent, *parent.around) if parent is not None else ()
        self.log = log or ActionLog()
        self.known = known
        self.results = ActionCache(settings)
        self.permits = Permits(settings.max_action_concurrency) if settings.max_action_concurrency else None
        # What every action's context and ambient record share; each adds its own to a copy.
        raw = RawDataPath(settings.raw_data_path)
        context = TaskContext(
            action=ActionID(name=settings.name),
            version=settings.version,
            raw_data_path=raw,
            run_base_dir=settings.run_base_dir,
            code_bundle=settings.code_bundle,
            mode=settings.mode,
            interactive_mode=settings.interactive_mode,
            disable_run_cache=settings.disable_run_cache,
            run_start_time=settings.run_start_time,
        )
        made_later = {"output_path", "report", "checkpoint_paths", "data"}
        self.context: dict[str, Any] = {key: value for key, value in vars(context).items() if key not in made_later}
        self.context["_checkpoints"] = f"{settings.raw_data_path}/{settings.name}"
        self.ambient: dict[str, Any] = {"raw_data_path": raw}
        if settings.preserve_original_types:
            self.ambient["preserve_original_types"] = True
        self._workers: Workers | None = None
        self._lock = threading.Lock()

    def workers(self) -> Workers:
        """The run's threads, made when first needed."""
        with self._lock:
            if self._workers is None:
                self._workers = Workers(MAX_THREADS, f"drawloom-{self.settings.name}")
            return self._workers

    def end_threads(self) -> None:
        """Wait for what runs on the run's threads, and end them."""
        if self._workers is not None:
            self._workers.close(wait=True)


@final
class Action:
    """One attempt of an action, as the engine sees it: what its calls are named after. `AmbientState.run` holds it.

    `attempt`: what errors come into that its calls raise: itself, or the attempt of the node whose code it stands for.
    """

    __slots__ = ("attempt", "counts", "id", "run", "seat")

    def __init__(self, run: ActionRun, identity: ActionID, seat: Seat | None = None) -> None:
        self.run = run
        self.id = identity
        self.seat = seat
        self.attempt: object = self
        self.counts: dict[tuple[str, bytes, str | None], int] = {}

    def child(self, task: str, inputs: bytes, group: str | None) -> CallID:
        """The identity of the next call of `task` with these joined inputs."""
        key = (task, inputs, group)
        count = self.counts[key] = self.counts.get(key, 0) + 1
        return CallID.below(self.id, count, task, inputs, group)

    def at(self, address: str, attempt: object) -> Action:
        """An attempt of a node of a graph that this action started, as the caller of what the node calls."""
        identity = replace(self.id.plain() if isinstance(self.id, CallID) else self.id, name=address)
        node = Action(self.run, identity, self.seat)
        node.attempt = attempt
        return node

    def graph_options(self, entity: str, inputs: Mapping[str, bytes]) -> dict[str, Any]:
        """Options for the run of a workflow or a task that this action calls: the run's cache settings, and its record."""
        self.run.graphs(entity)
        return graph_options(self, entity, inputs)

    @contextlib.contextmanager
    def graph_in_turn(self, *, holds_loop: bool) -> Generator[None]:
        """Around the run of a workflow or a task that this action calls, which counts for `max_action_concurrency` as a call does."""
        if self.seat is None:
            yield
            return
        with in_turn(self.seat, holds_loop=holds_loop) as seat:
            graph = Action(self.run, self.id, seat)
            graph.attempt = self.attempt
            token = activate(current().changed(run=graph))
            try:
                yield
            finally:
                restore(token)


_INHERITED: Final = ("execution", "settings", "file_access", "metadata", "tracker", "extras")
"""Fields of the ambient record that an action takes from its caller."""


@final
class Call:
    """One call of one task, from arguments to result.

    `lent`: permits for all that is below, if the caller's loop is held up by this call. `given`: what it gave, as literals; set
    when it has succeeded. `system_error`: why an attempt could not be made at all.
    """

    __slots__ = (
        "caller", "failed_attempts", "given", "id", "lent", "literals", "run", "started", "system_error", "task",
    )  # fmt: skip

    def __init__(
        self, run: ActionRun, task: Any, literals: dict[str, bytes], identity: ActionID, caller: AmbientState
    ) -> None:  # fmt: skip
        self.run = run
        self.task = task
        self.literals = literals
        self.id = identity
        self.caller = caller
        self.lent: Permits | None = None
        self.system_error: BaseException | None = None
        self.given: Mapping[str, bytes]
        self.started = time.monotonic()
        self.failed_attempts: list[dict[str, Any]] = []

    @property
    def where(self) -> str:
        """Task and action, for errors."""
        return f"{self.task.name} (action {self.id.name})"

    def state(self, number: int) -> AmbientState:
        """The ambient record of one attempt."""
        run, identity, caller = self.run, self.id, self.caller
        if run.log.watch is not None:
            run.log.began(identity, self.task.name, caller.task.action if caller.task is not None else None, number + 1)
        context = run.context.copy()
        context["action"] = context["task_action"] = identity
        context["custom_context"] = caller.custom_context
        context["attempt"] = number
        context["_task"] = self.task.name
        seat = None if run.permits is None else seat_below(caller.run.seat, self.lent)
        fields = run.ambient.copy()
        fields["task"] = CallContext.of(context)
        fields["run"] = Action(run, identity, seat)
        fields["custom_context"] = caller.custom_context
        theirs = caller.__dict__
        for name in _INHERITED:
            if name in theirs:
                fields[name] = theirs[name]
        return AmbientState.of(fields)

    def arguments(self) -> dict[str, Any]:
        """The task's own copies of the arguments."""
        literals = self.literals
        return self.task.named_inputs.decode(literals)

    def outputs(self, result: Any) -> dict[str, bytes]:
        """What the function returned, as literals.

        Raises:
            RuntimeDataValidationError: it does not fit the declared outputs.
        """
        task = self.task
        try:
            if task.only_output is not None:
                out = task.named_outputs.encode_one(task.only_output, result)
            else:
                out = task.named_outputs.encode(task.split_outputs(result))
        except DrawloomError as error:
            raise RuntimeDataValidationError(
                "", error.what, where=error.where, expected=error.expected, got=error.got, fix=error.fix
            ) from error
        if not out and result is not None:
            raise RuntimeDataValidationError(
                "return",
                "a value was returned, and no output is declared",
                task.name,
                expected="None",
                got=preview(result),
                fix="annotate the return type",
            )
        task.check_size(out)
        least = self.run.settings.offload_from
        if least:
            for name, literal in out.items():
                if len(literal) >= least:
                    out[name] = typeengine.offloaded(literal, task.output_codecs[name].literal_type)
        return out

    def result(self, literals: Mapping[str, bytes]) -> Any:
        """The caller's own copy of the result."""
        task = self.task
        if task.only_output is not None:
            return task.named_outputs.decode_one(task.only_output, literals[task.only_output])
        return task.join_outputs(task.named_outputs.decode({name: literals[name] for name in task.output_codecs}))

    def after(self, error: BaseException, number: int, state: AmbientState) -> float:
        """Judge a failed attempt: seconds to wait before the next one.

        Raises:
            BaseException: there is no next one; what the caller gets.
        """
        self.flush_report(state.task)
        text = foreign_text(error)[:500]
        self.failed_attempts.append({"attempt": number, "error": type(error).__name__, "message": text})
        if isinstance(error, SystemExit):
            code = error.code
            error = TaskExitError(
                f"the task called sys.exit({code!r})",
                "SystemExit",
                where=self.where,
                expected="a task that returns or raises an Exception",
                got=f"SystemExit({code!r})",
                fix="return a value or raise an Exception; a task must not end the process",
            )
        retries = self.task.retry
        final_error = isinstance(error, (NonRecoverableError, RuntimeDataValidationError, DeadlineExceededError))
        left = self.time_left()
        most = retries.count
        if self.system_error is error:  # the attempt could not be made; if its worker died, another one can
            final_error = not isinstance(error, TaskInterruptedError) or error.code != LOST_WORKER
            most = max(most, SYSTEM_RETRIES)
        if final_error or not isinstance(error, Exception) or number >= most or (left is not None and left <= 0):
            self.finish(_state_of(error), error=error)
            raise self._passed_on(error, number, state.run)
        return retries.pause(number)

    def _passed_on(self, error: BaseException, number: int, action: Action) -> BaseException:
        """The error as the caller gets it, with this attempt in its trail."""
        left = as_user_error(error, self.where)
        caller = self.caller.task.__dict__.get("_task", "") if self.caller.task is not None else ""
        step = Step(caller, self.id.name, "", self.task.name, number + 1)
        pass_on(left, (step, *trail_within(error, action.attempt)), self.caller.run.attempt)
        return left

    def succeed(self, literals: Mapping[str, bytes], context: CallContext | None, *, cached: bool = False) -> Any:
        """Note the end, and give the caller its result."""
        if context is not None:
            self.flush_report(context)
        self.given = literals
        self.finish(NodeState.CACHED if cached else NodeState.SUCCEEDED, literals=literals)
        return self.result(literals)

    def flush_report(self, context: CallContext) -> None:
        """Write the report of a task that makes one, however the attempt ended."""
        if self.task.report and context.has_report():
            if self.run.pages is None:
                context.report.flush()
            else:
                page = context.report.get_final_report().encode()
                self.run.pages.append((context.report.page_path or "", page))

    def time_left(self) -> float | None:
        """Seconds until the deadline; None without one."""
        limit = self.task.deadline
        return None if limit is None else limit - (time.monotonic() - self.started)

    def limit(self) -> tuple[float, type[TaskTimeoutError]] | None:
        """How long one attempt may take now, and the error if it takes longer; None without a limit."""
        runtime = self.task.max_runtime
        left = self.time_left()
        if runtime is None and left is None:
            return None
        if left is not None and (runtime is None or left < runtime):
            return max(left, 0.001), DeadlineExceededError
        return runtime or 0.0, MaxRuntimeExceededError

    def too_slow(self, limit: tuple[float, type[TaskTimeoutError]]) -> TaskTimeoutError:
        """The error of an attempt that was stopped."""
        seconds, kind = limit
        return overran(self.where, self.task.deadline if kind is DeadlineExceededError else seconds, kind)

    def finish(
        self, state: NodeState, *, error: BaseException | None = None, literals: Mapping[str, bytes] | None = None
    ) -> None:
        """Note the action's end in the record."""
        caller, task, failures = self.caller.task, self.task, self.failed_attempts
        self.run.log.add(
            ActionRecord(
                self.id,
                task.name,
                task.code_digest,
                self.literals,
                caller.action if caller is not None else None,
                self.caller.group,
                state,
                time.monotonic() - self.started,
                len(failures) + (state is NodeState.SUCCEEDED),
                tuple(failures),
                error_text(error) if error is not None else None,
                literals,
                time.time(),
            )
        )

    def recall(self) -> Mapping[str, bytes] | None:
        """The outputs that an earlier process of this run recorded for this very call; None if it has to run.

        A call that had succeeded, and whose task has other code now, starts from the beginning: its checkpoint goes.
        """
        known, name = self.run.known, self.id.name
        if known is None or not known.knows(name):
            return None
        outputs = known.recall(name, self.task.name, self.literals, self.task.code_digest())
        if outputs is not None and attempt(self.result, outputs).error is None:
            self.given = outputs
            self.finish(NodeState.RECOVERED)
            return outputs
        known.recovered.discard(name)
        discard(f"{self.run.context['_checkpoints']}/{name}/checkpoint")
        return None


def _state_of(error: BaseException) -> NodeState:
    """What the record says of an action that ended with an error."""
    if isinstance(error, (DeadlineExceededError, MaxRuntimeExceededError)):
        return NodeState.TIMED_OUT
    return NodeState.FAILED if isinstance(error, Exception) else NodeState.ABORTED


def prepare(task: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], caller: AmbientState) -> Call:
    """Bind and convert the arguments, and name the action.

    Raises:
        ArgumentError: the arguments do not fit (also a TypeError).
        TypeTransformerFailedError: a value does not fit its type; it names task, input and path.
        TraceDoesNotAllowNestedTasksError: the caller is a traced function.
    """
    if caller.in_trace:
        raise TraceDoesNotAllowNestedTasksError(
            "a traced function cannot call a task",
            where=task.name,
            expected="calls of plain functions in a function under @trace",
            got=f"a call of the task {task.name}",
            fix=f"call {task.short_name}.forward(...)",
        )
    action: Action = caller.run
    literals = encode_arguments(task, args, kwargs)
    if len(literals) == 1 and is_primitive(data := literals[task.only_input[0]]):
        inputs = task.only_input[1] + data + b";"
    else:
        inputs = joined(literals)
    return Call(action.run, task, literals, action.child(task.name, inputs, caller.group), caller)


def encode_arguments(task: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, bytes]:
    """Arguments as literals in declared order."""
    codecs = task.input_codecs
    if not kwargs and len(args) == len(codecs):
        values = dict(zip(codecs, args, strict=True))
    else:
        fits = not args and kwargs.keys() == codecs.keys()
        values = {name: kwargs[name] for name in codecs} if fits else complete_inputs(task, args, kwargs)
    literals = task.named_inputs.encode(values)
    task.check_size(literals)
    return literals

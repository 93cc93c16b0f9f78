"""Actions: the calls of Flyte 2 tasks in one run, each with an identity, attempts, a cache entry and a place of its own.

Rule 1: a call converts its arguments to literals and its result back, so that no task shares an object with another.
Rule 2: an async task runs on its caller's loop; a sync task runs on its caller's thread, except that one called from an
event loop runs on a thread of the run, so that it may block and start loops of its own. A run's threads end with it.
Rule 3: what a failed attempt raised is judged here and nowhere else.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Awaitable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Final, final

from compiler import complete_inputs
from context import (
    ActionID,
    CheckpointPaths,
    RawDataPath,
    Report,
    RunMode,
    State,
    TaskContext,
    activate,
    restore,
)
from literals import WeftError, attempt, attempt_async
from weft._hashing import inputs_hash
from weft._raised import as_user_error
from weft._record import ActionRecord, RunRecord
from weft._results import ResultCache
from weft._timeouts import OvertimeError, with_limit
from weft._variables import variables
from weft.errors import (
    DeadlineExceededError,
    MaxRuntimeExceededError,
    NonRecoverableError,
    RuntimeDataValidationError,
    RuntimeUserError,
    TraceDoesNotAllowNestedTasksError,
)

MAX_THREADS: Final = 10_000
"""Threads of one run; reached only by that many blocked sync tasks at once."""


@final
@dataclass(frozen=True, slots=True)
class RunSettings:
    """What `with_runcontext` settled, with every default filled in.

    `raw_data_path`, `run_base_dir`: without a trailing slash. Fields that only a cluster acts on are in `cluster`.
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
    run_start_time: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    code_bundle: Any = None
    cluster: Mapping[str, Any] = field(default_factory=dict[str, Any])


@final
class ActionRun:
    """One run: its settings, its record, its cache, its threads, and the runs whose tasks wait for it."""

    def __init__(self, settings: RunSettings, parent: ActionRun | None = None) -> None:
        self.settings = settings
        self.around: tuple[ActionRun, ...] = (parent, *parent.around) if parent is not None else ()
        self.record = RunRecord(settings.name, settings.run_base_dir)
        self.results = ResultCache(settings)
        self.checkpoint_root = f"{settings.raw_data_path}/{settings.name}"
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
        self.context: dict[str, Any] = dict(vars(context))
        ambient = State(raw_data_path=raw, preserve_original_types=settings.preserve_original_types)
        self.ambient: dict[str, Any] = dict(vars(ambient))
        self._threads: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()

    def threads(self) -> ThreadPoolExecutor:
        """The run's threads, made when first needed."""
        with self._lock:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(MAX_THREADS, thread_name_prefix=f"weft-{self.settings.name}")
            return self._threads

    def end_threads(self) -> None:
        """Wait for what runs on the run's threads, and end them."""
        if self._threads is not None:
            self._threads.shutdown(wait=True, cancel_futures=True)

    def close(self) -> None:
        """End the threads and write the record."""
        self.end_threads()
        self.record.close()


@final
class Action:
    """One running action, as the engine sees it: what its calls are named after. `State.run` holds it."""

    __slots__ = ("counts", "id", "run")

    def __init__(self, run: ActionRun, identity: ActionID) -> None:
        self.run = run
        self.id = identity
        self.counts: dict[tuple[str, str, str | None], int] = {}

    def child(self, task: str, inputs: str, group: str | None) -> ActionID:
        """The identity of the next call of `task` with inputs of this hash."""
        key = (task, inputs, group)
        count = self.counts[key] = self.counts.get(key, 0) + 1
        return self.id.new_sub_action_from(count, task, inputs, group)


@final
class Call:
    """One call of one task, from arguments to result."""

    __slots__ = ("caller", "failed_attempts", "id", "literals", "run", "started", "task")

    def __init__(
        self, run: ActionRun, task: Any, literals: dict[str, bytes], identity: ActionID, caller: State
    ) -> None:
        self.run = run
        self.task = task
        self.literals = literals
        self.id = identity
        self.caller = caller
        self.started = time.monotonic()
        self.failed_attempts: list[dict[str, Any]] = []

    @property
    def where(self) -> str:
        """Task and action, for errors."""
        return f"{self.task.name} (action {self.id.name})"

    def state(self, number: int) -> State:
        """The ambient record of one attempt."""
        run, identity, caller = self.run, self.id, self.caller
        settings = run.settings
        output_path = f"{settings.run_base_dir}/{identity.name}"
        place = f"{run.checkpoint_root}/{identity.name}/checkpoint"
        context = {
            **run.context,
            "action": identity,
            "task_action": identity,
            "output_path": output_path,
            "report": Report(self.task.name, output_path),
            "checkpoint_paths": CheckpointPaths(place, place),
            "custom_context": caller.custom_context,
            "data": {},
            "attempt": number,
        }
        return State.of(
            {
                **run.ambient,
                "execution": caller.execution,
                "task": TaskContext.of(context),
                "run": Action(run, identity),
                "custom_context": caller.custom_context,
                "settings": caller.settings,
                "file_access": caller.file_access,
                "metadata": caller.metadata,
                "tracker": caller.tracker,
                "extras": caller.extras,
            }
        )

    def arguments(self) -> dict[str, Any]:
        """The task's own copies of the arguments."""
        codecs = self.task.input_codecs
        return {name: codecs[name].decode(data) for name, data in self.literals.items()}

    def outputs(self, result: Any) -> dict[str, bytes]:
        """What the function returned, as literals.

        Raises:
            RuntimeDataValidationError: it does not fit the declared outputs.
        """
        name = ""
        try:
            values = self.task.split_outputs(result)
            out: dict[str, bytes] = {}
            for name, codec in self.task.output_codecs.items():
                out[name] = codec.encode(values[name])
        except WeftError as error:
            failure = RuntimeDataValidationError(
                name, error.what, self.task.name, expected=error.expected, got=error.got
            )
            raise failure from error
        if not out and result is not None:
            raise RuntimeDataValidationError(
                "return",
                "a value was returned, and no output is declared",
                self.task.name,
                fix="annotate the return type",
            )
        self.task.check_size(out)
        return out

    def result(self, literals: Mapping[str, bytes]) -> Any:
        """The caller's own copy of the result."""
        codecs = self.task.output_codecs
        return self.task.join_outputs({name: codec.decode(literals[name]) for name, codec in codecs.items()})

    def after(self, error: BaseException, number: int, context: TaskContext) -> float:
        """Judge a failed attempt: seconds to wait before the next one.

        Raises:
            BaseException: there is no next one; what the caller gets.
        """
        self.flush_report(context)
        self.failed_attempts.append({"attempt": number, "error": type(error).__name__, "message": str(error)[:500]})
        if isinstance(error, SystemExit):
            code = error.code
            error = RuntimeUserError("SystemExit", f"the task called sys.exit({code!r})", where=self.where)
        retries = self.task.retry
        final_error = isinstance(error, (NonRecoverableError, RuntimeDataValidationError, DeadlineExceededError))
        left = self.time_left()
        if (
            final_error
            or not isinstance(error, Exception)
            or number >= retries.count
            or (left is not None and left <= 0)
        ):
            self.finish("failed", error=error)
            raise as_user_error(error, self.where)
        return retries.pause(number)

    def succeed(self, literals: Mapping[str, bytes], context: TaskContext | None, *, cached: bool = False) -> Any:
        """Note the end, and give the caller its result."""
        if context is not None:
            self.flush_report(context)
        self.finish("succeeded", cached=cached, literals=literals)
        return self.result(literals)

    def flush_report(self, context: TaskContext) -> None:
        """Write the report of a task that makes one, however the attempt ended."""
        if self.task.report and context.report is not None and not context.report.is_empty():
            context.report.flush()

    def time_left(self) -> float | None:
        """Seconds until the deadline; None without one."""
        limit = self.task.deadline
        return None if limit is None else limit - (time.monotonic() - self.started)

    def limit(self) -> tuple[float, type[WeftError]] | None:
        """How long one attempt may take now, and the error if it takes longer; None without a limit."""
        runtime = self.task.max_runtime
        left = self.time_left()
        if runtime is None and left is None:
            return None
        if left is not None and (runtime is None or left < runtime):
            return max(left, 0.001), DeadlineExceededError
        return runtime or 0.0, MaxRuntimeExceededError

    def too_slow(self, limit: tuple[float, type[Any]]) -> WeftError:
        """The error of an attempt that was stopped."""
        kind = limit[1]
        return kind(f"the task was stopped after {limit[0]:g} s", where=self.where, fix="raise the timeout of the task")

    def finish(
        self, phase: str, *, error: BaseException | None = None, cached: bool = False,
        literals: Mapping[str, bytes] | None = None,
    ) -> None:  # fmt: skip
        """Write the action's line of the record."""
        parent = self.caller.task
        self.run.record.add(
            ActionRecord(
                name=self.id.name,
                task=self.task.name,
                parent=parent.action.name if parent is not None else None,
                group=self.caller.group,
                phase=phase,
                seconds=time.monotonic() - self.started,
                attempts=len(self.failed_attempts) + (phase == "succeeded" and not cached),
                failures=tuple(self.failed_attempts),
                cached=cached,
                error=f"{type(error).__name__}: {error}" if error is not None else None,
                outputs=literals,
            )
        )


def prepare(task: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], caller: State) -> Call:
    """Bind and convert the arguments, and name the action.

    Raises:
        ArgumentError: the arguments do not fit (also a TypeError).
        TypeTransformerFailedError: a value does not fit its type; it names task, input and path.
        TraceDoesNotAllowNestedTasksError: the caller is a traced function.
    """
    if caller.in_trace:
        raise TraceDoesNotAllowNestedTasksError(
            "a traced function cannot call a task", where=task.name, fix=f"call {task.short_name}.forward(...)"
        )
    action: Action = caller.run
    literals = encode_arguments(task, args, kwargs)
    hashed = inputs_hash(literals)
    return Call(action.run, task, literals, action.child(task.name, hashed, caller.group), caller)


def encode_arguments(task: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, bytes]:
    """Arguments as literals in declared order."""
    codecs = task.input_codecs
    if not args and kwargs.keys() == codecs.keys():
        values: Mapping[str, Any] = kwargs
    elif not kwargs and len(args) == len(codecs):
        values = dict(zip(codecs, args, strict=True))
    else:
        values = complete_inputs(task, args, kwargs)
    literals: dict[str, bytes] = {}
    name = ""
    try:
        for name, codec in codecs.items():
            literals[name] = codec.encode(values[name])
    except WeftError as error:
        error.where = f"{task.name}, input `{name}`" + (f", {error.where}" if error.where else "")
        raise
    task.check_size(literals)
    return literals


def run_sync(call: Call) -> Any:
    """Run a call of a sync task on this thread and give its result."""
    with call.run.results.entry(call) as entry:
        if entry.found is not None:
            return call.succeed(entry.found, None, cached=True)
        number = 0
        while True:
            state = call.state(number)
            token = activate(state)
            try:
                outcome = attempt(_body, call)
            finally:
                restore(token)
            if outcome.error is None:
                literals = outcome.unwrap()
                entry.store(literals)
                return call.succeed(literals, state.task)
            _sleep(call, call.after(outcome.error, number, state.task))
            number += 1


def _sleep(call: Call, pause: float) -> None:
    left = call.time_left()
    if pause:
        time.sleep(pause if left is None else max(0.0, min(pause, left)))


def _body(call: Call) -> dict[str, bytes]:
    task = call.task
    limit = call.limit() if task.is_limited else None
    if limit is None and not task.environment:
        return call.outputs(task.invoke(call.arguments()))

    def work() -> Any:
        with variables(task.environment):
            return task.invoke(call.arguments())

    if limit is None:
        return call.outputs(work())
    try:
        return call.outputs(with_limit(work, limit[0]))
    except OvertimeError:
        raise call.too_slow(limit) from None


async def run_async(call: Call) -> Any:
    """Run a call of an async task on this loop and give its result."""
    entry = call.run.results.entry(call)
    if entry.serialize:
        await entry.take_turn()
    with entry:
        if entry.found is not None:
            return call.succeed(entry.found, None, cached=True)
        number = 0
        while True:
            state = call.state(number)
            token = activate(state)
            try:
                outcome = await attempt_async(_async_body(call))
            finally:
                restore(token)
            if outcome.error is None:
                literals = outcome.unwrap()
                entry.store(literals)
                return call.succeed(literals, state.task)
            pause = call.after(outcome.error, number, state.task)
            if pause:
                import asyncio  # noqa: PLC0415 - loaded already: this coroutine runs on a loop

                left = call.time_left()
                await asyncio.sleep(pause if left is None else max(0.0, min(pause, left)))
            number += 1


async def _async_body(call: Call) -> dict[str, bytes]:
    limit = call.limit() if call.task.is_limited else None
    if limit is None and not call.task.environment:
        return call.outputs(await call.task.invoke(call.arguments()))
    with variables(call.task.environment):
        pending = call.task.invoke(call.arguments())
        if limit is None:
            return call.outputs(await pending)
        import asyncio  # noqa: PLC0415 - loaded already: this coroutine runs on a loop

        task = asyncio.ensure_future(pending)
        done, _ = await asyncio.wait({task}, timeout=limit[0])
        if done:
            return call.outputs(task.result())
        task.cancel()
        await asyncio.wait({task}, timeout=1)
        raise call.too_slow(limit)


def on_thread(call: Call) -> Awaitable[Any]:
    """Run a call of a sync task on a thread of the run, awaited from a loop."""
    import asyncio  # noqa: PLC0415 - costs more than all of weft, and only awaited calls need it

    context = copy_context()
    loop = asyncio.get_running_loop()
    return loop.run_in_executor(call.run.threads(), lambda: context.run(run_sync, call))


def blocking(call: Call) -> Any:
    """Run a call of a sync task and wait: on this thread, or on one of the run's if this one drives an event loop."""
    if not loop_runs_here():
        return run_sync(call)
    return call.run.threads().submit(copy_context().run, run_sync, call).result()


def loop_runs_here() -> bool:
    """Whether an event loop is running on this thread."""
    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and asyncio._get_running_loop() is not None  # noqa: SLF001 - asyncio's own way to ask without raising

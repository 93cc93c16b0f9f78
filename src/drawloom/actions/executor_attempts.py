"""Attempts of actions on an executor: handed over as records, waited for where the caller stands.

Retries, the cache, the record and the limits of a run stay where the run is, and so does a task that calls tasks.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Mapping
from concurrent.futures import wait
from typing import Any, cast, final

from drawloom.actions.action import Call
from drawloom.actions.environment import EnvironmentResolver, EnvTask, is_action_task
from drawloom.actions.worker_attempt import TravellingAction
from drawloom.context import ActionID, AmbientState, LogSettings, Storage, StorageError, StorageSource, file_access
from drawloom.errors import MaxRuntimeExceededError
from drawloom.interpreter import (
    AttemptExecutor,
    AttemptRecord,
    AttemptResult,
    Batch,
    BatchFuture,
    ErrorKind,
    ExecutorError,
    ExecutorGoneError,
    Failure,
    Outcome,
    UnsupportedTaskError,
    everything,
    lost,
    outcome_of,
    pass_on,
    raw_data_around,
    requested,
)
from literals import attempt, pb

_ANSWERING = 1.0
"""Seconds beyond the time of a call in which its worker, which holds that time too, may say so."""


@final
class ExecutorAttempts:
    """The attempts of one run's actions that an executor makes."""

    def __init__(self, executor: AttemptExecutor, *, is_own: bool = True) -> None:
        """`is_own`: it is closed with the run."""
        self._executor = executor
        self._is_own = is_own
        self._run = uuid.uuid4().hex
        self._loaders: dict[Any, tuple[str, tuple[str, ...]]] = {}
        self._needs: dict[Any, Mapping[str, float]] = {}
        self._is_here = executor.is_here

    def check_storage(self, raw_data_path: str) -> None:
        """Have every worker read what the run wrote below its raw-data prefix.

        Raises:
            ExecutorError: one cannot.
        """
        self._executor.check_storage(*raw_data_around(None, raw_data_path))

    def close(self) -> None:
        """End what is under way, and let go of the executor."""
        if self._is_own:
            self._executor.close()

    def takes(self, call: Call) -> bool:
        """Whether a call's attempts are made there: its code calls no tasks, and did not in an earlier process of the run."""
        known = call.run.known
        return not call.task.calls_tasks and (known is None or not known.has_calls(call.id.name))

    def made(self, call: Call, state: AmbientState) -> dict[str, bytes]:
        """Outputs of one attempt; whoever calls waits.

        Raises:
            BaseException: what the task raised, as its own class; a TaskInterruptedError if the worker died.
        """
        future = self._handed_over(call, state)
        ended = False
        try:
            wait([future], _time_to_wait(call))
            ended = future.done()
        finally:
            if not ended:
                future.cancel()
        return self._answer(call, state, future if ended else None)

    async def made_async(self, call: Call, state: AmbientState) -> dict[str, bytes]:
        """`made` on a loop."""
        import asyncio  # noqa: PLC0415 - loaded already: this coroutine runs on a loop

        future = self._handed_over(call, state)
        waiting = asyncio.wrap_future(future)
        try:
            await asyncio.wait({waiting}, timeout=_time_to_wait(call))
        finally:
            if not waiting.done():
                waiting.cancel()
                future.cancel()
        return self._answer(call, state, future if waiting.done() and not waiting.cancelled() else None)

    def _handed_over(self, call: Call, state: AmbientState) -> BatchFuture:
        """The future of an attempt.

        Raises:
            UnsupportedTaskError, ExecutorError, StorageError, TaskInterruptedError: it cannot be handed over.
        """
        if call.task.max_queued_time is not None:
            raise UnsupportedTaskError(
                "an executor does not say when an attempt begins, so max_queued_time cannot be kept",
                where=call.where,
                expected="Timeout(max_runtime=..., deadline=...)",
                got=f"Timeout(max_queued_time={call.task.max_queued_time:g})",
                fix="leave max_queued_time out, or run without an executor",
            )
        key = f"{call.task.name}-{self._run[:12]}-{call.id.name}-{state.task.attempt}-{uuid.uuid4().hex[:8]}"
        handed = everything(lambda: self._executor.submit([Batch(key, [self._record(call, state)], self._asked(call))]))
        if handed.error is not None:
            raise self._system(call, handed.error, is_gone=True)
        return handed.unwrap()[0]

    def _record(self, call: Call, state: AmbientState) -> AttemptRecord:
        settings, task = call.run.settings, call.task
        limit = call.limit() if task.is_limited else None
        prefix, config = self._raw_data(state)
        identity = call.id
        plain = ActionID(
            name=identity.name,
            run_name=identity.run_name,
            project=identity.project,
            domain=identity.domain,
            org=identity.org,
        )
        return AttemptRecord(
            run=self._run,
            address=identity.name,
            number=state.task.attempt + 1,
            name=task.name,
            loader=("", ()) if self._is_here else self._loader(task),
            inputs=call.literals,
            variables={**settings.env_vars, **task.environment},
            timeout=limit[0] if limit is not None else 0.0,
            checkpoints="",
            raw_output_prefix=prefix,
            data_config=config,
            custom_context=dict(state.custom_context),
            parameters={},
            offload_from=settings.offload_from,
            logs=LogSettings.present(),
            action=TravellingAction(plain, settings, state.task.attempt, self._executor.shares_files, task.max_bytes),
            entity=task if self._is_here else None,
        )

    @staticmethod
    def _raw_data(state: AmbientState) -> tuple[str, Storage | StorageSource | None]:
        return raw_data_around(state.file_access, state.raw_data_path)

    def _loader(self, task: EnvTask[..., Any]) -> tuple[str, tuple[str, ...]]:
        """How a worker finds a task, or the one that it is a copy of with other options."""
        found = self._loaders.get(task)
        if found is None:
            found = self._loaders[task] = loader_of(task)
        return found

    def _asked(self, call: Call) -> Mapping[str, float]:
        found = self._needs.get(call.task)
        if found is None:
            entries = pb.Resources().requests
            spec = call.task.resources
            if spec is not None:
                spec.requests.write_entries(entries)
            found = self._needs[call.task] = requested(entries)
        return found

    def _answer(self, call: Call, state: AmbientState, future: BatchFuture | None) -> dict[str, bytes]:
        """Outputs of an attempt that has ended; None is one that did not in the time of its call."""
        if future is None:
            limit = call.limit()
            raise call.too_slow(limit) if limit is not None else self._system(call, TimeoutError("not ended"))
        given = everything(future.result)
        if given.error is not None:
            if isinstance(given.error, KeyboardInterrupt):
                raise given.error
            raise self._system(call, given.error, is_gone=isinstance(given.error, ExecutorGoneError))
        result = given.unwrap()[0]
        self._note(call, result)
        outcome = outcome_of(result)
        if outcome.failure is not None:
            raise self._raised(call, state, outcome.failure)
        return dict(cast("Mapping[str, bytes]", outcome.outputs))

    @staticmethod
    def _note(call: Call, result: AttemptResult) -> None:
        """Keep what the attempt called, and write its reports."""
        for action in result.actions:
            call.run.log.add(cast("Any", action))
        for path, page in result.pages:
            file_access().write_bytes(path, page)

    def _raised(self, call: Call, state: AmbientState, failure: Failure) -> BaseException:
        error = failure.error
        if failure.kind is ErrorKind.SYSTEM:
            call.system_error = error
            return error
        if failure.recoverable and isinstance(error, MaxRuntimeExceededError):  # the attempt's own: its worker says so
            limit = call.limit()
            if limit is not None:
                return call.too_slow(limit)
        if failure.trail:
            pass_on(error, failure.trail, state.run.attempt)
        return error

    @staticmethod
    def _system(call: Call, error: BaseException, *, is_gone: bool = False) -> BaseException:
        """Why an attempt could not be made."""
        if not isinstance(error, (ExecutorError, StorageError, UnsupportedTaskError)):
            outcome: Outcome = lost(error, call.where, is_gone=is_gone)
            error = outcome.failure.error if outcome.failure is not None else error
        call.system_error = error
        return error


def _time_to_wait(call: Call) -> float | None:
    left = call.time_left()
    return None if left is None else max(left, 0.0) + _ANSWERING


def loader_of(task: EnvTask[..., Any]) -> tuple[str, tuple[str, ...]]:
    """Resolver and loader arguments of a task of an environment; those of the task that it is a copy of, if it is one.

    Raises:
        UnsupportedTaskError: no other process can find it.
    """
    resolver = task.task_resolver
    module = sys.modules.get(task.func.__module__)
    members = list(vars(module).values()) if module else []
    same = [
        each
        for each in members
        if is_action_task(each) and issubclass(type(each), type(task)) and each.func is task.func
    ]
    for each in (task, *same):
        args = attempt(resolver.loader_args, None, each)
        if args.error is None and (each.find_variable() is not None or not isinstance(resolver, EnvironmentResolver)):
            return resolver.location, tuple(args.unwrap())
    raise UnsupportedTaskError(
        "another process cannot find this task, so it cannot run on an executor",
        where=f"task {task.name}",
        expected="a task at the top level of a module that can be imported",
        got=task.func.__qualname__,
        fix="move it to the top level of its module, or run without an executor",
    )

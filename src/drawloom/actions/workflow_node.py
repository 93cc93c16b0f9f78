"""A task of an environment as a node of a workflow: its function gets a context, and calls from it are actions.

They are recorded in the workflow run's record, with the node's address as their caller, and are taken from it when that run is
resumed.
"""

from __future__ import annotations

import importlib
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from drawloom.actions.action import Action, ActionRun, Call, RunSettings
from drawloom.actions.policies import Timeout
from drawloom.actions.record import ActionLog
from drawloom.actions.task_options import TaskOptionError
from drawloom.context import ActionID, AmbientState, activate, current, restore
from drawloom.interpreter import caller_of_run, running_node
from drawloom.local.home import forget_if_empty, unnamed_run_folder

if TYPE_CHECKING:
    from drawloom.interpreter import AttemptExecutor


def as_node(task: Any, arguments: Mapping[str, Any]) -> Any:
    """The function of a task that is a node of a workflow: attempts, limits and conversions are the workflow run's."""
    state, end = _node(task)
    token = activate(state)
    try:
        return task.invoke(dict(arguments))
    finally:
        restore(token)
        end()


async def as_node_async(task: Any, arguments: Mapping[str, Any]) -> Any:
    """`as_node` for an async function."""
    state, end = _node(task)
    token = activate(state)
    try:
        return await task.invoke(dict(arguments))
    finally:
        restore(token)
        end()


def refuse_limits_of_actions(task: str, timeout: Timeout) -> None:
    """Refuse what an action has and a node has not: a node waits as long as it takes, and limits each attempt.

    Raises:
        TaskOptionError: there is a `deadline` or a `max_queued_time`.
    """
    for name, limit in (("deadline", timeout.deadline), ("max_queued_time", timeout.max_queued_time)):
        if limit is not None:
            raise TaskOptionError(
                f"a node of a workflow has no {name}",
                where=f"task {task}",
                expected="Timeout(max_runtime=...), the limit of one attempt",
                got=f"Timeout({name}={limit})",
                fix=f"leave {name} out, or call the task from a task of an environment",
            )


def _node(task: Any) -> tuple[AmbientState, Callable[[], None]]:
    """The ambient record of the function, and what to do when it has ended."""
    caller = current()
    action: Action | None = caller.run
    if action is not None:  # an action started the graph: the run is its
        state = Call(action.run, task, {}, action.id, caller).state(0)
        return state.changed(run=action), _nothing
    part = running_node()
    recorder = part.recorder if part is not None else None
    address = part.address if part is not None else f"n{uuid.uuid4().hex[:20]}"
    if recorder is None:
        base = unnamed_run_folder(f"node-{uuid.uuid4().hex[:20]}")
        name = (part.run_name if part is not None else "") or address
    else:
        base = recorder.folder
        name = str(recorder.about["name"])
    settings = RunSettings(
        name=name,
        run_base_dir=str(base),
        raw_data_path=f"{base}/raw_data",
        custom_context=dict(caller.custom_context),
    )
    log = ActionLog(recorder, waiting=part.kept if part is not None else None)
    engine = ActionRun(settings, log=log, known=recorder)
    if part is not None and part.executor is not None:
        # Loaded for runs on executors alone.
        calls = importlib.import_module("drawloom.actions.executor_attempts")
        engine.remote = calls.ExecutorAttempts(cast("AttemptExecutor", part.executor), is_own=False)
    state = Call(engine, task, {}, ActionID(name=address, run_name=name), caller).state(0)
    state.run.attempt = caller_of_run()

    def end() -> None:
        engine.end_threads()
        if recorder is None:
            forget_if_empty(Path(base))

    return state.changed(file_access=caller.file_access, raw_data_path=caller.raw_data_path), end


def _nothing() -> None:
    """The run goes on."""

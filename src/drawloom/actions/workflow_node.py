"""A task of an environment as a node of a workflow: its function gets a context, and calls from it are actions."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Mapping
from typing import Any

from drawloom.actions.action import ActionRun, Call, RunSettings
from drawloom.context import ActionID, State, activate, current, restore


def as_node(task: Any, arguments: Mapping[str, Any]) -> Any:
    """The function of a task that is a node of a workflow: attempts, limits and conversions are the workflow run's."""
    engine, state = _node(task)
    token = activate(state)
    try:
        return task.invoke(dict(arguments))
    finally:
        restore(token)
        engine.end_threads()


async def as_node_async(task: Any, arguments: Mapping[str, Any]) -> Any:
    """`as_node` for an async function."""
    engine, state = _node(task)
    token = activate(state)
    try:
        return await task.invoke(dict(arguments))
    finally:
        restore(token)
        engine.end_threads()


def _node(task: Any) -> tuple[ActionRun, State]:
    caller = current()
    name = f"n{uuid.uuid4().hex[:20]}"
    base = f"{tempfile.gettempdir()}/drawloom-node/{name}"
    settings = RunSettings(
        name=name, run_base_dir=base, raw_data_path=f"{base}/raw_data", custom_context=dict(caller.custom_context)
    )
    engine = ActionRun(settings)
    state = Call(engine, task, {}, ActionID(name=name), caller).state(0)
    return engine, state.changed(file_access=caller.file_access, raw_data_path=caller.raw_data_path)

"""Methods of flytekit's client that drawloom's has not, each with the reason and what to use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from drawloom.remote.errors import RemoteError

_ONE_CALL = "execute(entity, inputs) takes registered entities and those of this process alike"
_PARTS = "it is a part of how that client works inside"


class UnsupportedMethodError(RemoteError, AttributeError):
    """A method of flytekit's client that drawloom's has not; the error says why, and what to use."""


REFUSED: Final[Mapping[str, tuple[str, str]]] = {
    **dict.fromkeys(
        (
            "execute_local_task", "execute_local_workflow", "execute_local_launch_plan", "execute_reference_task",
            "execute_reference_workflow", "execute_reference_launch_plan", "execute_remote_task_lp", "execute_remote_wf",
        ),
        ("there is one call for all kinds of entities", _ONE_CALL),
    ),
    **dict.fromkeys(
        ("client", "context", "config", "file_access", "remote_context", "interactive_mode_enabled"),
        (_PARTS, "use the methods of FlyteRemote; `drawloom.init(storage=...)` says where raw data is"),
    ),
    **dict.fromkeys(
        ("find_launch_plan", "find_launch_plan_for_node"),
        (_PARTS, "fetch_launch_plan(name=..., version=...)"),
    ),
    **dict.fromkeys(
        ("sync_node_execution", "sync_task_execution"),
        ("executions here have the phases of their nodes, and no objects for them", "sync(execution, sync_nodes=True).nodes"),
    ),
    "get_execution_metrics": ("nothing here draws its spans", "look at the platform's console: generate_console_url(execution)"),
    "get_extra_headers_for_protocol": (_PARTS, "upload_file(path) puts a file into the platform's store"),
}  # fmt: skip
"""Method -> why it is not here, and what to use."""

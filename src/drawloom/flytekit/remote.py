"""Things on a platform; of these, only a run is real here. The others can be named, and say why when they are used."""

from __future__ import annotations

from typing import Any

from drawloom.exports.lazy_exports import lazy, table
from drawloom.unsupported import absent

NAMES = table(
    {
        "drawloom.platform_only": "Action App FlyteRemote Project Secret Task Trigger User upload_dir upload_file",
        "drawloom.actions.run_handle": "ActionOutputs Run",
    }
)
ABSENT = [
    "ActionDetails",
    "ActionInputs",
    "Artifact",
    "Condition",
    "FlyteLaunchPlan",
    "FlyteTask",
    "FlyteWorkflow",
    "FlyteWorkflowExecution",
    "PartitionSchema",
    "RunDetails",
    "SecretTypes",
    "Settings",
    "TaskDetails",
    "TimeFilter",
    "TriggerDetails",
    "auth_metadata",
]
_present, __dir__ = lazy(__name__, NAMES)
_absent = absent(
    __name__,
    ABSENT,
    why="a platform to ask, and drawloom talks to none",
    instead="compile with `drawloom compile`, and use the platform's own tool; a local run is what drawloom.run gives",
)


def __getattr__(name: str) -> Any:
    return _absent(name) if name in ABSENT else _present(name)

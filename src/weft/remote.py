"""Things on a platform; of these, only a run is real here. The others can be named, and say why when they are used."""

from __future__ import annotations

from typing import Any

from weft._absent import absent
from weft._door import lazy, table

NAMES = table(
    {
        "weft._elsewhere": "Action App FlyteRemote Project Secret Task Trigger User upload_dir upload_file",
        "weft._outcome": "ActionOutputs Run",
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
    why="a platform to ask, and weft talks to none",
    instead="compile with `weft compile`, and use the platform's own tool; a local run is what weft.run gives",
)


def __getattr__(name: str) -> Any:
    return _absent(name) if name in ABSENT else _present(name)

"""Messages, and records of the run context, under both generations' paths."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "compiler": "NativeInterface=Interface",
        "context": "ActionID CheckpointPaths GroupData PathRewrite RawDataPath TaskContext",
        "weft._bundle": "CodeBundle",
        "weft._phase": "ActionPhase",
        "weft.models.annotation": "annotation=*",
        "weft.models.common": "common=*",
        "weft.models.concurrency": "concurrency=*",
        "weft.models.core": "core=*",
        "weft.models.documentation": "documentation=*",
        "weft.models.interface": "interface=*",
        "weft.models.launch_plan": "launch_plan=*",
        "weft.models.literals": "literals=*",
        "weft.models.schedule": "schedule=*",
        "weft.models.security": "security=*",
        "weft.models.task": "task=*",
        "weft.models.types": "types=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Messages, and records of the run context, under both generations' paths."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "compiler": "NativeInterface=Interface",
        "drawloom.context": "ActionID CheckpointPaths GroupData PathRewrite RawDataPath TaskContext",
        "drawloom.actions.code_bundle": "CodeBundle",
        "drawloom.actions.phase": "ActionPhase",
        "drawloom.flytekit.models.annotation": "annotation=*",
        "drawloom.flytekit.models.common": "common=*",
        "drawloom.flytekit.models.concurrency": "concurrency=*",
        "drawloom.flytekit.models.core": "core=*",
        "drawloom.flytekit.models.documentation": "documentation=*",
        "drawloom.flytekit.models.interface": "interface=*",
        "drawloom.flytekit.models.launch_plan": "launch_plan=*",
        "drawloom.flytekit.models.literals": "literals=*",
        "drawloom.flytekit.models.schedule": "schedule=*",
        "drawloom.flytekit.models.security": "security=*",
        "drawloom.flytekit.models.task": "task=*",
        "drawloom.flytekit.models.types": "types=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

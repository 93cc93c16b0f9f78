"""Records of the run context, under Flyte 2's path."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "compiler": "NativeInterface=Interface",
        "context": "ActionID CheckpointPaths GroupData PathRewrite RawDataPath TaskContext",
        "weft._bundle": "CodeBundle",
        "weft._phase": "ActionPhase",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Contexts."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "compiler": "OutputMetadata SerializationSettings",
        "drawloom.context": """
            BranchEvalMode CompilationState ExecutionParameters ExecutionState FlyteContext
            FlyteContextManager FlyteEntities SecretsManager
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Contexts."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "compiler": "OutputMetadata SerializationSettings",
        "context": """
            BranchEvalMode CompilationState ExecutionParameters ExecutionState FlyteContext
            FlyteContextManager FlyteEntities SecretsManager
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

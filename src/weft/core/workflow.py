"""Workflows."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "compiler": """
            ImperativeWorkflow PythonFunctionWorkflow ReferenceWorkflow WorkflowBase
            WorkflowFailurePolicy WorkflowMetadata WorkflowMetadataDefaults construct_input_promises
            get_promise get_promise_map reference_workflow workflow
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Workflows."""

from __future__ import annotations

from typing import ParamSpec, TypeVar

from drawloom.exports.lazy_exports import lazy, table

FuncOut = TypeVar("FuncOut")
P = ParamSpec("P")
T = TypeVar("T")

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

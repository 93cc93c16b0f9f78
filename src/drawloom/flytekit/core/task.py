"""Tasks."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "compiler": "Echo PythonFunctionTask ReferenceTask TaskMetadata TaskPlugins eager reference_task task",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""References to what is registered elsewhere."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "compiler": "LaunchPlanReference TaskReference WorkflowReference",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

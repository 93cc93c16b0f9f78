"""Launch plans."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "compiler": "LaunchPlan ReferenceLaunchPlan reference_launch_plan",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Launch plans' messages."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "literals": """
            LaunchPlan=pb.LaunchPlan LaunchPlanClosure=pb.LaunchPlanClosure
            LaunchPlanMetadata=pb.LaunchPlanMetadata LaunchPlanSpec=pb.LaunchPlanSpec
            LaunchPlanState=pb.LaunchPlanState
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

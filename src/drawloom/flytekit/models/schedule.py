"""Schedules' messages."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "literals": """
            CronSchedule=pb.CronSchedule FixedRate=pb.FixedRate FixedRateUnit=pb.FixedRateUnit
            Schedule=pb.Schedule
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

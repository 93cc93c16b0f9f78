"""Stand-ins for tasks in tests."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.flytekit._mocks": "patch task_mock",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

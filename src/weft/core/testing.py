"""Stand-ins for tasks in tests."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "weft._mocks": "patch task_mock",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

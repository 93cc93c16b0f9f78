"""Laws that a type's transformer has to keep, and stand-ins for tasks."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "context": "SecretsManager",
        "weft._mocks": "patch task_mock",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

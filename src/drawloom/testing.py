"""Laws that a type's transformer has to keep, and stand-ins for tasks."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.context": "SecretsManager",
        "drawloom.flytekit._mocks": "patch task_mock",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

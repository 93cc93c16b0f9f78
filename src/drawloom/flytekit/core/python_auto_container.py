"""Tasks that run in the project's own image."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "compiler": "DefaultTaskResolver PythonAutoContainerTask default_task_resolver",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Tasks made of functions."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "compiler": """
            EagerAsyncPythonFunctionTask PythonAutoContainerTask PythonFunctionTask PythonInstanceTask
            eager_failure_task_resolver
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

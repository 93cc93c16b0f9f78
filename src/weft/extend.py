"""What authors of plugins and types use."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "compiler": """
            ExecutionBehavior Image ImageConfig Interface Promise PythonAutoContainerTask
            PythonFunctionTask PythonInstanceTask PythonTask SerializationSettings Task TaskPlugins
            TaskResolverMixin
        """,
        "context": "ExecutionState FileAccessProvider FlyteContext FlyteContextManager SecretsManager",
        "typeengine": "TypeEngine TypeTransformer",
        "weft._environment": "AsyncFunctionTaskTemplate TaskTemplate",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

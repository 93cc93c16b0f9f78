"""What authors of plugins and types use."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "compiler": """
            ClassStorageTaskResolver ExecutionBehavior Image ImageConfig Interface Promise
            PythonAutoContainerTask PythonFunctionTask PythonInstanceTask PythonTask SQLTask
            SerializationSettings Task TaskPlugins TaskResolverMixin
        """,
        "context": "ExecutionState FileAccessProvider FlyteContext FlyteContextManager SecretsManager",
        "typeengine": "TypeEngine TypeTransformer",
        "weft._environment": "AsyncFunctionTaskTemplate TaskTemplate",
        "weft.core.context_manager": "context_manager=*",
        "weft.exceptions._named": "IgnoreOutputs",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

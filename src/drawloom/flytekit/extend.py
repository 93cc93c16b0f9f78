"""What authors of plugins and types use."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "compiler": """
            ClassStorageTaskResolver ExecutionBehavior Image ImageConfig Interface Promise
            PythonAutoContainerTask PythonFunctionTask PythonInstanceTask PythonTask SQLTask
            SerializationSettings Task TaskPlugins TaskResolverMixin
        """,
        "drawloom.context": "ExecutionState FileAccessProvider FlyteContext FlyteContextManager SecretsManager",
        "typeengine": "TypeEngine TypeTransformer",
        "drawloom.actions.environment": "AsyncFunctionTaskTemplate TaskTemplate",
        "drawloom.flytekit.core.context_manager": "context_manager=*",
        "drawloom.flytekit.exceptions._named": "IgnoreOutputs",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

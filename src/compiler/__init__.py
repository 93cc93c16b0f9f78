"""Layer 3: functions to nodes to templates to bytes. Never runs a task.

Every name is loaded when it is first asked for, so that a module with one task pays for one task.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compiler.base_task import (PythonTask, Task, TaskMetadata)
    from compiler.bind import ConstantLossWarning
    from compiler.bundle import (Compiled, compile_bundle, file_names, write_bundle, write_folder)
    from compiler.cache import (Cache, CachePolicy, CacheSettings, FunctionBodyPolicy, VersionParameters)
    from compiler.create import create_node
    from compiler.docstring import Docstring
    from compiler.documentation import (Description, DescriptionFormat, Documentation, SourceCode)
    from compiler.errors import (ArgumentError, AuthoringError, BindingError, CompileError, FlyteAssertion, FlyteFailureNodeInputMismatchException, FlyteMissingReturnValueException, FlyteMissingTypeException, FlyteValidationException, FlyteValueException, NameConflictError, NotRunnableError, OptionError, PromiseUseError, SizeLimitError)
    from compiler.expression import (ComparisonExpression, ComparisonOps, ConjunctionExpression, ConjunctionOps)
    from compiler.function_task import (ExecutionBehavior, FunctionTask, PythonFunctionTask, TaskPlugins, task)
    from compiler.graph import Graph
    from compiler.image import ImageSpec
    from compiler.interface import (Interface, transform_function_to_interface)
    from compiler.launch_plan import LaunchPlan
    from compiler.local import (construct_input_promises, get_promise, get_promise_map)
    from compiler.node import (Node, NodeOverrides, dns_name)
    from compiler.notification import (Email, Notification, PagerDuty, Slack, WorkflowExecutionPhase)
    from compiler.options import (Annotations, AuthRole, ConcurrencyLimitBehavior, ConcurrencyPolicy, Labels, Options, RawOutputDataConfig)
    from compiler.pod import PodTemplate
    from compiler.promise import (NodeOutput, OutputTuple, Promise, VoidPromise)
    from compiler.python_task import (PythonAutoContainerTask, PythonInstanceTask)
    from compiler.resolver import (ClassStorageTaskResolver, DefaultTaskResolver, ResolverError, TaskResolverMixin, default_task_resolver)
    from compiler.resources import (ResourceSpec, Resources)
    from compiler.schedule import (CronSchedule, FixedRate, OnSchedule)
    from compiler.security import (Identity, MountType, OAuth2Client, OAuth2TokenRequest, Secret, SecurityContext)
    from compiler.serialize import (Emitter, with_dependencies)
    from compiler.settings import (FastSerializationSettings, Image, ImageConfig, SERIALIZED_CONTEXT_ENV_VAR, SerializationSettings)
    from compiler.trace import (Trace, open_trace)
    from compiler.tracking import (TrackedInstance, declared_in, function_names)
    from compiler.version import VERSION
    from compiler.workflows import (PythonFunctionWorkflow, WorkflowBase, WorkflowFailurePolicy, WorkflowMetadata, WorkflowMetadataDefaults, workflow)

_ROOMS = {
    "base_task": ("PythonTask", "Task", "TaskMetadata",),
    "bind": ("ConstantLossWarning",),
    "bundle": ("Compiled", "compile_bundle", "file_names", "write_bundle", "write_folder",),
    "cache": ("Cache", "CachePolicy", "CacheSettings", "FunctionBodyPolicy", "VersionParameters",),
    "create": ("create_node",),
    "docstring": ("Docstring",),
    "documentation": ("Description", "DescriptionFormat", "Documentation", "SourceCode",),
    "errors": ("ArgumentError", "AuthoringError", "BindingError", "CompileError", "FlyteAssertion", "FlyteFailureNodeInputMismatchException", "FlyteMissingReturnValueException", "FlyteMissingTypeException", "FlyteValidationException", "FlyteValueException", "NameConflictError", "NotRunnableError", "OptionError", "PromiseUseError", "SizeLimitError",),
    "expression": ("ComparisonExpression", "ComparisonOps", "ConjunctionExpression", "ConjunctionOps",),
    "function_task": ("ExecutionBehavior", "FunctionTask", "PythonFunctionTask", "TaskPlugins", "task",),
    "graph": ("Graph",),
    "image": ("ImageSpec",),
    "interface": ("Interface", "transform_function_to_interface",),
    "launch_plan": ("LaunchPlan",),
    "local": ("construct_input_promises", "get_promise", "get_promise_map",),
    "node": ("Node", "NodeOverrides", "dns_name",),
    "notification": ("Email", "Notification", "PagerDuty", "Slack", "WorkflowExecutionPhase",),
    "options": ("Annotations", "AuthRole", "ConcurrencyLimitBehavior", "ConcurrencyPolicy", "Labels", "Options", "RawOutputDataConfig",),
    "pod": ("PodTemplate",),
    "promise": ("NodeOutput", "OutputTuple", "Promise", "VoidPromise",),
    "python_task": ("PythonAutoContainerTask", "PythonInstanceTask",),
    "resolver": ("ClassStorageTaskResolver", "DefaultTaskResolver", "ResolverError", "TaskResolverMixin", "default_task_resolver",),
    "resources": ("ResourceSpec", "Resources",),
    "schedule": ("CronSchedule", "FixedRate", "OnSchedule",),
    "security": ("Identity", "MountType", "OAuth2Client", "OAuth2TokenRequest", "Secret", "SecurityContext",),
    "serialize": ("Emitter", "with_dependencies",),
    "settings": ("FastSerializationSettings", "Image", "ImageConfig", "SERIALIZED_CONTEXT_ENV_VAR", "SerializationSettings",),
    "trace": ("Trace", "open_trace",),
    "tracking": ("TrackedInstance", "declared_in", "function_names",),
    "version": ("VERSION",),
    "workflows": ("PythonFunctionWorkflow", "WorkflowBase", "WorkflowFailurePolicy", "WorkflowMetadata", "WorkflowMetadataDefaults", "workflow",),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    room = _ROOM_OF.get(name)
    if room is None:
        raise AttributeError(f"module 'compiler' has no attribute {name!r}")
    value = getattr(import_module(f"compiler.{room}"), name)
    globals()[name] = value
    return value


__all__ = [
    "Annotations",
    "ArgumentError",
    "AuthRole",
    "AuthoringError",
    "BindingError",
    "Cache",
    "CachePolicy",
    "CacheSettings",
    "ClassStorageTaskResolver",
    "ComparisonExpression",
    "ComparisonOps",
    "CompileError",
    "Compiled",
    "ConcurrencyLimitBehavior",
    "ConcurrencyPolicy",
    "ConjunctionExpression",
    "ConjunctionOps",
    "ConstantLossWarning",
    "CronSchedule",
    "DefaultTaskResolver",
    "Description",
    "DescriptionFormat",
    "Docstring",
    "Documentation",
    "Email",
    "Emitter",
    "ExecutionBehavior",
    "FastSerializationSettings",
    "FixedRate",
    "FlyteAssertion",
    "FlyteFailureNodeInputMismatchException",
    "FlyteMissingReturnValueException",
    "FlyteMissingTypeException",
    "FlyteValidationException",
    "FlyteValueException",
    "FunctionBodyPolicy",
    "FunctionTask",
    "Graph",
    "Identity",
    "Image",
    "ImageConfig",
    "ImageSpec",
    "Interface",
    "Labels",
    "LaunchPlan",
    "MountType",
    "NameConflictError",
    "Node",
    "NodeOutput",
    "NodeOverrides",
    "NotRunnableError",
    "Notification",
    "OAuth2Client",
    "OAuth2TokenRequest",
    "OnSchedule",
    "OptionError",
    "Options",
    "OutputTuple",
    "PagerDuty",
    "PodTemplate",
    "Promise",
    "PromiseUseError",
    "PythonAutoContainerTask",
    "PythonFunctionTask",
    "PythonFunctionWorkflow",
    "PythonInstanceTask",
    "PythonTask",
    "RawOutputDataConfig",
    "ResolverError",
    "ResourceSpec",
    "Resources",
    "SERIALIZED_CONTEXT_ENV_VAR",
    "Secret",
    "SecurityContext",
    "SerializationSettings",
    "SizeLimitError",
    "Slack",
    "SourceCode",
    "Task",
    "TaskMetadata",
    "TaskPlugins",
    "TaskResolverMixin",
    "Trace",
    "TrackedInstance",
    "VERSION",
    "VersionParameters",
    "VoidPromise",
    "WorkflowBase",
    "WorkflowExecutionPhase",
    "WorkflowFailurePolicy",
    "WorkflowMetadata",
    "WorkflowMetadataDefaults",
    "compile_bundle",
    "construct_input_promises",
    "create_node",
    "declared_in",
    "default_task_resolver",
    "dns_name",
    "file_names",
    "function_names",
    "get_promise",
    "get_promise_map",
    "open_trace",
    "task",
    "transform_function_to_interface",
    "with_dependencies",
    "workflow",
    "write_bundle",
    "write_folder",
]

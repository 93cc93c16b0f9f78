"""Layer 3: functions to nodes to templates to bytes. Never runs a task.

Every name is loaded when it is first asked for, so that a module with one task pays for one task.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compiler.accelerators import (A100, A100_80GB, A10G, AMD_GPU, BaseAccelerator, Device, GPU, GPUAccelerator, H100, H200, HABANA_GAUDI, K80, L4, L40S, L4_VWS, M60, MultiInstanceGPUAccelerator, Neuron, P100, P4, RTX_PRO_6000, T4, TPU, V100, V5E, V5P, V6E)
    from compiler.base_task import (PythonTask, Task, TaskMetadata)
    from compiler.bind import ConstantLossWarning
    from compiler.branch import (ConditionalSection, conditional)
    from compiler.bundle import (Compiled, compile_bundle, file_names, write_bundle, write_folder)
    from compiler.cache import (Cache, CachePolicy, FunctionBodyPolicy, VersionParameters)
    from compiler.call import (call_entity, complete_inputs, execute_locally)
    from compiler.create import create_node
    from compiler.docstring import Docstring
    from compiler.documentation import (Description, Documentation, SourceCode)
    from compiler.dynamic_task import (DynamicTask, Expansion, dynamic)
    from compiler.eager_task import (EagerAsyncPythonFunctionTask, eager, eager_failure_task_resolver)
    from compiler.errors import (ArgumentError, AuthoringError, BindingError, CompileError, FlyteAssertion, FlyteFailureNodeInputMismatchException, FlyteMissingReturnValueException, FlyteMissingTypeException, FlyteValidationException, FlyteValueException, MissingMemberError, NameConflictError, NotRunnableError, OptionError, PromiseUseError, SizeLimitError)
    from compiler.expression import (ComparisonExpression, ComparisonOps, ConjunctionExpression, ConjunctionOps)
    from compiler.function_task import (ExecutionBehavior, FunctionTask, PythonFunctionTask, TaskPlugins, task)
    from compiler.gate import (approve, sleep, wait_for_input)
    from compiler.graph import Graph
    from compiler.image import ImageSpec
    from compiler.imperative import (ImperativeWorkflow, Workflow)
    from compiler.interface import (Interface, transform_function_to_interface)
    from compiler.launch_plan import LaunchPlan
    from compiler.local import (construct_input_promises, get_promise, get_promise_map)
    from compiler.mapping import (ArrayNode, ArrayNodeMapTask, map_task, map_task_resolver)
    from compiler.node import (Node, NodeOverrides, dns_name)
    from compiler.notification import (Email, Notification, PagerDuty, Slack, WorkflowExecutionPhase)
    from compiler.options import (Annotations, AuthRole, ConcurrencyLimitBehavior, ConcurrencyPolicy, Labels, Options, RawOutputDataConfig)
    from compiler.pod import PodTemplate
    from compiler.promise import (NodeOutput, OutputTuple, Promise, VoidPromise)
    from compiler.python_task import (PythonAutoContainerTask, PythonInstanceTask)
    from compiler.reference import (LaunchPlanReference, ReferenceLaunchPlan, ReferenceTask, ReferenceWorkflow, TaskReference, WorkflowReference, get_reference_entity, reference_launch_plan, reference_task, reference_workflow)
    from compiler.resolver import (ClassStorageTaskResolver, DefaultTaskResolver, ResolverError, TaskResolverMixin, default_task_resolver, load_resolver)
    from compiler.resources import (ResourceSpec, Resources)
    from compiler.schedule import (CronSchedule, FixedRate, OnSchedule)
    from compiler.security import (Identity, OAuth2Client, OAuth2TokenRequest, Secret, SecurityContext, secrets_from_request)
    from compiler.serialize import (Emitter, with_dependencies)
    from compiler.settings import (FastSerializationSettings, Image, ImageConfig, SERIALIZED_CONTEXT_ENV_VAR, SerializationSettings)
    from compiler.trace import (Trace, open_trace)
    from compiler.tracking import (TrackedInstance, declared_in, function_names)
    from compiler.version import VERSION
    from compiler.workflow_metadata import (WorkflowFailurePolicy, WorkflowMetadata, WorkflowMetadataDefaults)
    from compiler.workflows import (PythonFunctionWorkflow, WorkflowBase, workflow)

_ROOMS = {
    "accelerators": ("A100", "A100_80GB", "A10G", "AMD_GPU", "BaseAccelerator", "Device", "GPU", "GPUAccelerator", "H100", "H200", "HABANA_GAUDI", "K80", "L4", "L40S", "L4_VWS", "M60", "MultiInstanceGPUAccelerator", "Neuron", "P100", "P4", "RTX_PRO_6000", "T4", "TPU", "V100", "V5E", "V5P", "V6E",),
    "base_task": ("PythonTask", "Task", "TaskMetadata",),
    "bind": ("ConstantLossWarning",),
    "branch": ("ConditionalSection", "conditional",),
    "bundle": ("Compiled", "compile_bundle", "file_names", "write_bundle", "write_folder",),
    "cache": ("Cache", "CachePolicy", "FunctionBodyPolicy", "VersionParameters",),
    "call": ("call_entity", "complete_inputs", "execute_locally",),
    "create": ("create_node",),
    "docstring": ("Docstring",),
    "documentation": ("Description", "Documentation", "SourceCode",),
    "dynamic_task": ("DynamicTask", "Expansion", "dynamic",),
    "eager_task": ("EagerAsyncPythonFunctionTask", "eager", "eager_failure_task_resolver",),
    "errors": ("ArgumentError", "AuthoringError", "BindingError", "CompileError", "FlyteAssertion", "FlyteFailureNodeInputMismatchException", "FlyteMissingReturnValueException", "FlyteMissingTypeException", "FlyteValidationException", "FlyteValueException", "MissingMemberError", "NameConflictError", "NotRunnableError", "OptionError", "PromiseUseError", "SizeLimitError",),
    "expression": ("ComparisonExpression", "ComparisonOps", "ConjunctionExpression", "ConjunctionOps",),
    "function_task": ("ExecutionBehavior", "FunctionTask", "PythonFunctionTask", "TaskPlugins", "task",),
    "gate": ("approve", "sleep", "wait_for_input",),
    "graph": ("Graph",),
    "image": ("ImageSpec",),
    "imperative": ("ImperativeWorkflow", "Workflow",),
    "interface": ("Interface", "transform_function_to_interface",),
    "launch_plan": ("LaunchPlan",),
    "local": ("construct_input_promises", "get_promise", "get_promise_map",),
    "mapping": ("ArrayNode", "ArrayNodeMapTask", "map_task", "map_task_resolver",),
    "node": ("Node", "NodeOverrides", "dns_name",),
    "notification": ("Email", "Notification", "PagerDuty", "Slack", "WorkflowExecutionPhase",),
    "options": ("Annotations", "AuthRole", "ConcurrencyLimitBehavior", "ConcurrencyPolicy", "Labels", "Options", "RawOutputDataConfig",),
    "pod": ("PodTemplate",),
    "promise": ("NodeOutput", "OutputTuple", "Promise", "VoidPromise",),
    "python_task": ("PythonAutoContainerTask", "PythonInstanceTask",),
    "reference": ("LaunchPlanReference", "ReferenceLaunchPlan", "ReferenceTask", "ReferenceWorkflow", "TaskReference", "WorkflowReference", "get_reference_entity", "reference_launch_plan", "reference_task", "reference_workflow",),
    "resolver": ("ClassStorageTaskResolver", "DefaultTaskResolver", "ResolverError", "TaskResolverMixin", "default_task_resolver", "load_resolver",),
    "resources": ("ResourceSpec", "Resources",),
    "schedule": ("CronSchedule", "FixedRate", "OnSchedule",),
    "security": ("Identity", "OAuth2Client", "OAuth2TokenRequest", "Secret", "SecurityContext", "secrets_from_request",),
    "serialize": ("Emitter", "with_dependencies",),
    "settings": ("FastSerializationSettings", "Image", "ImageConfig", "SERIALIZED_CONTEXT_ENV_VAR", "SerializationSettings",),
    "trace": ("Trace", "open_trace",),
    "tracking": ("TrackedInstance", "declared_in", "function_names",),
    "version": ("VERSION",),
    "workflow_metadata": ("WorkflowFailurePolicy", "WorkflowMetadata", "WorkflowMetadataDefaults",),
    "workflows": ("PythonFunctionWorkflow", "WorkflowBase", "workflow",),
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
    "A100",
    "A100_80GB",
    "A10G",
    "AMD_GPU",
    "Annotations",
    "ArgumentError",
    "ArrayNode",
    "ArrayNodeMapTask",
    "AuthRole",
    "AuthoringError",
    "BaseAccelerator",
    "BindingError",
    "Cache",
    "CachePolicy",
    "ClassStorageTaskResolver",
    "ComparisonExpression",
    "ComparisonOps",
    "CompileError",
    "Compiled",
    "ConcurrencyLimitBehavior",
    "ConcurrencyPolicy",
    "ConditionalSection",
    "ConjunctionExpression",
    "ConjunctionOps",
    "ConstantLossWarning",
    "CronSchedule",
    "DefaultTaskResolver",
    "Description",
    "Device",
    "Docstring",
    "Documentation",
    "DynamicTask",
    "EagerAsyncPythonFunctionTask",
    "Email",
    "Emitter",
    "ExecutionBehavior",
    "Expansion",
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
    "GPU",
    "GPUAccelerator",
    "Graph",
    "H100",
    "H200",
    "HABANA_GAUDI",
    "Identity",
    "Image",
    "ImageConfig",
    "ImageSpec",
    "ImperativeWorkflow",
    "Interface",
    "K80",
    "L4",
    "L40S",
    "L4_VWS",
    "Labels",
    "LaunchPlan",
    "LaunchPlanReference",
    "M60",
    "MissingMemberError",
    "MultiInstanceGPUAccelerator",
    "NameConflictError",
    "Neuron",
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
    "P100",
    "P4",
    "PagerDuty",
    "PodTemplate",
    "Promise",
    "PromiseUseError",
    "PythonAutoContainerTask",
    "PythonFunctionTask",
    "PythonFunctionWorkflow",
    "PythonInstanceTask",
    "PythonTask",
    "RTX_PRO_6000",
    "RawOutputDataConfig",
    "ReferenceLaunchPlan",
    "ReferenceTask",
    "ReferenceWorkflow",
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
    "T4",
    "TPU",
    "Task",
    "TaskMetadata",
    "TaskPlugins",
    "TaskReference",
    "TaskResolverMixin",
    "Trace",
    "TrackedInstance",
    "V100",
    "V5E",
    "V5P",
    "V6E",
    "VERSION",
    "VersionParameters",
    "VoidPromise",
    "Workflow",
    "WorkflowBase",
    "WorkflowExecutionPhase",
    "WorkflowFailurePolicy",
    "WorkflowMetadata",
    "WorkflowMetadataDefaults",
    "WorkflowReference",
    "approve",
    "call_entity",
    "compile_bundle",
    "complete_inputs",
    "conditional",
    "construct_input_promises",
    "create_node",
    "declared_in",
    "default_task_resolver",
    "dns_name",
    "dynamic",
    "eager",
    "eager_failure_task_resolver",
    "execute_locally",
    "file_names",
    "function_names",
    "get_promise",
    "get_promise_map",
    "get_reference_entity",
    "load_resolver",
    "map_task",
    "map_task_resolver",
    "open_trace",
    "reference_launch_plan",
    "reference_task",
    "reference_workflow",
    "secrets_from_request",
    "sleep",
    "task",
    "transform_function_to_interface",
    "wait_for_input",
    "with_dependencies",
    "workflow",
    "write_bundle",
    "write_folder",
]

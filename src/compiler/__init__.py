"""Layer 3: functions to nodes to templates to bytes. Never runs a task.

Every name is loaded when it is first asked for, so that a module with one task pays for one task.
"""

from typing import TYPE_CHECKING

from drawloom.exports.lazy_exports import lazy_rooms

if TYPE_CHECKING:
    from compiler.dynamic_tasks.dynamic_task import DynamicTask, Expansion, dynamic
    from compiler.dynamic_tasks.eager_task import EagerAsyncPythonFunctionTask, eager, eager_failure_task_resolver
    from compiler.dynamic_tasks.environment import Environment
    from compiler.emit.bundle import Compiled, compile_bundle, file_names, write_archive, write_bundle, write_folder
    from compiler.emit.serialize import Emitter, with_dependencies
    from compiler.errors import (
        ArgumentError,
        AuthoringError,
        BindingError,
        CompileError,
        FlyteAssertion,
        FlyteCompilationException,
        FlyteFailureNodeInputMismatchException,
        FlyteMissingReturnValueException,
        FlyteMissingTypeException,
        FlyteValidationException,
        FlyteValueException,
        MissingMemberError,
        NameConflictError,
        NotRunnableError,
        OptionError,
        OutputCountError,
        PromiseUseError,
    )
    from compiler.graph.bind import ConstantLossWarning
    from compiler.graph.call import call_entity, complete_inputs, execute_locally
    from compiler.graph.create_node import create_node
    from compiler.graph.expression import ComparisonExpression, ComparisonOps, ConjunctionExpression, ConjunctionOps
    from compiler.graph.literal_promises import construct_input_promises, get_promise, get_promise_map
    from compiler.graph.node import Node, NodeOverrides, dns_name
    from compiler.graph.promise import NodeOutput, OutputTuple, Promise, VoidPromise
    from compiler.graph.trace import Trace, open_trace
    from compiler.graph.workflow_graph import WorkflowGraph
    from compiler.maps.array_interface import list_interface
    from compiler.maps.array_node import ArrayNode
    from compiler.maps.map_task import ArrayNodeMapTask, ArrayNodeMapTaskResolver, map_task, map_task_resolver
    from compiler.options.accelerators import (
        A10G,
        A100,
        A100_80GB,
        AMD_GPU,
        APPLE_SILICON,
        GPU,
        H100,
        H200,
        HABANA_GAUDI,
        K80,
        L4,
        L4_VWS,
        L40S,
        M60,
        P4,
        P100,
        RTX_PRO_6000,
        T4,
        TPU,
        V5E,
        V5P,
        V6E,
        V100,
        BaseAccelerator,
        Device,
        GPUAccelerator,
        MultiInstanceGPUAccelerator,
        Neuron,
    )
    from compiler.options.artifact import (
        Artifact,
        ArtifactIDSpecification,
        ArtifactQuery,
    )
    from compiler.options.cache import Cache, CachePolicy, FunctionBodyPolicy, VersionParameters
    from compiler.options.documentation import Description, Documentation, SourceCode
    from compiler.options.image import ImageSpec, image_name
    from compiler.options.image_layers import Architecture, PythonWheels
    from compiler.options.launch_options import (
        Annotations,
        AuthRole,
        ConcurrencyLimitBehavior,
        ConcurrencyPolicy,
        Labels,
        Options,
        RawOutputDataConfig,
    )
    from compiler.options.layered_image import LayeredImage
    from compiler.options.notification import Email, Notification, PagerDuty, Slack, WorkflowExecutionPhase
    from compiler.options.output_metadata import OutputMetadata, SerializableToString
    from compiler.options.partition import Granularity, Inputs, Partition, Partitions, TimePartition
    from compiler.options.pod import PodTemplate
    from compiler.options.resource_messages import (
        construct_extended_resources,
        convert_resources_to_resource_model,
        pod_spec_from_resources,
    )
    from compiler.options.resources import Resources, ResourceSpec
    from compiler.options.schedule import CronSchedule, FixedRate, OnSchedule
    from compiler.options.security import (
        Identity,
        OAuth2Client,
        OAuth2TokenRequest,
        Secret,
        SecurityContext,
        secrets_from_request,
    )
    from compiler.options.settings import (
        SERIALIZED_CONTEXT_ENV_VAR,
        FastSerializationSettings,
        Image,
        ImageConfig,
        LiveSettings,
        SerializationSettings,
    )
    from compiler.options.workflow_metadata import WorkflowFailurePolicy, WorkflowMetadata, WorkflowMetadataDefaults
    from compiler.source.artifact_annotation import check_artifacts
    from compiler.source.docstring import Docstring
    from compiler.source.interface import Interface, read_outputs, transform_function_to_interface
    from compiler.source.resolver import (
        ClassStorageTaskResolver,
        DefaultTaskResolver,
        ResolverError,
        TaskResolverMixin,
        default_task_resolver,
        load_resolver,
    )
    from compiler.source.tracking import TrackedInstance, declared_in, function_names
    from compiler.source_location import SourceLocation, definition, is_users, location_of
    from compiler.tasks.base_task import PythonTask, Task
    from compiler.tasks.container_task import ContainerTask
    from compiler.tasks.echo import Echo
    from compiler.tasks.function_task import ExecutionBehavior, FunctionTask, PythonFunctionTask, TaskPlugins, task
    from compiler.tasks.python_task import PythonAutoContainerTask, PythonInstanceTask
    from compiler.tasks.shell import (
        OutputLocation,
        ProcessResult,
        RawShellTask,
        ShellTask,
        get_raw_shell_task,
        subproc_execute,
    )
    from compiler.tasks.shim_task import (
        ExecutableTemplateShimTask,
        PythonCustomizedContainerTask,
        ShimTaskExecutor,
        TaskTemplateResolver,
        TemplateOfTask,
        default_task_template_resolver,
    )
    from compiler.tasks.sql import SQLite3Config, SQLite3Task, SQLite3TaskExecutor, SQLTask
    from compiler.tasks.task_metadata import TaskMetadata
    from compiler.workflows.branch import ConditionalSection, conditional
    from compiler.workflows.entity_reference import LaunchPlanReference, TaskReference, WorkflowReference
    from compiler.workflows.function_workflow import PythonFunctionWorkflow, WorkflowBase, workflow
    from compiler.workflows.gate import approve, sleep, wait_for_input
    from compiler.workflows.imperative import ImperativeWorkflow, Workflow
    from compiler.workflows.launch_plan import LaunchPlan
    from compiler.workflows.parameters import parameter_map
    from compiler.workflows.reference import (
        ReferenceLaunchPlan,
        ReferenceTask,
        ReferenceWorkflow,
        get_reference_entity,
        reference_launch_plan,
        reference_task,
        reference_workflow,
    )

__getattr__, __dir__ = lazy_rooms(
    __name__,
    {
        "options.accelerators": """
            A100 A100_80GB A10G AMD_GPU APPLE_SILICON BaseAccelerator Device GPU GPUAccelerator H100 H200
            HABANA_GAUDI K80 L4 L40S L4_VWS M60 MultiInstanceGPUAccelerator Neuron P100 P4 RTX_PRO_6000 T4 TPU V100
            V5E V5P V6E
        """,
        "options.artifact": """
            Artifact ArtifactIDSpecification ArtifactQuery
        """,
        "options.output_metadata": "OutputMetadata SerializableToString",
        "options.resource_messages": """
            construct_extended_resources convert_resources_to_resource_model pod_spec_from_resources
        """,
        "options.partition": "Granularity Inputs Partition Partitions TimePartition",
        "tasks.base_task": "PythonTask Task",
        "tasks.task_metadata": "TaskMetadata",
        "graph.bind": "ConstantLossWarning",
        "workflows.branch": "conditional ConditionalSection",
        "emit.bundle": "compile_bundle Compiled file_names write_archive write_bundle write_folder",
        "options.cache": "Cache CachePolicy FunctionBodyPolicy VersionParameters",
        "graph.call": "call_entity complete_inputs execute_locally",
        "tasks.container_task": "ContainerTask",
        "graph.create_node": "create_node",
        "source.docstring": "Docstring",
        "options.documentation": "Description Documentation SourceCode",
        "dynamic_tasks.dynamic_task": "dynamic DynamicTask Expansion",
        "dynamic_tasks.eager_task": "eager eager_failure_task_resolver EagerAsyncPythonFunctionTask",
        "tasks.echo": "Echo",
        "dynamic_tasks.environment": "Environment",
        "errors": """
            ArgumentError AuthoringError BindingError CompileError FlyteAssertion
            FlyteCompilationException FlyteFailureNodeInputMismatchException FlyteMissingReturnValueException FlyteMissingTypeException
            FlyteValidationException FlyteValueException MissingMemberError NameConflictError NotRunnableError
            OptionError OutputCountError PromiseUseError
        """,
        "graph.expression": "ComparisonExpression ComparisonOps ConjunctionExpression ConjunctionOps",
        "tasks.function_task": "ExecutionBehavior FunctionTask PythonFunctionTask task TaskPlugins",
        "workflows.gate": "approve sleep wait_for_input",
        "graph.workflow_graph": "WorkflowGraph",
        "options.image": "image_name ImageSpec",
        "options.image_layers": "Architecture PythonWheels",
        "options.layered_image": "LayeredImage",
        "workflows.imperative": "ImperativeWorkflow Workflow",
        "source.artifact_annotation": "check_artifacts",
        "source.interface": "Interface read_outputs transform_function_to_interface",
        "workflows.launch_plan": "LaunchPlan",
        "graph.literal_promises": "construct_input_promises get_promise get_promise_map",
        "maps.array_interface": "list_interface",
        "maps.array_node": "ArrayNode",
        "workflows.parameters": "parameter_map",
        "maps.map_task": "ArrayNodeMapTask ArrayNodeMapTaskResolver map_task map_task_resolver",
        "graph.node": "dns_name Node NodeOverrides",
        "options.notification": "Email Notification PagerDuty Slack WorkflowExecutionPhase",
        "options.launch_options": """
            Annotations AuthRole ConcurrencyLimitBehavior ConcurrencyPolicy Labels Options RawOutputDataConfig
        """,
        "options.pod": "PodTemplate",
        "graph.promise": "NodeOutput OutputTuple Promise VoidPromise",
        "tasks.python_task": "PythonAutoContainerTask PythonInstanceTask",
        "workflows.entity_reference": "LaunchPlanReference TaskReference WorkflowReference",
        "workflows.reference": """
            get_reference_entity reference_launch_plan reference_task reference_workflow
            ReferenceLaunchPlan ReferenceTask ReferenceWorkflow
        """,
        "source.resolver": """
            ClassStorageTaskResolver default_task_resolver DefaultTaskResolver load_resolver ResolverError
            TaskResolverMixin
        """,
        "options.resources": "Resources ResourceSpec",
        "options.schedule": "CronSchedule FixedRate OnSchedule",
        "options.security": "Identity OAuth2Client OAuth2TokenRequest Secret secrets_from_request SecurityContext",
        "emit.serialize": "Emitter with_dependencies",
        "options.settings": """
            FastSerializationSettings Image ImageConfig LiveSettings SerializationSettings
            SERIALIZED_CONTEXT_ENV_VAR
        """,
        "tasks.shell": "get_raw_shell_task OutputLocation ProcessResult RawShellTask ShellTask subproc_execute",
        "tasks.shim_task": """
            default_task_template_resolver ExecutableTemplateShimTask PythonCustomizedContainerTask ShimTaskExecutor
            TaskTemplateResolver TemplateOfTask
        """,
        "tasks.sql": "SQLite3Config SQLite3Task SQLite3TaskExecutor SQLTask",
        "graph.trace": "open_trace Trace",
        "source_location": "definition is_users location_of SourceLocation",
        "source.tracking": "declared_in function_names TrackedInstance",
        "options.workflow_metadata": "WorkflowFailurePolicy WorkflowMetadata WorkflowMetadataDefaults",
        "workflows.function_workflow": "PythonFunctionWorkflow workflow WorkflowBase",
    },
)

__all__ = [
    "A10G",
    "A100",
    "A100_80GB",
    "AMD_GPU",
    "APPLE_SILICON",
    "GPU",
    "H100",
    "H200",
    "HABANA_GAUDI",
    "K80",
    "L4",
    "L4_VWS",
    "L40S",
    "M60",
    "P4",
    "P100",
    "RTX_PRO_6000",
    "SERIALIZED_CONTEXT_ENV_VAR",
    "T4",
    "TPU",
    "V5E",
    "V5P",
    "V6E",
    "V100",
    "Annotations",
    "Architecture",
    "ArgumentError",
    "ArrayNode",
    "ArrayNodeMapTask",
    "ArrayNodeMapTaskResolver",
    "Artifact",
    "ArtifactIDSpecification",
    "ArtifactQuery",
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
    "ContainerTask",
    "CronSchedule",
    "DefaultTaskResolver",
    "Description",
    "Device",
    "Docstring",
    "Documentation",
    "DynamicTask",
    "EagerAsyncPythonFunctionTask",
    "Echo",
    "Email",
    "Emitter",
    "Environment",
    "ExecutableTemplateShimTask",
    "ExecutionBehavior",
    "Expansion",
    "FastSerializationSettings",
    "FixedRate",
    "FlyteAssertion",
    "FlyteCompilationException",
    "FlyteFailureNodeInputMismatchException",
    "FlyteMissingReturnValueException",
    "FlyteMissingTypeException",
    "FlyteValidationException",
    "FlyteValueException",
    "FunctionBodyPolicy",
    "FunctionTask",
    "GPUAccelerator",
    "Granularity",
    "Identity",
    "Image",
    "ImageConfig",
    "ImageSpec",
    "ImperativeWorkflow",
    "Inputs",
    "Interface",
    "Labels",
    "LaunchPlan",
    "LaunchPlanReference",
    "LayeredImage",
    "LiveSettings",
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
    "OutputCountError",
    "OutputLocation",
    "OutputMetadata",
    "OutputTuple",
    "PagerDuty",
    "Partition",
    "Partitions",
    "PodTemplate",
    "ProcessResult",
    "Promise",
    "PromiseUseError",
    "PythonAutoContainerTask",
    "PythonCustomizedContainerTask",
    "PythonFunctionTask",
    "PythonFunctionWorkflow",
    "PythonInstanceTask",
    "PythonTask",
    "PythonWheels",
    "RawOutputDataConfig",
    "RawShellTask",
    "ReferenceLaunchPlan",
    "ReferenceTask",
    "ReferenceWorkflow",
    "ResolverError",
    "ResourceSpec",
    "Resources",
    "SQLTask",
    "SQLite3Config",
    "SQLite3Task",
    "SQLite3TaskExecutor",
    "Secret",
    "SecurityContext",
    "SerializableToString",
    "SerializationSettings",
    "ShellTask",
    "ShimTaskExecutor",
    "Slack",
    "SourceCode",
    "SourceLocation",
    "Task",
    "TaskMetadata",
    "TaskPlugins",
    "TaskReference",
    "TaskResolverMixin",
    "TaskTemplateResolver",
    "TemplateOfTask",
    "TimePartition",
    "Trace",
    "TrackedInstance",
    "VersionParameters",
    "VoidPromise",
    "Workflow",
    "WorkflowBase",
    "WorkflowExecutionPhase",
    "WorkflowFailurePolicy",
    "WorkflowGraph",
    "WorkflowMetadata",
    "WorkflowMetadataDefaults",
    "WorkflowReference",
    "approve",
    "call_entity",
    "check_artifacts",
    "compile_bundle",
    "complete_inputs",
    "conditional",
    "construct_extended_resources",
    "construct_input_promises",
    "convert_resources_to_resource_model",
    "create_node",
    "declared_in",
    "default_task_resolver",
    "default_task_template_resolver",
    "definition",
    "dns_name",
    "dynamic",
    "eager",
    "eager_failure_task_resolver",
    "execute_locally",
    "file_names",
    "function_names",
    "get_promise",
    "get_promise_map",
    "get_raw_shell_task",
    "get_reference_entity",
    "image_name",
    "is_users",
    "list_interface",
    "load_resolver",
    "location_of",
    "map_task",
    "map_task_resolver",
    "open_trace",
    "parameter_map",
    "pod_spec_from_resources",
    "read_outputs",
    "reference_launch_plan",
    "reference_task",
    "reference_workflow",
    "secrets_from_request",
    "sleep",
    "subproc_execute",
    "task",
    "transform_function_to_interface",
    "wait_for_input",
    "with_dependencies",
    "workflow",
    "write_archive",
    "write_bundle",
    "write_folder",
]

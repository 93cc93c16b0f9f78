"""Messages under the names, constructors and conversions of flytekit's model classes.

`Literal(Scalar(Primitive(integer=1)))` works as there: positional arguments in flytekit's order, None for what is not set,
datetimes and dicts where a message is meant, and flytekit's field names. What comes out is the message itself, so that it
goes wherever a message goes; `isinstance(x, Literal)` asks for that message.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, cast

from literals import DrawloomError, pb, preview

if TYPE_CHECKING:
    from google.protobuf.message import Message

_POSITIONS: Final[Mapping[str, str]] = {
    "Alias": "var alias",
    "ApproveCondition": "signal_id",
    "ArrayNode": """node parallelism min_successes min_success_ratio execution_mode is_original_sub_node_interface
        data_mode bound_inputs run_all_sub_nodes""",
    "Auth": "assumable_iam_role kubernetes_service_account",
    "Binary": "value tag",
    "Binding": "var binding",
    "BindingData": "scalar collection promise map",
    "BindingDataCollection": "bindings",
    "BindingDataMap": "bindings",
    "Blob": "metadata uri",
    "BlobMetadata": "type",
    "BlobType": "format dimensionality",
    "BooleanExpression": "conjunction comparison",
    "BranchNode": "if_else",
    "ComparisonExpression": "operator left_value right_value",
    "CompiledTask": "template",
    "CompiledWorkflow": "template connections",
    "CompiledWorkflowClosure": "primary sub_workflows tasks",
    "ConjunctionExpression": "operator left_expression right_expression",
    "Container": "image command args resources env config data_loading_config",
    "ContainerError": "code message kind origin timestamp worker",
    "DataLoadingConfig": "input_path output_path enabled format io_strategy",
    "DynamicJobSpec": "tasks nodes min_successes outputs subworkflows",
    "EmailNotification": "recipients_email",
    "EnumType": "values",
    "Envs": "envs",
    "Error": "failed_node_id message",
    "ErrorDocument": "error",
    "ExecutionError": "code message error_uri kind",
    "GateNode": "signal sleep approve",
    "IOStrategy": "download_mode upload_mode",
    "Identifier": "resource_type project domain name version",
    "IfBlock": "condition then_node",
    "IfElseBlock": "case other else_node error",
    "K8sObjectMetadata": "labels annotations",
    "K8sPod": "metadata pod_spec data_config primary_container_name",
    "LaunchPlanMetadata": "schedule notifications launch_conditions",
    "Literal": "scalar collection map hash metadata offloaded_metadata",
    "LiteralCollection": "literals",
    "LiteralMap": "literals",
    "LiteralOffloadedMetadata": "uri size_bytes inferred_type",
    "LiteralType": """simple schema collection_type map_value_type blob enum_type union_type structured_dataset_type
        metadata structure annotation""",
    "Node": """id metadata inputs upstream_node_ids output_aliases task_node workflow_node branch_node gate_node
        array_node""",
    "NodeExecutionIdentifier": "node_id execution_id",
    "NodeMetadata": "name timeout retries interruptible cacheable cache_version cache_serializable",
    "Operand": "primitive var scalar",
    "OutputReference": "node_id var",
    "PagerDutyNotification": "recipients_email",
    "Parameter": "var default required",
    "ParameterMap": "parameters",
    "Primitive": "integer float_value string_value boolean datetime duration",
    "Resources": "requests limits",
    "Resources.ResourceEntry": "name value",
    "RetryStrategy": "retries",
    "RuntimeMetadata": "type version flavor",
    "Scalar": "primitive blob binary schema union none_type error generic structured_dataset",
    "Schema": "uri type",
    "SchemaType": "columns",
    "SchemaType.SchemaColumn": "name type",
    "SignalCondition": "signal_id type output_variable_name",
    "SignalIdentifier": "signal_id execution_id",
    "SlackNotification": "recipients_email",
    "SleepCondition": "duration",
    "Sql": "statement dialect",
    "StructuredDataset": "uri metadata",
    "StructuredDatasetMetadata": "structured_dataset_type",
    "StructuredDatasetType": "columns format external_schema_type external_schema_bytes",
    "StructuredDatasetType.DatasetColumn": "name literal_type",
    "TaskExecutionIdentifier": "task_id node_execution_id retry_attempt",
    "TaskLog": "uri name message_format ttl",
    "TaskMetadata": """discoverable runtime timeout retries interruptible discovery_version deprecated_error_message
        cache_serializable pod_template_name cache_ignore_input_vars is_eager generates_deck
        k8s_object_metadata""",
    "TaskNode": "reference_id overrides",
    "TaskNodeOverrides": "resources extended_resources container_image pod_template",
    "TaskSpec": "template docs",
    "TaskTemplate": """id type metadata interface custom container task_type_version security_context config k8s_pod sql
        extended_resources""",
    "TypeAnnotation": "annotations",
    "TypeStructure": "tag dataclass_type",
    "TypedInterface": "inputs outputs",
    "Union": "value stored_type",
    "UnionType": "variants",
    "Variable": "type description",
    "VariableMap": "variables",
    "WorkflowClosure": "workflow tasks",
    "WorkflowExecutionIdentifier": "project domain name",
    "WorkflowMetadata": "on_failure",
    "WorkflowMetadataDefaults": "interruptible",
    "WorkflowNode": "launchplan_ref sub_workflow_ref",
    "WorkflowSpec": "template sub_workflows docs",
    "WorkflowTemplate": "id metadata metadata_defaults interface nodes outputs failure_node",
}
_RENAMED: Final[Mapping[tuple[str, str], str]] = {
    ("Container", "data_loading_config"): "data_config",
    ("Envs", "envs"): "values",
    ("TaskMetadata", "k8s_object_metadata"): "metadata",
    ("TaskSpec", "docs"): "description",
    ("Union", "stored_type"): "type",
    ("WorkflowSpec", "docs"): "description",
}
"""The fields that flytekit's models call otherwise than the message: written and read by either name."""


class _Message(type):
    """A model class: making one makes the message, everything else is the message class's."""

    def _message(cls) -> Any:
        return attrgetter(cls.__name__)(pb)

    def __call__(cls, *args: Any, **fields: Any) -> Any:
        message = cls._message()
        names = _POSITIONS.get(cls.__name__, "").split()
        if len(args) > len(names):
            raise DrawloomError(
                f"{cls.__name__} takes at most {len(names)} positional arguments",
                expected=", ".join(names),
                got=preview(args),
                fix="name them",
            )
        given = {**dict(zip(names, args, strict=False)), **fields}
        made = message()
        for name, value in given.items():
            if value is not None:
                _fill(made, _RENAMED.get((cls.__name__, name), name), value)
        return made

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls._message())

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(cls._message(), name)

    def from_flyte_idl(cls, message: Any) -> Any:
        """The message again, read from one of any protobuf family with the same wire form."""
        return cls._message().FromString(message.SerializeToString())


def _fill(message: Any, name: str, value: Any) -> None:
    field = message.DESCRIPTOR.fields_by_name.get(name)
    if field is None:
        raise DrawloomError(
            f"{message.DESCRIPTOR.name} has no field {name!r}",
            expected=", ".join(message.DESCRIPTOR.fields_by_name),
            got=repr(name),
            fix="use one of these names",
        )
    kind = field.message_type.full_name if field.message_type is not None else ""
    target = getattr(message, name)
    if isinstance(value, dt.datetime) and kind == "google.protobuf.Timestamp":
        target.FromDatetime(value)
    elif isinstance(value, dt.timedelta) and kind == "google.protobuf.Duration":
        target.FromTimedelta(value)
    elif isinstance(value, bool) and kind == "google.protobuf.BoolValue":
        target.value = value
    elif isinstance(value, Mapping):
        _fill_by_key(message, name, cast("Mapping[str, Any]", value))
    elif isinstance(value, (list, tuple)):
        target.extend(value)
    elif kind:
        target.CopyFrom(_same(target, value))
    else:
        setattr(message, name, value)


def _fill_by_key(message: Message, name: str, value: Mapping[str, Any]) -> None:
    target = getattr(message, name)
    held = message.DESCRIPTOR.fields_by_name[name].message_type
    kind = held.full_name if held is not None else ""
    if kind == "google.protobuf.Struct":
        target.update(value)
    elif kind == pb.KeyValuePair.DESCRIPTOR.full_name:
        target.extend(pb.KeyValuePair(key=key, value=item) for key, item in value.items())
    else:
        for key, item in value.items():
            if hasattr(item, "SerializeToString"):
                target[key].CopyFrom(_same(target[key], item))
            else:
                target[key] = item


def _same(target: Message, value: Any) -> Message:
    """A message of the target's class: of another family with the same wire form, it is read over.

    Raises:
        DrawloomError: it is not a message.
    """
    if isinstance(value, type(target)):
        return value
    if not hasattr(value, "SerializeToString"):
        name = type(target).DESCRIPTOR.name
        raise DrawloomError(
            f"this is not a {name}",
            where=name,
            expected=f"a {name}",
            got=preview(value),
            fix=f"make a {name} of it",
        )
    return type(target).FromString(value.SerializeToString())


def _value(message: Any) -> Any:
    """What is set."""
    held = message.WhichOneof("value")
    value = getattr(message, held) if held is not None else None
    if isinstance(value, pb.Timestamp):
        return value.ToDatetime(tzinfo=dt.timezone.utc)
    return value.ToTimedelta() if isinstance(value, pb.Duration) else value


def _itself(message: Any) -> Any:
    """The message: flytekit's models convert to one, these are one."""
    return message


for _name in _POSITIONS:
    setattr(attrgetter(_name)(pb), "to_flyte_idl", _itself)  # noqa: B010 - the stub of the class does not have it
for _name in ("BindingData", "Literal", "Scalar", "Primitive"):
    setattr(getattr(pb, _name), "value", property(_value))  # noqa: B010 - same
for (_name, _theirs), _ours in _RENAMED.items():
    setattr(getattr(pb, _name), _theirs, property(attrgetter(_ours)))

Alias: Any = _Message("Alias", (), {})
ApproveCondition: Any = _Message("ApproveCondition", (), {})
ArrayNode: Any = _Message("ArrayNode", (), {})
Auth: Any = _Message("Auth", (), {})
Binary: Any = _Message("Binary", (), {})
Binding: Any = _Message("Binding", (), {})
BindingData: Any = _Message("BindingData", (), {})
BindingDataCollection: Any = _Message("BindingDataCollection", (), {})
BindingDataMap: Any = _Message("BindingDataMap", (), {})
Blob: Any = _Message("Blob", (), {})
BlobMetadata: Any = _Message("BlobMetadata", (), {})
BlobType: Any = _Message("BlobType", (), {})
BooleanExpression: Any = _Message("BooleanExpression", (), {})
BranchNode: Any = _Message("BranchNode", (), {})
ComparisonExpression: Any = _Message("ComparisonExpression", (), {})
CompiledTask: Any = _Message("CompiledTask", (), {})
CompiledWorkflow: Any = _Message("CompiledWorkflow", (), {})
CompiledWorkflowClosure: Any = _Message("CompiledWorkflowClosure", (), {})
ConjunctionExpression: Any = _Message("ConjunctionExpression", (), {})
Container: Any = _Message("Container", (), {})
ContainerError: Any = _Message("ContainerError", (), {})
DataLoadingConfig: Any = _Message("DataLoadingConfig", (), {})
DynamicJobSpec: Any = _Message("DynamicJobSpec", (), {})
EmailNotification: Any = _Message("EmailNotification", (), {})
EnumType: Any = _Message("EnumType", (), {})
Envs: Any = _Message("Envs", (), {})
Error: Any = _Message("Error", (), {})
ErrorDocument: Any = _Message("ErrorDocument", (), {})
ExecutionError: Any = _Message("ExecutionError", (), {})
GateNode: Any = _Message("GateNode", (), {})
IOStrategy: Any = _Message("IOStrategy", (), {})
Identifier: Any = _Message("Identifier", (), {})
IfBlock: Any = _Message("IfBlock", (), {})
IfElseBlock: Any = _Message("IfElseBlock", (), {})
K8sObjectMetadata: Any = _Message("K8sObjectMetadata", (), {})
K8sPod: Any = _Message("K8sPod", (), {})
LaunchPlanMetadata: Any = _Message("LaunchPlanMetadata", (), {})
Literal: Any = _Message("Literal", (), {})
LiteralCollection: Any = _Message("LiteralCollection", (), {})
LiteralMap: Any = _Message("LiteralMap", (), {})
LiteralOffloadedMetadata: Any = _Message("LiteralOffloadedMetadata", (), {})
LiteralType: Any = _Message("LiteralType", (), {})
Node: Any = _Message("Node", (), {})
NodeExecutionIdentifier: Any = _Message("NodeExecutionIdentifier", (), {})
NodeMetadata: Any = _Message("NodeMetadata", (), {})
Operand: Any = _Message("Operand", (), {})
OutputReference: Any = _Message("OutputReference", (), {})
PagerDutyNotification: Any = _Message("PagerDutyNotification", (), {})
Parameter: Any = _Message("Parameter", (), {})
ParameterMap: Any = _Message("ParameterMap", (), {})
Primitive: Any = _Message("Primitive", (), {})
Resources: Any = _Message("Resources", (), {"ResourceEntry": _Message("Resources.ResourceEntry", (), {})})
RetryStrategy: Any = _Message("RetryStrategy", (), {})
RuntimeMetadata: Any = _Message("RuntimeMetadata", (), {})
Scalar: Any = _Message("Scalar", (), {})
Schema: Any = _Message("Schema", (), {})
SchemaType: Any = _Message("SchemaType", (), {"SchemaColumn": _Message("SchemaType.SchemaColumn", (), {})})
SignalCondition: Any = _Message("SignalCondition", (), {})
SignalIdentifier: Any = _Message("SignalIdentifier", (), {})
SlackNotification: Any = _Message("SlackNotification", (), {})
SleepCondition: Any = _Message("SleepCondition", (), {})
Sql: Any = _Message("Sql", (), {})
StructuredDataset: Any = _Message("StructuredDataset", (), {})
StructuredDatasetMetadata: Any = _Message("StructuredDatasetMetadata", (), {})
StructuredDatasetType: Any = _Message(
    "StructuredDatasetType", (), {"DatasetColumn": _Message("StructuredDatasetType.DatasetColumn", (), {})}
)
TaskExecutionIdentifier: Any = _Message("TaskExecutionIdentifier", (), {})
TaskLog: Any = _Message("TaskLog", (), {})
TaskMetadata: Any = _Message("TaskMetadata", (), {})
TaskNode: Any = _Message("TaskNode", (), {})
TaskNodeOverrides: Any = _Message("TaskNodeOverrides", (), {})
TaskSpec: Any = _Message("TaskSpec", (), {})
TaskTemplate: Any = _Message("TaskTemplate", (), {})
TypeAnnotation: Any = _Message("TypeAnnotation", (), {})
TypeStructure: Any = _Message("TypeStructure", (), {})
TypedInterface: Any = _Message("TypedInterface", (), {})
Union: Any = _Message("Union", (), {})
UnionType: Any = _Message("UnionType", (), {})
Variable: Any = _Message("Variable", (), {})
VariableMap: Any = _Message("VariableMap", (), {})
WorkflowClosure: Any = _Message("WorkflowClosure", (), {})
WorkflowExecutionIdentifier: Any = _Message("WorkflowExecutionIdentifier", (), {})
WorkflowMetadata: Any = _Message("WorkflowMetadata", (), {})
WorkflowMetadataDefaults: Any = _Message("WorkflowMetadataDefaults", (), {})
WorkflowNode: Any = _Message("WorkflowNode", (), {})
WorkflowSpec: Any = _Message("WorkflowSpec", (), {})
WorkflowTemplate: Any = _Message("WorkflowTemplate", (), {})

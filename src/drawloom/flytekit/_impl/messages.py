"""Messages under the names, constructors and conversions of flytekit's model classes.

`Literal(Scalar(Primitive(integer=1)))` works as there: positional arguments in flytekit's order, None for what is not set,
datetimes and dicts where a message is meant, and flytekit's field names. What comes out is the message itself, so that it
goes wherever a message goes; `isinstance(x, Literal)` asks for that message.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from literals import DrawloomError, pb, preview

if TYPE_CHECKING:
    from google.protobuf.message import Message

_POSITIONS: Final[Mapping[str, str]] = {
    "Binary": "value tag",
    "Binding": "var binding",
    "BindingData": "scalar collection promise map",
    "BindingDataCollection": "bindings",
    "BindingDataMap": "bindings",
    "Blob": "metadata uri",
    "BlobMetadata": "type",
    "BlobType": "format dimensionality",
    "EnumType": "values",
    "Identifier": "resource_type project domain name version",
    "Literal": "scalar collection map hash metadata offloaded_metadata",
    "LiteralCollection": "literals",
    "LiteralMap": "literals",
    "LiteralOffloadedMetadata": "uri size_bytes inferred_type",
    "LiteralType": """simple schema collection_type map_value_type blob enum_type union_type structured_dataset_type
        metadata structure annotation""",
    "OutputReference": "node_id var",
    "Parameter": "var default required",
    "ParameterMap": "parameters",
    "Primitive": "integer float_value string_value boolean datetime duration",
    "RetryStrategy": "retries",
    "Scalar": "primitive blob binary schema union none_type error generic structured_dataset",
    "Schema": "uri type",
    "SchemaType": "columns",
    "StructuredDataset": "uri metadata",
    "StructuredDatasetMetadata": "structured_dataset_type",
    "StructuredDatasetType": "columns format external_schema_type external_schema_bytes",
    "TypeAnnotation": "annotations",
    "TypeStructure": "tag dataclass_type",
    "TypedInterface": "inputs outputs",
    "Union": "value stored_type",
    "UnionType": "variants",
    "Variable": "type description",
    "VariableMap": "variables",
}
_RENAMED: Final[Mapping[tuple[str, str], str]] = {("Union", "stored_type"): "type"}


class _Message(type):
    """A model class: making one makes the message, everything else is the message class's."""

    def _message(cls) -> Any:
        return getattr(pb, cls.__name__)

    def __call__(cls, *args: Any, **fields: Any) -> Any:
        message = cls._message()
        names = _POSITIONS.get(cls.__name__, "").split()
        if len(args) > len(names):
            raise DrawloomError(
                f"{cls.__name__} takes at most {len(names)} positional arguments", got=preview(args), fix="name them"
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
            f"{message.DESCRIPTOR.name} has no field {name!r}", expected=", ".join(message.DESCRIPTOR.fields_by_name)
        )
    kind = field.message_type.full_name if field.message_type is not None else ""
    target = getattr(message, name)
    if isinstance(value, dt.datetime) and kind == "google.protobuf.Timestamp":
        target.FromDatetime(value)
    elif isinstance(value, dt.timedelta) and kind == "google.protobuf.Duration":
        target.FromTimedelta(value)
    elif isinstance(value, Mapping) and kind == "google.protobuf.Struct":
        target.update(value)
    elif isinstance(value, Mapping):
        for key, item in cast("Mapping[Any, Any]", value).items():
            if hasattr(item, "SerializeToString"):
                target[key].CopyFrom(_same(target[key], item))
            else:
                target[key] = item
    elif isinstance(value, (list, tuple)):
        target.extend(value)
    elif kind:
        target.CopyFrom(_same(target, value))
    else:
        setattr(message, name, value)


def _same(target: Message, value: Any) -> Message:
    """A message of the target's class: of another family with the same wire form, it is read over."""
    return value if isinstance(value, type(target)) else type(target).FromString(value.SerializeToString())


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
    setattr(getattr(pb, _name), "to_flyte_idl", _itself)  # noqa: B010 - the stub of the class does not have it
for _name in ("Literal", "Scalar", "Primitive"):
    setattr(getattr(pb, _name), "value", property(_value))  # noqa: B010 - same

Binary: Any = _Message("Binary", (), {})
Binding: Any = _Message("Binding", (), {})
BindingData: Any = _Message("BindingData", (), {})
BindingDataCollection: Any = _Message("BindingDataCollection", (), {})
BindingDataMap: Any = _Message("BindingDataMap", (), {})
Blob: Any = _Message("Blob", (), {})
BlobMetadata: Any = _Message("BlobMetadata", (), {})
BlobType: Any = _Message("BlobType", (), {})
EnumType: Any = _Message("EnumType", (), {})
Identifier: Any = _Message("Identifier", (), {})
Literal: Any = _Message("Literal", (), {})
LiteralCollection: Any = _Message("LiteralCollection", (), {})
LiteralMap: Any = _Message("LiteralMap", (), {})
LiteralOffloadedMetadata: Any = _Message("LiteralOffloadedMetadata", (), {})
LiteralType: Any = _Message("LiteralType", (), {})
OutputReference: Any = _Message("OutputReference", (), {})
Parameter: Any = _Message("Parameter", (), {})
ParameterMap: Any = _Message("ParameterMap", (), {})
Primitive: Any = _Message("Primitive", (), {})
RetryStrategy: Any = _Message("RetryStrategy", (), {})
Scalar: Any = _Message("Scalar", (), {})
Schema: Any = _Message("Schema", (), {})
SchemaType: Any = _Message("SchemaType", (), {})
StructuredDataset: Any = _Message("StructuredDataset", (), {})
StructuredDatasetMetadata: Any = _Message("StructuredDatasetMetadata", (), {})
StructuredDatasetType: Any = _Message("StructuredDatasetType", (), {})
TypeAnnotation: Any = _Message("TypeAnnotation", (), {})
TypeStructure: Any = _Message("TypeStructure", (), {})
TypedInterface: Any = _Message("TypedInterface", (), {})
Union: Any = _Message("Union", (), {})
UnionType: Any = _Message("UnionType", (), {})
Variable: Any = _Message("Variable", (), {})
VariableMap: Any = _Message("VariableMap", (), {})

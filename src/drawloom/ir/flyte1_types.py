"""May a value flow, as Flyte 1's own compiler decides it? Stricter than drawloom in places; see `castable`.

Source: `flytepropeller/pkg/compiler/validators/typing.go` and `bindings.go` of Flyte 1.
"""

from __future__ import annotations

from drawloom.ir.assignment import mismatch
from drawloom.ir.entity_index import NodeOutputs
from literals import pb

_NONE, _STRING, _BINARY, _STRUCT, _ERROR = 0, 3, 7, 9, 8
_PRIMITIVES = {"integer": 1, "float_value": 2, "string_value": 3, "boolean": 4, "datetime": 5, "duration": 6}
_MSGPACK = "msgpack"
_FRAMES = ("schema", "structured_dataset_type")


def castable(up: pb.LiteralType, down: pb.LiteralType) -> bool:
    """`AreTypesCastable`: whether a value of `up` may be bound to `down`.

    Other than drawloom: what is not a union flows into a union only if exactly one variant takes it; an enum flows into an
    enum only if both have the same values in the same order; where the upstream has a tag, both have it. How records
    compare (there by their JSON schemas) is left to drawloom's own judgement.
    """
    if (
        up.WhichOneof("type") == "union_type"
        and len(up.union_type.variants) == 1
        and _casts(up.union_type.variants[0], down)
    ):
        return True
    return _casts(up, down)


def _casts(up: pb.LiteralType, down: pb.LiteralType) -> bool:  # noqa: PLR0911 - one return for each kind of type
    kind = down.WhichOneof("type")
    if kind == "union_type":
        return _union(up, down)
    if kind == "collection_type":
        return up.WhichOneof("type") == kind and (
            _is_none(up.collection_type) or _casts(up.collection_type, down.collection_type)
        )
    if kind == "map_value_type":
        return up.WhichOneof("type") == kind and (
            _is_none(up.map_value_type) or _casts(up.map_value_type, down.map_value_type)
        )
    if kind == "blob":
        formats = {up.blob.format, down.blob.format} - {""}
        return up.WhichOneof("type") == kind and len(formats) < 2  # noqa: PLR2004 - one format, or none
    if kind in _FRAMES:
        return _frame_casts(up, down)
    if _is_none(down):
        return _is_none(up)
    return _exact(up, down)


def _frame_casts(up: pb.LiteralType, down: pb.LiteralType) -> bool:
    """`schemaTypeChecker` and `structuredDatasetChecker`: None is a frame that is missing; a union is not a frame."""
    have, want = up.WhichOneof("type"), down.WhichOneof("type")
    if have not in _FRAMES:
        return want == "structured_dataset_type" and _is_none(up)
    formats = {_format(up), _format(down)} - {""}
    if len(formats) > 1:
        return False
    given, wanted = _columns(up), _columns(down)
    return not given or all(
        name in given
        and (
            _casts(given[name], column)
            if have == want == "structured_dataset_type"
            else given[name].simple == column.simple
        )
        for name, column in wanted.items()
    )


def _format(frame: pb.LiteralType) -> str:
    """A schema is always parquet, and one schema flows into another whatever either says."""
    return "parquet" if frame.HasField("schema") else frame.structured_dataset_type.format.lower()


def _columns(frame: pb.LiteralType) -> dict[str, pb.LiteralType]:
    if frame.HasField("schema"):
        return {column.name: pb.LiteralType(simple=_simple(column.type + 1)) for column in frame.schema.columns}
    return {column.name: column.literal_type for column in frame.structured_dataset_type.columns}


def _exact(up: pb.LiteralType, down: pb.LiteralType) -> bool:
    """`trivialChecker`: the same type, but for texts and enums."""
    up_kind, down_kind = up.WhichOneof("type"), down.WhichOneof("type")
    if up_kind == "enum_type" and down_kind == "simple" and down.simple == _STRING:
        return True
    if down_kind == "enum_type" and up_kind == "simple" and up.simple == _STRING:
        return True
    if up.structure.tag and up.structure.tag != down.structure.tag:
        return False
    if up_kind == down_kind == "simple" and up.simple == down.simple == _STRUCT:
        return mismatch(up, down) is None
    return bare_type(up) == bare_type(down)


def bare_type(kind: pb.LiteralType) -> pb.LiteralType:
    """A type without metadata, structure and annotation."""
    made = pb.LiteralType()
    made.CopyFrom(kind)
    for field in ("metadata", "structure", "annotation"):
        made.ClearField(field)
    return made


def _union(up: pb.LiteralType, down: pb.LiteralType) -> bool:
    variants = down.union_type.variants
    if up.WhichOneof("type") == "union_type":
        return all(any(castable(each, variant) for variant in variants) for each in up.union_type.variants)
    return len(taking_variants(up, down)) == 1


def taking_variants(up: pb.LiteralType, down: pb.LiteralType) -> list[pb.LiteralType]:
    """The variants of a union that take a type; only where there is exactly one does the type flow."""
    return [variant for variant in down.union_type.variants if castable(up, variant)]


def _is_none(kind: pb.LiteralType) -> bool:
    return kind.WhichOneof("type") == "simple" and kind.simple == _NONE


def type_of_scalar(scalar: pb.Scalar) -> pb.LiteralType | None:  # noqa: PLR0911 - one return for each kind of scalar
    """`literalTypeForScalar`: the type that a constant is taken to have; None for one of an unknown kind."""
    kind = scalar.WhichOneof("value")
    if kind == "primitive":
        value = scalar.primitive.WhichOneof("value")
        return None if value is None else pb.LiteralType(simple=_simple(_PRIMITIVES[value]))
    if kind == "binary":
        return pb.LiteralType(simple=_simple(_STRUCT if scalar.binary.tag == _MSGPACK else _BINARY))
    if kind == "blob":
        return pb.LiteralType(blob=scalar.blob.metadata.type)
    if kind == "schema":
        return pb.LiteralType(schema=scalar.schema.type)
    if kind == "structured_dataset":
        return pb.LiteralType(structured_dataset_type=scalar.structured_dataset.metadata.structured_dataset_type)
    if kind == "union":
        return pb.LiteralType(union_type=pb.UnionType(variants=[scalar.union.type]))
    simple = {"none_type": _NONE, "error": _ERROR, "generic": _STRUCT}.get(kind or "")
    return None if simple is None else pb.LiteralType(simple=_simple(simple))


def type_of_literal(literal: pb.Literal) -> pb.LiteralType | None:
    """`LiteralTypeForLiteral`: the type that a value is taken to have; None for one of an unknown kind or in the store.

    Items of different types make a union of them; a container without items is one of None.
    """
    kind = literal.WhichOneof("value")
    if kind == "scalar":
        return type_of_scalar(literal.scalar)
    if kind == "offloaded_metadata":
        return literal.offloaded_metadata.inferred_type
    if kind not in ("collection", "map"):
        return None
    items = list(literal.collection.literals) if kind == "collection" else list(literal.map.literals.values())
    found: dict[bytes, pb.LiteralType] = {}
    hollow: pb.LiteralType | None = None
    for item in items:
        each = type_of_literal(item)
        if each is None:
            return None
        if item.HasField("collection") and not item.collection.literals:
            hollow = each
        else:
            found.setdefault(each.SerializeToString(deterministic=True), each)
    inner = _one_type([*found.values()] or ([] if hollow is None else [hollow]))
    return pb.LiteralType(collection_type=inner) if kind == "collection" else pb.LiteralType(map_value_type=inner)


def _one_type(types: list[pb.LiteralType]) -> pb.LiteralType:
    if not types:
        return pb.LiteralType(simple=_simple(_NONE))
    return types[0] if len(types) == 1 else _joined(types)


def _joined(types: list[pb.LiteralType]) -> pb.LiteralType:
    """`buildMultipleTypeUnion`: where one of the types is a list of unions, the whole is a list of all that there is."""
    lists = [each.HasField("collection_type") and each.collection_type.HasField("union_type") for each in types]
    union = pb.LiteralType()
    for each, is_list in zip(types, lists, strict=True):
        union.union_type.variants.extend(each.collection_type.union_type.variants if is_list else [each])
    return pb.LiteralType(collection_type=union) if any(lists) else union


def _simple(number: int) -> pb.SimpleType.ValueType:
    return number  # type: ignore[return-value] # pyright: ignore[reportReturnType] - enums of protobuf are ints


def type_of_promise(promise: pb.OutputReference, scope: NodeOutputs, *, whole: bool = False) -> pb.LiteralType | None:
    """The type that a promise is taken to have; None where it is not known. `whole`: of its output, whatever its path.

    A step into a record that does not describe its fields stays at the record: the value in it has no type of its own.
    """
    outputs = scope.get(promise.node_id)
    found = None if outputs is None else outputs.get(promise.var)
    for step in () if whole else promise.attr_path:
        if found is None:
            return None
        found = _one_step(found, step)
    return found


def undescribed_step(promise: pb.OutputReference, scope: NodeOutputs) -> tuple[pb.LiteralType, str] | None:
    """The first field on a promise's path that its record's type does not list, and that type; None if there is none."""
    outputs = scope.get(promise.node_id)
    found = None if outputs is None else outputs.get(promise.var)
    for step in promise.attr_path:
        if found is None:
            return None
        record, found = found, _one_step(found, step)
        if found is None:
            return record, step.string_value
    return None


def _one_step(found: pb.LiteralType, step: pb.PromiseAttribute) -> pb.LiteralType | None:
    kind = found.WhichOneof("type")
    if kind == "collection_type":
        return found.collection_type
    if kind == "map_value_type":
        return found.map_value_type
    fields = found.structure.dataclass_type
    return fields.get(step.string_value) if fields else found

"""Generated literal types, literals that inhabit them, and any message with random fields."""

from hypothesis import strategies as st

from literals import pb

SIMPLE = st.sampled_from([n for n in pb.SimpleType.values() if n not in (7, 8)])
NAMES = st.text("abc", min_size=1, max_size=2)
FORMATS = st.sampled_from(["", "csv", "parquet"])


def _tagged(variants):
    out = pb.LiteralType()
    out.union_type.variants.extend(variants)
    for number, variant in enumerate(out.union_type.variants):
        variant.structure.tag = f"t{number}"
    return out


def _enum(values):
    return pb.LiteralType(enum_type=pb.EnumType(values=values))


def _blob(args):
    return pb.LiteralType(blob=pb.BlobType(format=args[0], dimensionality=args[1]))


def _dataset(args):
    columns = [
        pb.StructuredDatasetType.DatasetColumn(name=n, literal_type=pb.LiteralType(simple=s))
        for n, s in args[1].items()
    ]
    return pb.LiteralType(structured_dataset_type=pb.StructuredDatasetType(format=args[0], columns=columns))


leaves = st.one_of(
    SIMPLE.map(lambda n: pb.LiteralType(simple=n)),
    st.lists(NAMES, min_size=1, max_size=3, unique=True).map(_enum),
    st.tuples(FORMATS, st.integers(0, 1)).map(_blob),
    st.tuples(FORMATS, st.dictionaries(NAMES, SIMPLE, max_size=2)).map(_dataset),
)


def _nested(inner):
    return st.one_of(
        inner.map(lambda t: pb.LiteralType(collection_type=t)),
        inner.map(lambda t: pb.LiteralType(map_value_type=t)),
        st.lists(inner, min_size=1, max_size=3).map(_tagged),
    )


types = st.recursive(leaves, _nested, max_leaves=5)
strict_types = st.recursive(SIMPLE.filter(bool).map(lambda n: pb.LiteralType(simple=n)), _nested, max_leaves=4)
"""Types between which nothing is left to run time, and without NONE, which is also the element type of empty lists."""

_SCALARS = {
    0: st.just(pb.Scalar(none_type=pb.Void())),
    1: st.integers(-(2**63), 2**63 - 1).map(lambda v: pb.Scalar(primitive=pb.Primitive(integer=v))),
    2: st.floats(allow_nan=False).map(lambda v: pb.Scalar(primitive=pb.Primitive(float_value=v))),
    3: st.text(max_size=5).map(lambda v: pb.Scalar(primitive=pb.Primitive(string_value=v))),
    4: st.booleans().map(lambda v: pb.Scalar(primitive=pb.Primitive(boolean=v))),
    5: st.integers(0, 10**9).map(lambda v: pb.Scalar(primitive=pb.Primitive(datetime=pb.Timestamp(seconds=v)))),
    6: st.integers(0, 10**9).map(lambda v: pb.Scalar(primitive=pb.Primitive(duration=pb.Duration(seconds=v)))),
    9: st.binary(max_size=5).map(lambda v: pb.Scalar(binary=pb.Binary(value=v, tag="msgpack"))),
}


def _scalar(strategy):
    return strategy.map(lambda s: pb.Literal(scalar=s))


def literals(kind):
    """Literals that inhabit a type, as the builders write them."""
    which = kind.WhichOneof("type")
    if which == "simple":
        return _scalar(_SCALARS[kind.simple])
    if which == "collection_type":
        return st.lists(literals(kind.collection_type), max_size=3).map(
            lambda items: pb.Literal(collection=pb.LiteralCollection(literals=items))
        )
    if which == "map_value_type":
        return st.dictionaries(NAMES, literals(kind.map_value_type), max_size=3).map(
            lambda items: pb.Literal(map=pb.LiteralMap(literals=items))
        )
    if which == "enum_type":
        values = st.sampled_from(list(kind.enum_type.values))
        return _scalar(values.map(lambda v: pb.Scalar(primitive=pb.Primitive(string_value=v))))
    if which == "blob":
        metadata = pb.BlobMetadata(type=kind.blob)
        return st.just(pb.Literal(scalar=pb.Scalar(blob=pb.Blob(uri="s3://b/k", metadata=metadata))))
    if which == "structured_dataset_type":
        metadata = pb.StructuredDatasetMetadata(structured_dataset_type=kind.structured_dataset_type)
        return st.just(
            pb.Literal(scalar=pb.Scalar(structured_dataset=pb.StructuredDataset(uri="u", metadata=metadata)))
        )
    return st.sampled_from(list(kind.union_type.variants)).flatmap(
        lambda variant: literals(variant).map(
            lambda value: pb.Literal(scalar=pb.Scalar(union=pb.Union(value=value, type=variant)))
        )
    )


typed = types.flatmap(lambda kind: st.tuples(st.just(kind), literals(kind)))


def messages(cls, depth=3):
    """Any message of a class: each field set or not, to random values."""
    return st.builds(
        lambda parts: _fill(cls(), parts), st.dictionaries(st.integers(0, 200), _values(depth), max_size=6)
    )


def _values(depth):
    scalars = st.one_of(
        st.integers(-9, 99),
        st.text(max_size=4),
        st.floats(allow_nan=False, width=32),
        st.booleans(),
        st.binary(max_size=4),
    )
    if not depth:
        return scalars
    return st.one_of(scalars, st.dictionaries(st.integers(0, 200), _values(depth - 1), max_size=4))


def _is_map(field):
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def _cast(field, value):
    """A random value as one that the field takes; None if it cannot be."""
    kind = field.type
    plain = not isinstance(value, dict)
    if kind in (1, 2):
        return float(value) if isinstance(value, (int, float)) else None
    if kind == 8:
        return bool(value)
    if kind == 9:
        return value if isinstance(value, str) else str(value) if plain else None
    if kind == 12:
        return value if isinstance(value, bytes) else None
    if kind == 14:
        return 0 if not isinstance(value, int) else field.enum_type.values[value % len(field.enum_type.values)].number
    return abs(value) if isinstance(value, int) else None


def _fill(message, parts):
    fields = message.DESCRIPTOR.fields
    for number, value in parts.items():
        if not fields:
            break
        field = fields[number % len(fields)]
        repeated = field.is_repeated if hasattr(field, "is_repeated") else field.label == 3
        if _is_map(field):
            inner = field.message_type.fields_by_name["value"]
            if inner.message_type is not None:
                _fill(getattr(message, field.name)[str(number)], value if isinstance(value, dict) else {})
            else:
                getattr(message, field.name)[str(number)] = str(value)[:5]
        elif field.message_type is not None:
            target = getattr(message, field.name)
            target = target.add() if repeated else target
            if not repeated:
                target.SetInParent()
            if not target.DESCRIPTOR.full_name.startswith("google."):
                _fill(target, value if isinstance(value, dict) else {})
        else:
            plain = _cast(field, value)
            if plain is not None and repeated:
                getattr(message, field.name).append(plain)
            elif plain is not None:
                setattr(message, field.name, plain)
    return message

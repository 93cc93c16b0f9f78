"""The best ordinary design, kept to be beaten: closures made once per type that fill and read protobuf messages.

No errors, no hints beyond the cases: what a careful programmer would write in an afternoon.
"""

import dataclasses
import datetime as dt
import enum
import typing

import msgpack

from literals import pb


def codec(hint):
    """(encode to bytes, decode from bytes) for a type."""
    if isinstance(hint, dict):
        return interface(hint)
    fill, read = parts(hint)

    def encode(value):
        literal = pb.Literal()
        fill(literal, value)
        return literal.SerializeToString()

    return encode, lambda data: read(pb.Literal.FromString(data))


def interface(types):
    """(encode, decode) for the inputs of a task: types by name to a map of literals."""
    by_name = {name: parts(hint) for name, hint in types.items()}

    def encode(values):
        message = pb.LiteralMap()
        entries = message.literals
        for name, value in values.items():
            by_name[name][0](entries[name], value)
        return message.SerializeToString()

    def decode(data):
        return {name: by_name[name][1](literal) for name, literal in pb.LiteralMap.FromString(data).literals.items()}

    return encode, decode


def parts(hint):
    """(fill a literal with a value, read a value from a literal)."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is list:
        return listed(*parts(args[0]))
    if origin is dict and args:
        return mapped(*parts(args[1]))
    if origin is typing.Union:
        return union(args)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return choice(hint)
    if dataclasses.is_dataclass(hint) or hasattr(hint, "model_dump") or hint is dict or typing.is_typeddict(hint):
        return record(hint)
    return SIMPLE[hint]


def primitive(field):
    def fill(literal, value):
        setattr(literal.scalar.primitive, field, value)

    return fill, lambda literal: getattr(literal.scalar.primitive, field)


def moment(field, cls):
    def fill(literal, value):
        target = getattr(literal.scalar.primitive, field)
        (target.FromDatetime if cls is dt.datetime else target.FromTimedelta)(value)

    def read(literal):
        held = getattr(literal.scalar.primitive, field)
        return held.ToDatetime(dt.timezone.utc) if cls is dt.datetime else held.ToTimedelta()

    return fill, read


def nothing(literal, _):
    literal.scalar.none_type.SetInParent()


SIMPLE = {
    int: primitive("integer"),
    float: primitive("float_value"),
    str: primitive("string_value"),
    bool: primitive("boolean"),
    dt.datetime: moment("datetime", dt.datetime),
    dt.timedelta: moment("duration", dt.timedelta),
    type(None): (nothing, lambda _: None),
}


def choice(cls):
    def fill(literal, value):
        literal.scalar.primitive.string_value = value.value

    return fill, lambda literal: cls(literal.scalar.primitive.string_value)


def listed(fill_item, read_item):
    def fill(literal, value):
        literal.collection.SetInParent()
        add = literal.collection.literals.add
        for item in value:
            fill_item(add(), item)

    return fill, lambda literal: [read_item(item) for item in literal.collection.literals]


def mapped(fill_item, read_item):
    def fill(literal, value):
        literal.map.SetInParent()
        entries = literal.map.literals
        for key, item in value.items():
            fill_item(entries[key], item)

    return fill, lambda literal: {key: read_item(item) for key, item in literal.map.literals.items()}


TYPES = {int: (1, "int"), float: (2, "float"), str: (3, "str"), type(None): (0, "none")}


def union(args):
    by_class, by_tag = {}, {}
    for arg in args:
        number, tag = TYPES[arg]
        fill, read = parts(arg)
        by_class[arg] = (fill, pb.LiteralType(simple=number, structure=pb.TypeStructure(tag=tag)))
        by_tag[tag] = read

    def fill(literal, value):
        inner, kind = by_class[type(value)]
        held = literal.scalar.union
        inner(held.value, value)
        held.type.CopyFrom(kind)

    def read(literal):
        held = literal.scalar.union
        return by_tag[held.type.structure.tag](held.value)

    return fill, read


def record(cls):
    dump = dataclasses.asdict if dataclasses.is_dataclass(cls) else getattr(cls, "model_dump", lambda value: value)

    def fill(literal, value):
        literal.scalar.binary.tag = "msgpack"
        literal.scalar.binary.value = msgpack.packb(dump(value))

    build = builder(cls)
    return fill, lambda literal: build(msgpack.unpackb(literal.scalar.binary.value))


def builder(cls):
    """Nested dataclasses back from dicts."""
    if hasattr(cls, "model_validate"):
        return cls.model_validate
    if typing.get_origin(cls) is list and dataclasses.is_dataclass(typing.get_args(cls)[0]):
        inner = builder(typing.get_args(cls)[0])
        return lambda values: [inner(value) for value in values]
    if not dataclasses.is_dataclass(cls):
        return lambda value: value
    hints = typing.get_type_hints(cls)
    nested = {
        name: builder(hint)
        for name, hint in hints.items()
        if dataclasses.is_dataclass(hint) or typing.get_origin(hint) is list
    }

    def build(tree):
        for name, make in nested.items():
            tree[name] = make(tree[name])
        return cls(**tree)

    return build

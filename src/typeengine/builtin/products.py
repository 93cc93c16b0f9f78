"""tuple[A, B], NamedTuple and TypedDict as values, in the form that the Flyte 2 SDK writes.

That is a struct keyed by `item_0` ... or by field name, with a schema in pydantic's wording. Inside other structs a tuple and
a NamedTuple are arrays.

A key of a TypedDict that is not required and not there is nil (or left out, where None is a value of its own).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple, cast, get_origin

from literals import class_of, is_dict, named_tuple_fields, pb, preview
from typeengine.builtin.msgpack_structs import mark_msgpack, struct_codec, with_read
from typeengine.builtin.plain_lists import tuples
from typeengine.builtin.pydantic_wording import reworded, rewordings, with_utf8_texts
from typeengine.builtin.records import RecordField, record_codec
from typeengine.codec import Codec, MakeSchema, Open, Plain, SchemaContext
from typeengine.errors import TypeTransformerFailedError, wrong_literal, wrong_value
from typeengine.hints.class_annotations import annotations_of
from typeengine.hints.forms import Form, Special
from typeengine.registry import CodecResolver, CodecRow
from typeengine.wire.foreign_literals import MSGPACK, foreign
from typeengine.wire.literal_bytes import struct_bytes
from typeengine.wire.plain_values import pack, plain_struct, unpack

_TAG: Final = "Pydantic Transformer"
_MARK: Final = re.compile(r"(?:\w+\.)*(Required|NotRequired)\[")


def _titled(name: str) -> str:
    return name.replace("_", " ").title()


def _is_reference(schema: dict[str, Any]) -> bool:
    """Whether a schema is a class' definition, or None or such, which gets no title."""
    some = [one for one in schema.get("anyOf", [schema]) if one != {"type": "null"}]
    return len(some) == 1 and "$ref" in some[0]


class _Default(NamedTuple):
    """A field's default, in the place of a plain form that is not there."""

    value: Any


def _type_maker(title: str, names: tuple[str, ...], codecs: tuple[Codec, ...]) -> Callable[[Open], Any]:
    """The literal type of a product: an object schema with titles, its parts as pydantic words them."""

    def make(_: Open) -> Any:
        context = SchemaContext(references=True)
        properties: dict[str, Any] = {}
        for name, codec in zip(names, codecs, strict=True):
            inner = codec.make_schema(context)
            properties[name] = inner if _is_reference(inner) else {**inner, "title": _titled(name)}
        schema: dict[str, Any] = {"title": title, "type": "object", "properties": properties, "required": list(names)}
        if not names:
            del schema["required"]
        if context.definitions:
            schema["$defs"] = context.definitions
        out = pb.LiteralType(simple=pb.SimpleType.Value("STRUCT"), metadata=plain_struct(schema))
        mark_msgpack(out)
        out.structure.tag = _TAG
        return out

    return make


def tuple_codec(form: Form, resolver: CodecResolver) -> Codec:
    """A tuple of fixed length."""
    codecs = tuple(
        with_utf8_texts(resolver.codec(arg, f"[{index}]"), resolver.scope) for index, arg in enumerate(form.args or ())
    )
    names = tuple(f"item_{index}" for index in range(len(codecs)))
    return _product(
        form,
        resolver,
        codecs,
        names,
        title="TupleWrapper_Tuple" if form.values else "TupleWrapper_tuple",
        tag="Typed Tuple",
        made=tuple,
        cls=tuple,
        fields=tuple(f"[{index}]" for index in range(len(codecs))),
    )


def named_tuple_codec(form: Form, resolver: CodecResolver) -> Codec:
    """A NamedTuple."""
    cls: Any = form.origin
    hints = annotations_of(form, resolver.scope)
    names: tuple[str, ...] = cls._fields
    codecs = tuple(_member(resolver, hints, name) for name in names)
    return _product(
        form,
        resolver,
        codecs,
        names,
        title=f"NamedTupleWrapper_{cls.__name__}",
        tag="NamedTuple",
        made=cls._make,  # a __new__ of the user's ran when the value was made
        cls=cls,
        fields=tuple(f".{name}" for name in names),
    )


def _member(resolver: Any, hints: Any, name: str) -> Codec:
    hint, scope = hints.get(name, (Any, resolver.scope))
    return with_utf8_texts(resolver.within(scope).codec(hint, f".{name}"), scope)


def _product(  # noqa: C901 - a codec's functions share what surrounds them
    form: Form,
    resolver: CodecResolver,
    codecs: tuple[Codec, ...],
    names: tuple[str, ...],
    *,
    title: str,
    tag: str,
    made: Callable[[list[Any]], Any],
    cls: type,
    fields: tuple[str, ...],
) -> Codec:
    """A tuple class: an array in its plain form, an object in its literal."""
    count, known = len(codecs), frozenset(names)
    defaults = {name: _Default(value) for name, value in getattr(cls, "_field_defaults", {}).items()}

    def parts(value: Any) -> tuple[Any, ...]:
        if type(value) not in (tuple, cls):
            lost = (
                f"; as one, this value would lose that it is a {type(value).__name__}" if isinstance(value, cls) else ""
            )
            raise wrong_value(f"{form}{lost}", value)
        if len(value) != count:
            raise wrong_value(f"{form}, which has {count} items", value)
        return value

    def each(convert: str, values: Any) -> list[Any]:
        out: list[Any] = []
        for codec, value, field in zip(codecs, values, fields, strict=True):
            try:
                out.append(value.value if type(value) is _Default else getattr(codec, convert)(value))
            except TypeTransformerFailedError as error:  # noqa: PERF203 - the path is in the error only if there is one
                raise error.at(field) from error.__cause__
        return out

    def to_plain(value: Any) -> list[Plain]:
        return each("to_plain", parts(value))

    rewords = rewordings(dict(zip(names, codecs, strict=True)))

    def encode(value: Any) -> bytes:
        return struct_bytes(pack(reworded(dict(zip(names, to_plain(value), strict=True)), rewords)))

    def from_plain(tree: Plain) -> Any:
        if type(tree) is dict and tree.keys() <= known and known - tree.keys() <= defaults.keys():
            return made(each("from_plain", [tree[name] if name in tree else defaults[name] for name in names]))
        if type(tree) is not list or len(tree) != count:
            raise wrong_literal(f"{form}, which has {count} items", preview(tree))
        return made(each("from_plain", tree))

    def accepts(value: Any) -> bool:
        return (
            type(value) is cls
            and len(value) == count
            and all(codec.accepts(part) for codec, part in zip(codecs, value, strict=True))
        )

    def read(literal: pb.Literal) -> Any:
        scalar = literal.scalar
        if scalar.WhichOneof("value") == "binary" and scalar.binary.tag == MSGPACK:
            return from_plain(unpack(scalar.binary.value))
        return foreign(literal, read, from_plain, str(form))

    base = struct_codec(
        form,
        resolver.options,
        tag=tag,
        to_plain=to_plain,
        from_plain=from_plain,
        accepts=accepts,
        classes=(cls,),
        make_schema=_array_maker(cls, names, codecs),
        make_type=_type_maker(title, names, codecs),
        described=False,
        kinds=(list, dict),
        # A NamedTuple may have a `_make` of the user's.
        to_plains=tuples(codecs, "to_plains") if cls is tuple and codecs else None,
        from_plains=tuples(codecs, "from_plains") if cls is tuple and codecs else None,
    )
    return with_read(base, read, encode=encode)


def _array_maker(cls: type, names: tuple[str, ...], codecs: tuple[Codec, ...]) -> MakeSchema:
    """The schema of a product inside others: an array; in pydantic's wording a NamedTuple is a definition of its own."""

    def make_schema(context: SchemaContext) -> dict[str, Any]:
        if not context.references or cls is tuple:
            return _array_schema([codec.make_schema(context) for codec in codecs])
        if cls.__name__ not in context.definitions:
            context.definitions[cls.__name__] = {}  # a class inside itself ends here
            items = [codec.make_schema(context) for codec in codecs]
            titled = [
                item if _is_reference(item) else {**item, "title": _titled(name)}
                for name, item in zip(names, items, strict=True)
            ]
            context.definitions[cls.__name__] = _array_schema(titled)
        return {"$ref": f"#/$defs/{cls.__name__}"}

    return make_schema


def _array_schema(items: list[Any]) -> dict[str, Any]:
    bounds = {"minItems": len(items), "maxItems": len(items)} if items else {"maxItems": 0}
    return {"type": "array", **({"prefixItems": items} if items else {}), **bounds}


def typed_dict_codec(form: Form, resolver: CodecResolver) -> Codec:
    """A TypedDict, with keys that are required or not."""
    cls: Any = form.origin
    found = tuple(_key(resolver, cls, name, hint, scope) for name, (hint, scope) in _declared(form, resolver).items())
    names = frozenset(field.name for field in found)
    total = bool(found) and all(field.required for field in found)

    def is_value(value: Any) -> bool:
        return isinstance(value, dict)

    inner = record_codec(
        form,
        resolver,
        found,
        _builder(found),
        title=f"TypedDictWrapper_{cls.__name__}",
        tag=_TAG,
        get=_MissingKey.get,
        is_value=is_value,
        accept_dict=False,
        total=total,
    )
    plain_of = cast("Callable[[Any], dict[str, Plain]]", inner.to_plain)  # of a record it is a dict

    def to_plain(value: Any) -> dict[str, Plain]:
        if total and class_of(value) is dict and value.keys() == names:
            return plain_of(value)
        if not is_dict(value):
            raise wrong_value(str(form), value)
        for name in value:
            if name not in names:
                raise wrong_value(f"the keys of {form}: {', '.join(sorted(names))}", name).at(f"[{preview(name)}]")
        for field in found:
            if field.required and field.name not in value:
                raise wrong_value(f"{form} with the key {field.name!r}", value, fix=f"add the key {field.name!r}")
        return {key: part for key, part in plain_of(value).items() if part is not _MissingKey}

    def accepts(value: Any) -> bool:
        return (
            isinstance(value, dict)
            and value.keys() <= names
            and all(
                field.codec.accepts(value[field.name]) if field.name in value else not field.required for field in found
            )
        )

    def make_type(open_: Open) -> Any:
        out = _type_maker(f"TypedDictWrapper_{cls.__name__}", (), ())(open_)
        context = SchemaContext(references=True)
        reference = inner.make_schema(context)
        title = reference.get("$ref", "").rpartition("/")[2]
        schema = context.definitions.pop(title)
        if context.definitions:
            schema = {**schema, "$defs": context.definitions}
        out.metadata.CopyFrom(plain_struct(schema))
        return out

    rewords = rewordings({field.name: field.codec for field in found})

    return inner.with_changes(
        tag="TypedDict",
        encode=lambda value: struct_bytes(pack(reworded(to_plain(value), rewords))),
        to_plain=to_plain,
        accepts=accepts,
        classes=(dict,),
        make_type=make_type,
        described=False,
        decode=inner.decode,
        to_plains=inner.to_plains,
        from_plains=inner.from_plains,
    )


def _builder(found: tuple[RecordField, ...]) -> Callable[[dict[str, Any]], Any]:
    """How the dict is made: its keys as they were declared, without those whose None says that they are not there."""

    def build(values: dict[str, Any]) -> Any:
        return {
            field.name: values[field.name]
            for field in found
            if field.name in values and not (field.default is _MissingKey and values[field.name] is None)
        }

    return build


class _MissingKey:
    """Stands for a key that is not there, and may not be, while a TypedDict is written."""

    @staticmethod
    def get(value: Any, name: str) -> Any:
        return value.get(name, _MissingKey)


def _declared(form: Form, resolver: CodecResolver) -> dict[str, Any]:
    hints = annotations_of(form, resolver.scope)
    if hints:
        bases = [
            base for base in getattr(form.origin, "__orig_bases__", ()) if _is_typed_dict(get_origin(base) or base)
        ]
        for base in bases:
            inherited = _declared(resolver.form(base), resolver)
            hints = {**inherited, **{name: pair for name, pair in hints.items() if name not in inherited}}
    return hints


def _key(resolver: Any, cls: Any, name: str, hint: Any, scope: Any) -> RecordField:
    required = _is_required(cls, name, hint)
    codec: Codec = with_utf8_texts(resolver.within(scope).codec(hint, f"[{name!r}]"), scope)
    if required:
        return RecordField(name=name, key=name, codec=codec, required=True)
    if codec.accepts(None):
        return RecordField(name=name, key=name, codec=_skipping(codec), required=False)
    return RecordField(name=name, key=name, codec=_nullable(codec), required=False, default=_MissingKey)


def _is_required(cls: Any, name: str, hint: object) -> bool:
    """Whether the key must be there. An annotation that is still a text hides its mark from Python's own answer."""
    text = hint if isinstance(hint, str) else getattr(hint, "__forward_arg__", None)
    found = _MARK.match(text.strip()) if isinstance(text, str) else None
    mark = found[1] if found is not None else getattr(get_origin(hint), "_name", None)
    return mark == "Required" if mark in {"Required", "NotRequired"} else name in cls.__required_keys__


def _skipping(codec: Codec) -> Codec:
    """A codec that passes the mark of absence on."""

    def to_plain(value: Any) -> Any:
        return value if value is _MissingKey else codec.to_plain(value)

    return codec.with_changes(
        to_plain=to_plain,
        accepts=lambda value: value is _MissingKey or codec.accepts(value),
        decode=codec.decode,
    )


def _nullable(codec: Codec) -> Codec:
    """A codec whose absence is nil."""
    return codec.with_changes(
        form=Form(Special.UNION, (codec.form,), spelling=f"{codec.form} | None"),
        to_plain=lambda value: None if value is _MissingKey else codec.to_plain(value),
        from_plain=lambda tree: None if tree is None else codec.from_plain(tree),
        accepts=lambda value: value is _MissingKey or codec.accepts(value),
        make_schema=lambda context: {"anyOf": [codec.make_schema(context), {"type": "null"}]},
        decode=codec.decode,
    )


def _is_typed_dict(cls: Any) -> bool:
    return isinstance(cls, type) and hasattr(cls, "__total__") and hasattr(cls, "__required_keys__")


def _is_named_tuple(cls: Any) -> bool:
    return named_tuple_fields(cls) is not None


ROWS: Final = (
    CodecRow("tuple[A, B]", lambda form: form.origin is tuple, tuple_codec),
    CodecRow("NamedTuple", lambda form: _is_named_tuple(form.cls), named_tuple_codec),
    CodecRow("TypedDict", lambda form: _is_typed_dict(form.cls), typed_dict_codec),
)

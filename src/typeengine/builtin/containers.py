"""list, set, frozenset, deque and variadic tuple (a collection of literals); dict with str keys (a map of literals).

The abstract names (Sequence, Iterable, Collection, Mapping, Set ...) come back as list, dict and set. A set is written in
the order of its elements' bytes, so equal sets are equal bytes in every process. A bare list, tuple, set or dict, a dict
whose keys are not str, and OrderedDict (whose order counts) are msgpack: `builtin.structs`.
"""

from __future__ import annotations

import collections
import collections.abc
from collections.abc import Callable, Iterable
from typing import Any, Final

from literals import (
    WireError,
    class_of,
    list_decoding,
    list_encoding,
    map_entries,
    pb,
    preview,
    short_maps,
    unpack_map,
)  # fmt: skip
from typeengine.builtin.container_checks import check_hashable, nested_depth
from typeengine.builtin.msgpack_structs import dict_codec, ordered_codec, untyped_codec
from typeengine.builtin.plain_lists import dicts, lists
from typeengine.builtin.scalars import PRIMITIVE
from typeengine.codec import (
    ELEMENTS,
    NESTED,
    TOGETHER,
    Codec,
    MakeSchema,
    Open,
    Plain,
    SchemaContext,
    convert_all,
    convert_few,
    decode_all,
    decode_whole,
    plain_decode,
)
from typeengine.errors import TypeTransformerFailedError, wrong_literal, wrong_value
from typeengine.hints.forms import Form
from typeengine.registry import CodecResolver, CodecRow
from typeengine.wire.foreign_literals import foreign

_LISTS: Final[frozenset[Any]] = frozenset(
    {
        list,
        collections.abc.Sequence,
        collections.abc.MutableSequence,
        collections.abc.Iterable,
        collections.abc.Collection,
        collections.abc.Reversible,
    }
)
_SETS: Final[frozenset[Any]] = frozenset({set, collections.abc.Set, collections.abc.MutableSet})
_DICTS: Final[frozenset[Any]] = frozenset({dict, collections.abc.Mapping, collections.abc.MutableMapping})
_DICT_CLASSES: Final[frozenset[Any]] = frozenset({collections.defaultdict, collections.Counter})
_TEXT = (str, bytes, bytearray)
_SEQUENCES: Final = frozenset({list, tuple})
_MAP: Final = 0x1A
_STR: Final = {str}
_EMPTY: Final = b"\x12\x00"


def _is(origins: Iterable[Any]) -> Callable[[Form], bool]:
    wanted = frozenset(origins)
    return lambda form: form.origin in wanted


def _collection(form: Form, resolver: CodecResolver, cls: type, tag: str, shape: Callable[[Any], bool]) -> Codec:  # noqa: C901 - a codec's functions share what surrounds them
    """A codec for values that are a collection of one type of element; `cls` makes the value from a list."""
    item: Codec = resolver.codec(form.args[0] if form.args else Any, "[item]")
    ordered = not issubclass(cls, (set, frozenset))
    encode_item = item.encode
    plain = cls is list

    def check(value: Any) -> Any:
        if not shape(value):
            raise wrong_value(str(form), value)
        return value

    def encode(value: Any) -> bytes:
        check(value)
        if type(value) in _SEQUENCES and not value:
            return _EMPTY
        if item.many is not None and type(value) in _SEQUENCES:
            whole = item.many(value)
            if whole is not None:
                return whole
        kind = item.extra.get(NESTED)
        parts = list_encoding.nested(value, kind) if kind is not None and type(value) in _SEQUENCES else None
        if parts is None:
            parts = convert_all(encode_item, value)
        return list_encoding.collection(parts if ordered else sorted(parts))

    def read(literal: pb.Literal) -> Any:
        if literal.WhichOneof("value") == "collection":
            return made(convert_all(item.read, literal.collection.literals))
        return foreign(literal, read, from_plain, str(form))

    def to_plain(value: Any) -> Plain:
        if class_of(value) is list and item.to_plains is not None and plain:
            whole = item.to_plains(value)
            if whole is not None:
                return whole
        parts = convert_all(item.to_plain, check(value))
        return parts if ordered else _sorted_plain(parts)

    def from_plain(tree: Plain) -> Any:
        if not isinstance(tree, list):
            raise wrong_literal(str(form), preview(tree))
        if item.from_plains is not None:
            whole = item.from_plains(tree)
            if whole is not None:
                return made(whole)
        return made(convert_all(item.from_plain, tree))

    def made(values: list[Any]) -> Any:
        if cls is list:
            return values
        try:
            return cls(values)
        except TypeError as error:
            raise wrong_literal(f"hashable elements of {form}", str(error)) from error

    def make_type(open_: Open) -> Any:
        return pb.LiteralType(collection_type=item.make_type(open_))

    return Codec(
        form,
        tag=tag,
        make_type=make_type,
        encode=encode,
        read=read,
        decode=_list_decoder(item, made, plain_decode(read)),
        to_plain=to_plain,
        from_plain=from_plain,
        accepts=lambda value: shape(value) and all(item.accepts(part) for part in value),
        classes=(cls,),
        make_schema=_list_schema(item, {} if ordered else {"uniqueItems": True}),
        kinds=(list,),
        extra=_list_extra(item, plain=plain),
        to_plains=lists(item, "to_plains") if plain else None,
        from_plains=lists(item, "from_plains") if plain else None,
        plain_only=item.plain_only and f"[item]{item.plain_only}",
        depth=nested_depth(form, item.depth, 2),
    )


def _list_extra(item: Codec, *, plain: bool) -> dict[str, Any]:
    """What is known of a list's codec; `plain`: its values are lists."""
    extra: dict[str, Any] = {"item": item}
    if plain:
        extra[ELEMENTS] = list
        if PRIMITIVE in item.extra and item.many is not None and item.column is not None:
            extra[NESTED] = item.extra[PRIMITIVE]
    return extra


def _list_schema(item: Codec, more: dict[str, Any]) -> MakeSchema:
    return lambda context: {"type": "array", "items": item.make_schema(context), **more}


def _list_decoder(
    item: Codec, made: Callable[[list[Any]], Any], walk: Callable[[bytes], Any]
) -> Callable[[bytes], Any]:
    """Decoding a list from its bytes: by its column, else literal by literal."""

    def decode(data: bytes) -> Any:
        if data == _EMPTY:
            return made([])
        if item.column is not None:
            values = item.column(data)
            if values is not None:
                return made(values)
        literals = list_decoding.parts(data)
        return walk(data) if literals is None else made(decode_all(item, literals))

    return decode


def _sorted_plain(parts: list[Any]) -> list[Plain]:
    try:
        return sorted(parts)
    except TypeError:
        return sorted(parts, key=repr)


def _list(form: Form, resolver: CodecResolver) -> Codec:
    if form.args is None:
        return untyped_codec(form, list, "Typed List", resolver.options)
    if form.origin is list:
        return _collection(form, resolver, list, "Typed List", lambda value: isinstance(value, list))

    def shape(value: Any) -> bool:
        return isinstance(value, form.origin) and not isinstance(value, (*_TEXT, collections.abc.Iterator, dict))

    return _collection(form, resolver, list, "Typed List", shape)


def _set(form: Form, resolver: CodecResolver) -> Codec:
    if form.args is None:
        return untyped_codec(form, set, "Typed Set", resolver.options)
    check_hashable(form.args[0], form, "[item]")
    return _collection(form, resolver, set, "Typed Set", lambda value: isinstance(value, collections.abc.Set))


def _frozenset(form: Form, resolver: CodecResolver) -> Codec:
    if form.args is None:
        return untyped_codec(form, frozenset, "Typed FrozenSet", resolver.options)
    check_hashable(form.args[0], form, "[item]")
    return _collection(form, resolver, frozenset, "Typed FrozenSet", lambda value: isinstance(value, frozenset))


def _deque(form: Form, resolver: CodecResolver) -> Codec:
    if form.args is None:
        codec = untyped_codec(form, collections.deque, "Typed Deque", resolver.options)
    else:
        codec = _collection(
            form, resolver, collections.deque, "Typed Deque", lambda value: isinstance(value, collections.deque)
        )

    def check(value: Any) -> Any:
        if getattr(value, "maxlen", None) is not None:
            raise wrong_value(
                f"{form} without a maxlen, which would be lost",
                value,
                fix="pass deque(value), and bound it where it is used",
            )
        return value

    return _checked(codec, check)


def _checked(codec: Codec, check: Callable[[Any], Any]) -> Codec:
    """A codec that looks at a value before it writes it."""
    return codec.with_changes(
        encode=lambda value: codec.encode(check(value)),
        to_plain=lambda value: codec.to_plain(check(value)),
        decode=codec.decode,
        from_plains=codec.from_plains,
        extra={**codec.extra},
    )


def _variadic(form: Form, resolver: CodecResolver) -> Codec:
    return _collection(form, resolver, tuple, "Typed Tuple", lambda value: isinstance(value, tuple))


def _bare_tuple(form: Form, resolver: CodecResolver) -> Codec:
    return untyped_codec(form, tuple, "Typed Tuple", resolver.options)


def _dict(form: Form, resolver: CodecResolver) -> Codec:
    if form.args is None:
        return untyped_codec(form, dict, "Typed Dict", resolver.options)
    return _keyed(form, resolver, form.args[0], form.args[1] if len(form.args) > 1 else Any, dict)


def _keyed(form: Form, resolver: CodecResolver, key: object, value: Any, cls: type) -> Codec:
    key_form: Form = resolver.form(key)
    if key_form.bare.origin is str:
        return _str_map(form, resolver.codec(value, "[value]"), cls, resolver.codec(key_form, "[key]"))
    check_hashable(key_form, form, "[key]")
    keys, items = resolver.codec(key_form, "[key]"), resolver.codec(value, "[value]")
    wanted = form.origin
    return dict_codec(form, resolver.options, keys, items, wanted, _rebuilt(form, cls))


def _counter(form: Form, resolver: CodecResolver) -> Codec:
    if not form.args:
        return untyped_codec(form, collections.Counter, "Typed Dict", resolver.options)
    return _keyed(form, resolver, form.args[0], int, collections.Counter)


def _defaultdict(form: Form, resolver: CodecResolver) -> Codec:
    if form.args is None:
        codec = untyped_codec(form, collections.defaultdict, "Typed Dict", resolver.options)
    else:
        codec = _keyed(form, resolver, form.args[0], form.args[1], collections.defaultdict)
    factory = _factory(form)

    def check(value: Any) -> Any:
        if issubclass(class_of(value), collections.defaultdict) and value.default_factory is not factory:
            made = getattr(factory, "__name__", None)
            raise wrong_value(
                f"{form} whose default_factory is {made}, for no other comes back",
                value,
                fix=f"make it with defaultdict({made}, ...), or declare dict",
            )
        return value

    return _checked(codec, check)


def _ordered(form: Form, resolver: CodecResolver) -> Codec:
    if form.args is None:
        return untyped_codec(form, collections.OrderedDict, "Typed Dict", resolver.options)
    keys, items = resolver.codec(form.args[0], "[key]"), resolver.codec(form.args[1], "[value]")
    return ordered_codec(form, resolver.options, keys, items)


def _rebuilt(form: Form, cls: Any) -> Callable[[dict[Any, Any]], Any]:
    """How the value is made from a dict; a defaultdict gets the class of its values as its factory."""
    if cls is dict:
        return lambda values: values
    if cls is collections.defaultdict:
        factory = _factory(form)
        return lambda values: collections.defaultdict(factory, values)
    return cls


def _factory(form: Form) -> Any:
    """The default_factory that a defaultdict of this type comes back with."""
    value = form.args[1].origin if form.args else None
    return value if value in (int, float, str, bool, list, dict, set) else None


def _str_map(form: Form, item: Codec, cls: type, key: Codec) -> Codec:  # noqa: C901 - a codec's functions share what surrounds them
    """A dict with str keys: a map of literals, entries in the dict's order."""
    made = _rebuilt(form, cls)
    expected: Any = form.origin

    plain_key = key.to_plain
    exact = key.form.origin is str
    whole = _map_writer(item)
    plain = exact and cls is dict
    plain_dicts, typed_dicts = dicts(item, "to_plains"), dicts(item, "from_plains")

    def each(convert: Callable[[Any], Any], values: Any) -> dict[str, Any]:
        out: dict[Any, Any] = {}
        name: Any = None
        try:
            for name, part in values.items():
                out[name if exact and type(name) is str else plain_key(name)] = convert(part)
        except TypeTransformerFailedError as error:
            raise error.at(f"[{_key_text(name)}]") from error.__cause__
        return out

    def check(value: Any) -> Any:
        if not isinstance(value, expected):
            raise wrong_value(str(form), value)
        return value

    def encode(value: Any) -> bytes:
        data = whole(value) if type(check(value)) is dict and exact else None
        if data is not None:
            return data
        try:
            return list_encoding.mapping(each(item.encode, value))
        except UnicodeEncodeError:
            raise wrong_value("keys without lone surrogates", value) from None

    def read(literal: pb.Literal) -> Any:
        if literal.WhichOneof("value") == "map":
            return made(each(item.read, map_entries(literal.map)))
        return foreign(literal, read, from_plain, str(form))

    def to_plain(value: Any) -> Plain:
        if plain and type(value) is dict:
            whole = plain_dicts([value])
            if whole is not None:
                return whole[0]
        return each(item.to_plain, check(value))

    def from_plain(tree: Plain) -> Any:
        if not isinstance(tree, dict):
            raise wrong_literal(str(form), preview(tree))
        if plain and type(tree) is dict:
            whole = typed_dicts([tree])
            if whole is not None:
                return whole[0]
        return made(each(item.from_plain, tree))

    def make_type(open_: Open) -> Any:
        return pb.LiteralType(map_value_type=item.make_type(open_))

    return Codec(
        form,
        tag="Typed Dict",
        make_type=make_type,
        encode=encode,
        read=read,
        decode=_map_decoder(item, made, each, plain_decode(read)),
        to_plain=to_plain,
        from_plain=from_plain,
        accepts=_map_check(item, expected),
        classes=(cls,),
        make_schema=_map_schema(item),
        kinds=(dict,),
        extra={"item": item, ELEMENTS: dict} if plain else {"item": item},
        to_plains=plain_dicts if plain else None,
        from_plains=typed_dicts if plain else None,
        plain_only=item.plain_only and f"[value]{item.plain_only}",
        depth=nested_depth(form, item.depth, 3),
    )


def _map_writer(item: Codec) -> Callable[[dict[Any, Any]], bytes | None]:
    """Writing a dict of primitives, or of lists of primitives, as a whole; None where it must be written value by value."""

    def write(value: dict[Any, Any]) -> bytes | None:
        texts = len(value) <= short_maps.FEW and _STR.issuperset(map(type, value))
        few = convert_few(item.encode, value) if texts else None
        if few is None and item.many is not None and (primitive := item.extra.get(PRIMITIVE)):
            return list_encoding.keyed(value, primitive)
        kind, together = item.extra.get(NESTED), item.extra.get(TOGETHER)
        if few is None and value and (kind or together) and set(map(type, value)) == _STR:
            places = [f"[{_key_text(name)}]" for name in value] if together else []
            parts = together([*value.values()], places) if together else list_encoding.nested(value.values(), str(kind))
            few = None if parts is None else dict(zip(value, parts, strict=True))
        try:
            return None if few is None else (short_maps.packed(few) if texts else None) or list_encoding.mapping(few)
        except UnicodeEncodeError:
            return None

    return write


def _map_check(item: Codec, expected: Any) -> Callable[[Any], bool]:
    def accepts(value: Any) -> bool:
        return (
            isinstance(value, expected)
            and all(isinstance(name, str) for name in value)
            and all(item.accepts(part) for part in value.values())
        )

    return accepts


def _map_schema(item: Codec) -> MakeSchema:
    def make_schema(context: SchemaContext) -> dict[str, Any]:
        inner = item.make_schema(context)
        values = {"additionalProperties": inner} if inner else {}
        if context.references:
            return {"type": "object", **values}
        return {"type": "object", **values, "propertyNames": {"type": "string"}}

    return make_schema


def _map_decoder(
    item: Codec, made: Callable[[Any], Any], each: Callable[..., dict[str, Any]], walk: Callable[[bytes], Any]
) -> Callable[[bytes], Any]:
    """Decoding a map from its bytes, in the order that the entries have there."""
    primitive: str = item.extra.get(PRIMITIVE, "")

    def decode(data: bytes) -> Any:
        few = short_maps.entries(data) if len(data) <= short_maps.LONGEST else None
        if few is not None and (values := convert_few(item.decode, few)) is not None:
            return made(values)
        if len(data) > short_maps.LONGEST and primitive and item.column is not None:
            values = list_decoding.keyed(data, primitive)
            if values is not None:
                return made(values)
        found = list_decoding.entries(data) if len(data) > short_maps.LONGEST else None
        if found is not None:
            try:
                whole = decode_whole(item, found[1])
            except TypeTransformerFailedError:
                whole = None  # value by value finds the place
            return made(
                each(item.decode, dict(zip(*found, strict=True)))
                if whole is None
                else dict(zip(found[0], whole, strict=True))
            )
        start = list_decoding.payload(data, _MAP)
        if start is None:
            return walk(data)
        try:
            entries = unpack_map(data[start:])
        except WireError:
            return walk(data)
        return made(each(item.decode, entries))

    return decode


def _key_text(name: object) -> str:
    return f'"{name}"' if isinstance(name, str) else preview(name)


ROWS: Final = (
    CodecRow("list", _is(_LISTS), _list),
    CodecRow("set", _is(_SETS), _set),
    CodecRow("frozenset", _is({frozenset}), _frozenset),
    CodecRow("deque", _is({collections.deque}), _deque),
    CodecRow("dict", _is(_DICTS), _dict),
    CodecRow("Counter", _is({collections.Counter}), _counter),
    CodecRow("defaultdict", _is({collections.defaultdict}), _defaultdict),
    CodecRow("OrderedDict", _is({collections.OrderedDict}), _ordered),
    CodecRow("tuple[T, ...]", lambda form: form.origin is tuple and form.variadic, _variadic),
    CodecRow("tuple", lambda form: form.origin is tuple and form.args is None, _bare_tuple),
)

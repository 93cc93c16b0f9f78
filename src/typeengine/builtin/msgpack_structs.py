"""Types that travel as a struct: a Binary of msgpack under the simple type STRUCT.

Here: the codec around any pair of `to_plain` and `from_plain`, untyped containers (their values must be plain), dicts whose
keys are not str, and OrderedDict. A key whose plain form is not a scalar makes the dict an array of pairs. The literal type
carries flytekit's annotation `cache-key-metadata`. With `legacy_structs` a Struct (JSON) is written, as flytekit did
before 1.14; both are always read.
"""

from __future__ import annotations

import collections
import functools
import math
from collections.abc import Callable, Iterable
from typing import Any, Final

from literals import class_of, list_decoding, list_encoding, map_entries, pb, preview, too_deep
from typeengine.codec import (
    Codec,
    MakeSchema,
    MakeType,
    Open,
    Plain,
    SchemaContext,
    any_schema,
    convert_all,
    plain_decode,
)
from typeengine.errors import TypeTransformerFailedError, wrong_literal, wrong_value
from typeengine.hints.forms import Form
from typeengine.wire.foreign_literals import MSGPACK, foreign
from typeengine.wire.literal_bytes import MSGPACK_SUFFIX, binary_literal, struct_bytes, struct_literal, with_metadata
from typeengine.wire.plain_values import array_head, pack, pack_readable, plain_struct, unpack, without_tuples
from typeengine.wire.scalar_decoders import STRUCT_HEADS

_PAIR: Final = 2
_LONGEST_NUMBER: Final = 64
"""Characters of an int of 64 bits as text, with room for signs and spaces."""
STRUCT: Final = "struct"
"""Marks a codec, in its `extra`, whose literals are structs: hashes inside them have no literal of their own to be on."""
_UNHASHABLE = (list, dict)


def struct_type(_: Open = frozenset()) -> Any:
    """The literal type of a struct that says nothing of its fields."""
    out = pb.LiteralType(simple=pb.SimpleType.Value("STRUCT"))
    mark_msgpack(out)
    return out


def mark_msgpack(literal_type: pb.LiteralType) -> None:
    """Set the annotation by which the server knows that a struct is msgpack."""
    fields = literal_type.annotation.annotations.fields
    fields["cache-key-metadata"].struct_value.fields["serialization-format"].string_value = MSGPACK


def struct_codec(
    form: Form,
    options: Any,
    *,
    tag: str,
    to_plain: Callable[[Any], Plain],
    from_plain: Callable[[Plain], Any],
    accepts: Callable[[Any], bool],
    classes: tuple[type, ...] = (),
    make_schema: MakeSchema = any_schema,
    make_type: MakeType = struct_type,
    described: bool = True,
    json_metadata: bool = False,
    kinds: tuple[type, ...] = (),
    verified: bool = False,
    to_plains: Callable[[list[Any]], list[Plain] | None] | None = None,
    from_plains: Callable[[list[Plain]], list[Any] | None] | None = None,
) -> Codec:
    """The codec of a type by its plain form.

    `json_metadata`: legacy literals say `format: json`. `verified`: what was packed is unpacked again, since values that no
    type describes may hold what cannot be read back (a tuple as a key).
    """
    expected = str(form)
    legacy: bool = options.legacy_structs
    packed = pack_readable if verified else pack

    def encode(value: Any) -> bytes:
        try:
            return struct_bytes(packed(to_plain(value)))
        except RecursionError:
            raise too_deep() from None

    def encode_legacy(value: Any) -> bytes:
        tree = to_plain(value)
        if not isinstance(tree, dict):
            return binary_literal(pack(tree), MSGPACK)
        literal = struct_literal(plain_struct(tree, exact=True).SerializeToString(deterministic=True))
        return with_metadata(literal, "format", "json") if json_metadata else literal

    def read(literal: pb.Literal) -> Any:
        scalar = literal.scalar
        if scalar.WhichOneof("value") == "binary" and scalar.binary.tag == MSGPACK:
            try:
                return from_plain(unpack(scalar.binary.value))
            except RecursionError:
                raise too_deep() from None
        return foreign(literal, read, from_plain, expected)

    decode, column = _decoders(from_plain, plain_decode(read), from_plains)
    return Codec(
        form,
        tag=tag,
        decode=decode,
        column=column,
        many=None if legacy or to_plains is None else _writer(to_plains),
        to_plains=to_plains,
        from_plains=from_plains,
        make_type=make_type,
        encode=encode_legacy if legacy else encode,
        read=read,
        to_plain=to_plain,
        from_plain=from_plain,
        accepts=accepts,
        classes=classes,
        make_schema=make_schema,
        described=described,
        kinds=kinds,
        extra={STRUCT: True},
    )


def with_read(codec: Codec, read: Callable[[Any], Any], **changes: Any) -> Codec:
    """A struct's codec that walks messages with `read`; structs straight from bytes stay as fast as they were."""
    decode, column = _decoders(codec.from_plain, plain_decode(read), codec.from_plains)
    return codec.with_changes(read=read, decode=decode, column=column, **changes)


def _decoders(
    from_plain: Callable[[Plain], Any],
    walk: Callable[[bytes], Any],
    from_plains: Callable[[list[Plain]], list[Any] | None] | None = None,
) -> tuple[Callable[[bytes], Any], Callable[[bytes], list[Any] | None]]:
    """Decoding one struct from its bytes, and a whole list of them."""
    heads, tail, size = STRUCT_HEADS, MSGPACK_SUFFIX, len(MSGPACK_SUFFIX)

    def decode(data: bytes) -> Any:
        head = heads[len(data)]
        if not data.startswith(head) or not data.endswith(tail):
            return walk(data)
        try:
            return from_plain(unpack(data[len(head) : -size]))
        except RecursionError:
            raise too_deep() from None

    def column(data: bytes) -> list[Any] | None:
        # Fast path of `typeengine.codec.convert_all`: one unpacking for all. Law: `tests/laws/test_fast_paths.py`.
        bodies = list_decoding.records(data)
        if bodies is None or b"" in bodies:
            return None
        try:
            trees = unpack(array_head(len(bodies)) + b"".join(bodies))
        except TypeTransformerFailedError:
            return None  # element by element finds the one that is malformed
        values = from_plains(trees) if from_plains is not None else None
        return convert_all(from_plain, trees) if values is None else values

    return decode, column


def _writer(to_plains: Callable[[list[Any]], list[Plain] | None]) -> Callable[[Any], bytes | None]:
    """Writing a whole list of structs; None where element by element must find out what is wrong."""

    def many(values: Any) -> bytes | None:
        trees = to_plains(values if class_of(values) is list else list(values))
        if trees is None:
            return None
        try:
            bodies = [pack(tree) for tree in trees]
        except (TypeTransformerFailedError, RecursionError):
            return None
        return list_encoding.binaries(bodies)

    return many


def untyped_codec(form: Form, cls: Any, tag: str, options: Any) -> Codec:  # noqa: C901 - a codec's functions share what surrounds them
    """A container written without brackets: its values are plain, and come back as they are."""
    ordered = not issubclass(cls, (set, frozenset))
    keyed: bool = issubclass(cls, dict)
    made: Callable[..., Any] = cls
    if cls is collections.defaultdict:
        made = functools.partial(made, None)

    def check(value: Any) -> Any:
        if not isinstance(value, cls):
            raise wrong_value(str(form), value)
        return value

    own = cls if cls in (dict, list) else None

    def to_plain(value: Any) -> Plain:
        if type(value) is own:
            return without_tuples(value)
        check(value)
        if keyed:
            return without_tuples(value)
        parts: list[Any] = without_tuples(list(value))
        return parts if ordered else sorted(parts, key=lambda part: (type(part).__name__, repr(part)))

    def from_plain(tree: Plain) -> Any:
        if type(tree) is own:
            return tree
        if not isinstance(tree, dict if keyed else list):
            raise wrong_literal(str(form), preview(tree))
        try:
            return made(tree)
        except TypeError as error:
            raise wrong_literal(f"hashable elements of a {form}", str(error)) from error

    def make_schema(_: SchemaContext) -> dict[str, Any]:
        return {"type": "object"} if keyed else {"type": "array", **({} if ordered else {"uniqueItems": True})}

    def literal_read(literal: pb.Literal) -> Any:
        if keyed and literal.WhichOneof("value") == "map":
            raise wrong_literal("a dict of plain values", "a map of literals", fix="declare dict[str, T]")
        return codec_read(literal)

    codec = struct_codec(
        form,
        options,
        tag=tag,
        to_plain=to_plain,
        from_plain=from_plain,
        accepts=lambda value: isinstance(value, cls),
        classes=(cls,),
        make_schema=make_schema,
        described=keyed,
        json_metadata=True,
        kinds=(dict if keyed else list,),
        verified=True,
    )
    codec_read = codec.read
    return with_read(codec, literal_read)


def dict_codec(form: Form, options: Any, key: Codec, item: Codec, cls: Any, made: Callable[[Any], Any]) -> Codec:  # noqa: C901, PLR0917 - a codec's functions share what surrounds them
    """A dict whose keys are not str. `made` turns a dict into the value."""

    def to_plain(value: Any) -> Plain:
        if not isinstance(value, cls):
            raise wrong_value(str(form), value)
        pairs = [(_key(key.to_plain, name), _item(item.to_plain, name, part)) for name, part in value.items()]
        if not any(isinstance(name, _UNHASHABLE) for name, _ in pairs):
            tree = dict(pairs)
            if len(tree) == len(pairs):
                return tree
        return [list(pair) for pair in pairs]

    def from_plain(tree: Plain) -> Any:
        if isinstance(tree, dict):
            return of_pairs(tree.items())
        if isinstance(tree, list) and all(isinstance(pair, list) and len(pair) == _PAIR for pair in tree):
            return of_pairs(tree)
        raise wrong_literal(str(form), preview(tree))

    def of_pairs(pairs: Iterable[Any]) -> Any:
        try:
            return made(
                {
                    _key(lambda name: key_from_plain(key, name), name): _item(item.from_plain, name, part)
                    for name, part in pairs
                }
            )
        except TypeError as error:
            if isinstance(error, TypeTransformerFailedError):
                raise
            raise wrong_literal(f"hashable keys of {form}", str(error)) from error

    def accepts(value: Any) -> bool:
        return isinstance(value, cls) and all(key.accepts(name) and item.accepts(part) for name, part in value.items())

    def make_schema(context: SchemaContext) -> dict[str, Any]:
        schema = {
            "type": "object",
            "additionalProperties": item.make_schema(context),
            "propertyNames": key.make_schema(context),
        }
        return {name: content for name, content in schema.items() if content}

    def read_map(literal: pb.Literal) -> Any:
        if literal.WhichOneof("value") == "map":
            return made(
                {
                    _key(lambda name: key_from_plain(key, name), name): _item(item.read, name, part)
                    for name, part in map_entries(literal.map).items()
                }
            )
        return struct_read(literal)

    codec = struct_codec(
        form,
        options,
        tag="Typed Dict",
        to_plain=to_plain,
        from_plain=from_plain,
        accepts=accepts,
        classes=(form.origin,),
        make_schema=make_schema,
        json_metadata=True,
        kinds=(dict, list),
    )
    struct_read = codec.read
    return with_read(codec, read_map)


def key_from_plain(key: Codec, name: Plain) -> Any:
    """A key from its plain form, or from the text that JSON made of it."""
    if type(name) is str and len(key.classes) == 1 and key.classes[0] in _FROM_TEXT:
        try:
            name = _FROM_TEXT[key.classes[0]](name)
        except (ValueError, KeyError):
            raise wrong_literal(f"a key of type {key.form}", preview(name)) from None
    return key.from_plain(name)


def _int_of_text(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise ValueError(text)
    return int(text)


def _float_of_text(text: str) -> float:
    found = float(text)
    if math.isinf(found) and "inf" not in text.lower():
        raise ValueError(text)
    return found


_FROM_TEXT: Final[dict[type, Callable[[str], Any]]] = {
    int: _int_of_text,
    float: _float_of_text,
    bool: {"true": True, "false": False, "True": True, "False": False}.__getitem__,
    type(None): {"null": None}.__getitem__,
}


def _key(convert: Callable[[Any], Any], name: Any) -> Any:
    try:
        return convert(name)
    except TypeTransformerFailedError as error:
        raise error.at(f"[{preview(name)}]") from error.__cause__


def _item(convert: Callable[[Any], Any], name: Any, part: Any) -> Any:
    try:
        return convert(part)
    except TypeTransformerFailedError as error:
        raise error.at(f"[{preview(name)}]") from error.__cause__


def ordered_codec(form: Form, options: Any, key: Codec, item: Codec) -> Codec:
    """OrderedDict: the order of its keys is part of the value, so it is a struct whatever the keys are."""
    return dict_codec(form, options, key, item, collections.OrderedDict, collections.OrderedDict)

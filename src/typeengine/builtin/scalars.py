"""int, float, str, bool, None and bytes, and their subclasses.

Values: an int takes anything with `__index__` but bool (numpy's ints too, without importing numpy) in 64 bits; a float
takes ints and other numbers that it holds exactly; a bool takes bool only (and numpy's); a str takes str. A subclass comes
back as that subclass. Literals: `Primitive`; None is `Scalar.none_type`; bytes are a `Binary` with the tag `bytes` and
the simple type BINARY. Reading: an int also takes a whole float (JavaScript consoles write those), a float an int.
"""

from __future__ import annotations

import enum
import math
import operator
from collections.abc import Callable
from typing import Any, Final, NamedTuple, cast, final

from literals import attempt, class_of, list_decoding, list_encoding, literal_text, pb, preview
from typeengine.builtin.plain_lists import plain_list
from typeengine.codec import OWN, Codec, MakeType, Plain, SchemaContext, plain_decode
from typeengine.errors import TypeTransformerFailedError, failed_conversion, wrong_literal, wrong_value
from typeengine.hints.forms import Form, Special
from typeengine.registry import CodecRow
from typeengine.wire.foreign_literals import foreign
from typeengine.wire.literal_bytes import (
    FALSE_LITERAL,
    NONE_LITERAL,
    SMALL_INTS,
    TEXT_FRAMES,
    TRUE_LITERAL,
    binary_literal,
    float_literal,
    int_literal,
    text_literal,
)
from typeengine.wire.scalar_decoders import bool_decoder, float_decoder, int_decoder, none_decoder, text_decoder

INT_MIN, INT_MAX = -(1 << 63), (1 << 63) - 1
_UNSIGNED: Final = (1 << 64) - 1
EXACT: Final = 1 << 53
"""Ints up to here are floats without loss."""
_LARGEST: Final = 1 << 1023
"""Ints up to here have a float next to them."""
BYTES_TAG: Final = "bytes"
_SMALL: Final = len(SMALL_INTS)


def simple_type(name: str) -> MakeType:
    """The maker of a literal type of one simple kind."""

    def make(_: object) -> Any:
        return pb.LiteralType(simple=pb.SimpleType.Value(name))

    return make


def to_int(value: Any) -> int:
    """An int64 from anything that is an integer; never from a bool."""
    if type(value) is not int:
        value = _index(value)
    if INT_MIN <= value <= INT_MAX:
        return value
    raise wrong_value(f"int between {INT_MIN} and {INT_MAX}", value)


def _index(value: Any) -> int:
    kind = class_of(value)
    if kind is bool:
        raise wrong_value("int", value, fix="write int(...) if 0 or 1 is meant")
    if issubclass(kind, enum.Enum) and not issubclass(kind, int):
        raise wrong_value("int", value)
    found = attempt(operator.index, value)
    if found.error is not None:
        plain = type(found.error) is TypeError and not hasattr(kind, "__index__")
        raise failed_conversion("int", value, None if plain else found.error)
    return int(cast("int", found.value))


def to_float(value: Any) -> float:
    """A float from a float, or from a number that a float holds exactly."""
    if type(value) is float:
        return value
    kind = class_of(value)
    if kind is int and -EXACT <= value <= EXACT:
        return float(value)
    if issubclass(kind, (bool, str, bytes)) or not (hasattr(kind, "__float__") or hasattr(kind, "__index__")):
        raise wrong_value("float", value)
    if issubclass(kind, int) and abs(value) > EXACT:
        raise wrong_value("float, or an int that a float holds exactly (up to 2**53)", value)
    converted = attempt(float, value)
    found = converted.value
    if found is None:
        raise failed_conversion("float", value, converted.error)
    same = attempt(lambda: bool(found == value) or (math.isnan(found) and bool(value != value)))  # noqa: PLR0124 - NaN of any class
    if same.error is not None:
        raise failed_conversion("float", value, same.error)
    if not same.value:
        raise wrong_value("float, or a number that a float holds exactly", value, fix="write float(...) to round it")
    return found


def to_bool(value: Any) -> bool:
    """A bool from a bool or numpy's own."""
    if type(value) is bool:
        return value
    if type(value).__module__ == "numpy" and type(value).__name__ in ("bool_", "bool"):
        return bool(value)
    raise wrong_value("bool", value)


def to_str(value: Any) -> str:
    """A str from a str or a subclass."""
    if type(value) is str:
        return value
    if issubclass(type(value), str):
        return str.__str__(value) if not isinstance(value, enum.Enum) else str(value.value)
    raise wrong_value("str", value)


def to_bytes(value: Any) -> bytes:
    """Bytes from bytes, a subclass, or bytearray."""
    if issubclass(type(value), (bytes, bytearray)):
        return bytes(value)
    raise wrong_value("bytes", value)


def to_none(value: Any) -> None:
    """None."""
    if value is not None:
        raise wrong_value("None", value)


def _encode_int(value: Any) -> bytes:
    if type(value) is int:
        if 0 <= value < _SMALL:
            return SMALL_INTS[value]
        if INT_MIN <= value <= INT_MAX:
            return int_literal(value)
    return int_literal(to_int(value))


def _encode_float(value: Any) -> bytes:
    if type(value) is float:
        return float_literal(value)
    return float_literal(to_float(value))


def _encode_bool(value: Any) -> bytes:
    if value is True:
        return TRUE_LITERAL
    if value is False:
        return FALSE_LITERAL
    return TRUE_LITERAL if to_bool(value) else FALSE_LITERAL


def encode_text(text: str) -> bytes:
    """A string literal; a lone surrogate is our error."""
    try:
        return text_literal(text)
    except UnicodeEncodeError:
        raise wrong_value("text without lone surrogates", text) from None


def _encode_str(value: Any) -> bytes:
    if type(value) is str:
        try:
            data = value.encode()
        except UnicodeEncodeError:
            return encode_text(value)
        return TEXT_FRAMES[len(data)] + data
    return encode_text(to_str(value))


def _encode_bytes(value: Any) -> bytes:
    return binary_literal(to_bytes(value), BYTES_TAG)


def _encode_none(value: Any) -> bytes:
    to_none(value)
    return NONE_LITERAL


def plain_int(tree: Plain) -> int:
    """An int from msgpack or JSON: an int, or a whole float (a Struct has no ints)."""
    if type(tree) is int:
        return tree
    if type(tree) is float and tree.is_integer():
        return int(tree)
    raise wrong_literal("int", preview(tree))


def plain_float(tree: Plain) -> float:
    """A float from a float or an exact int."""
    if type(tree) is float:
        return tree
    if type(tree) is int and -_LARGEST <= tree <= _LARGEST and float(tree) == tree:
        return float(tree)
    raise wrong_literal("float", preview(tree))


def plain_bool(tree: Plain) -> bool:
    """A bool."""
    if type(tree) is bool:
        return tree
    raise wrong_literal("bool", preview(tree))


def plain_str(tree: Plain) -> str:
    """A str."""
    if type(tree) is str:
        return tree
    raise wrong_literal("str", preview(tree))


def plain_bytes(tree: Plain) -> bytes:
    """Bytes, or the base64 text that JSON forms have in their place."""
    if type(tree) is bytes:
        return tree
    if type(tree) is str:
        import base64  # noqa: PLC0415 - with binascii a millisecond of everybody's import, and few read bytes from JSON
        import binascii  # noqa: PLC0415 - likewise

        try:
            return base64.b64decode(tree.replace("\n", ""), validate=True)
        except (binascii.Error, ValueError):
            raise wrong_literal("bytes, or base64 text", preview(tree)) from None
    raise wrong_literal("bytes", preview(tree))


def plain_none(tree: Plain) -> None:
    """None."""
    if tree is not None:
        raise wrong_literal("None", preview(tree))


def _int_to_plain(value: Any) -> int:
    """An int as msgpack carries it: 64 bits, signed or not."""
    if type(value) is not int:
        value = _index(value)
    return value if INT_MAX < value <= _UNSIGNED else to_int(value)


def _float_to_plain(value: Any) -> Plain:
    """A float; an int stays an int, as flytekit writes it."""
    found = to_float(value)
    return value if type(value) is int else found


def primitive_read(
    held: str, expected: str, from_plain: Callable[[Plain], Any], convert: Callable[[Any], Any] | None = None
) -> Callable[[Any], Any]:
    """The plain walk for a primitive in field `held`."""

    def read(literal: pb.Literal) -> Any:
        scalar = literal.scalar
        if scalar.WhichOneof("value") == "primitive":
            found = scalar.primitive.WhichOneof("value")
            if found == held:
                value = getattr(scalar.primitive, held)
                return value if convert is None else convert(value)
            if found in ("integer", "float_value") and held in ("integer", "float_value"):
                return from_plain(getattr(scalar.primitive, found))
            raise wrong_literal(expected, literal_text(literal)[:120])
        return foreign(literal, read, from_plain, expected)

    return read


def _read_none(literal: pb.Literal) -> None:
    if literal.scalar.WhichOneof("value") != "none_type":
        foreign(literal, _read_none, plain_none, "None")


def _read_bytes(literal: pb.Literal) -> bytes:
    binary = literal.scalar.binary
    if literal.scalar.WhichOneof("value") == "binary" and binary.tag == BYTES_TAG:
        return binary.value
    if literal.scalar.WhichOneof("value") == "primitive":
        raise wrong_literal("bytes", literal_text(literal)[:120])
    return foreign(literal, _read_bytes, plain_bytes, "bytes")


@final
class _Fast(NamedTuple):
    """The fast ways of one scalar class: one literal's bytes (around the walk), a list to bytes, and bytes to a list.

    Fast path of `typeengine.codec.plain_decode` and of going element by element. Law: `tests/laws/test_fast_paths.py`.
    """

    one: Callable[[Callable[[bytes], Any]], Callable[[bytes], Any]]
    many: Callable[[Any], bytes | None] | None = None
    column: Callable[[bytes], list[Any] | None] | None = None


_FAST: Final = {
    int: _Fast(int_decoder, list_encoding.ints, list_decoding.ints),
    float: _Fast(float_decoder, list_encoding.floats, list_decoding.floats),
    bool: _Fast(bool_decoder, list_encoding.bools, list_decoding.bools),
    str: _Fast(text_decoder, list_encoding.texts, list_decoding.texts),
}
_PRIMITIVE: Final = {int: "integer", float: "float_value", bool: "boolean", str: "string_value"}
PRIMITIVE: Final = "primitive"
"""In a codec's `extra`: the field of Primitive that its values are in, as they are."""


def _schema(**content: object) -> Callable[[SchemaContext], dict[str, Any]]:
    return lambda _: dict(content)


def int_codec(form: Form, _: object = None) -> Codec:
    """int, and subclasses that are not enums."""
    return _of_class(
        form,
        int,
        "INTEGER",
        _encode_int,
        primitive_read("integer", str(form), plain_int),
        _int_to_plain,
        plain_int,
        _schema(type="integer"),
        check=to_int,
    )


def float_codec(form: Form, _: object = None) -> Codec:
    """Float and subclasses."""
    return _of_class(
        form,
        float,
        "FLOAT",
        _encode_float,
        primitive_read("float_value", str(form), plain_float),
        _float_to_plain,
        plain_float,
        _schema(type="number"),
    )


def str_codec(form: Form, _: object = None) -> Codec:
    """Str and subclasses."""
    return _of_class(
        form,
        str,
        "STRING",
        _encode_str,
        primitive_read("string_value", str(form), plain_str),
        to_str,
        plain_str,
        _schema(type="string"),
    )


def bytes_codec(form: Form, _: object = None) -> Codec:
    """bytes, bytearray and subclasses."""
    return _of_class(
        form,
        bytes,
        "BINARY",
        _encode_bytes,
        _read_bytes,
        to_bytes,
        plain_bytes,
        _schema(type="string", format="base64"),
    )


def bool_codec(form: Form, _: object = None) -> Codec:
    """Bool."""
    return _of_class(
        form,
        bool,
        "BOOLEAN",
        _encode_bool,
        primitive_read("boolean", "bool", plain_bool),
        to_bool,
        plain_bool,
        _schema(type="boolean"),
    )


def none_codec(form: Form, _: object = None) -> Codec:
    """None."""
    return Codec(
        form,
        tag="none",
        make_type=simple_type("NONE"),
        encode=_encode_none,
        read=_read_none,
        decode=none_decoder(plain_decode(_read_none)),
        to_plain=to_none,
        from_plain=plain_none,
        accepts=lambda value: value is None,
        classes=(type(None),),
        make_schema=_schema(type="null"),
        kinds=(type(None),),
        column=list_decoding.nones,
        extra={OWN: frozenset({type(None)})},
        to_plains=plain_list(frozenset({type(None)})),
        from_plains=plain_list(frozenset({type(None)})),
    )


def _of_class(  # noqa: PLR0917 - one function for each thing that a codec does
    form: Form,
    base: type,
    simple: str,
    encode: Callable[[Any], bytes],
    read: Callable[[Any], Any],
    to_plain: Callable[[Any], Plain],
    from_plain: Callable[[Plain], Any],
    schema: Callable[[SchemaContext], dict[str, Any]],
    check: Callable[[Any], Any] | None = None,
) -> Codec:
    """The codec of a scalar class; a subclass is made again from the base's value."""
    cls = cast("type[Any]", form.origin)
    tag = base.__name__
    wanted = check or to_plain

    def accepts(value: Any) -> bool:
        try:
            wanted(value)
        except TypeTransformerFailedError:
            return False
        return True

    codec = Codec(
        form,
        tag=tag,
        make_type=simple_type(simple),
        encode=encode,
        read=read,
        to_plain=to_plain,
        from_plain=from_plain,
        accepts=accepts,
        classes=(cls,),
        make_schema=schema,
        kinds=(base,),
    )
    quick = _FAST.get(base)
    base_decode = codec.decode if quick is None else quick.one(codec.decode)
    if cls is base:
        own = plain_list(frozenset({base}))
        if quick is None:
            return codec.with_changes(to_plains=own, from_plains=own)
        return codec.with_changes(
            decode=base_decode,
            many=quick.many,
            column=quick.column,
            extra={PRIMITIVE: _PRIMITIVE[base], OWN: frozenset({base})},
            to_plains=own,
            from_plains=own,
        )

    def remade(value: Any) -> Any:
        try:
            return cls(value)
        except (TypeError, ValueError) as error:
            raise wrong_literal(f"what {cls.__qualname__}(...) takes", f"{preview(value)}: {error}") from error

    return codec.with_changes(
        tag=cls.__name__,
        read=lambda literal: remade(read(literal)),
        decode=lambda data: remade(base_decode(data)),
        many=None if quick is None else quick.many,
        extra={},
        from_plain=lambda tree: remade(from_plain(tree)),
    )


def is_class(*classes: type) -> Callable[[Form], bool]:
    """Forms of exactly one of `classes`."""
    wanted = frozenset(classes)
    return lambda form: form.origin in wanted


def is_subclass(*classes: type) -> Callable[[Form], bool]:
    """Forms of a class derived from one of `classes`."""
    return lambda form: form.cls is not None and issubclass(form.cls, classes)


EXACT_ROWS: Final = (
    CodecRow("None", lambda form: form.origin is Special.NONE, none_codec),
    CodecRow("bool", is_class(bool), bool_codec),
    CodecRow("int", is_class(int), int_codec),
    CodecRow("float", is_class(float), float_codec),
    CodecRow("str", is_class(str), str_codec),
    CodecRow("bytes", is_class(bytes, bytearray), bytes_codec),
)
SUBCLASS_ROWS: Final = (
    CodecRow("subclass of int", is_subclass(int), int_codec),
    CodecRow("subclass of float", is_subclass(float), float_codec),
    CodecRow("subclass of str", is_subclass(str), str_codec),
    CodecRow("subclass of bytes", is_subclass(bytes, bytearray), bytes_codec),
)

"""Types that travel as text or as a short array: Decimal, Fraction, UUID, paths, IP addresses; complex, range; and Any.

Text: the simple type STRING, with the JSON-schema word for it in `metadata.format`. complex is `[re, im]` and range
`[start, stop, step]`, as structs. Any has no literal: a hint that contains it is refused unless pickle is opted in, but
inside a struct (a dataclass, a dict whose keys are not str) it is any plain value, as peers write it, and of exactly the
plain classes: nothing there says what else it was.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from typing import Any, Final

from literals import attempt, class_of, limits, pb, preview
from typeengine.builtin.msgpack_structs import struct_codec, struct_type
from typeengine.builtin.plain_lists import each_of
from typeengine.builtin.scalars import encode_text, primitive_read
from typeengine.codec import Codec, Open, Plain, SchemaContext
from typeengine.errors import failed_conversion, reason_of, unsupported, wrong_literal, wrong_value
from typeengine.hints.forms import Form, Special
from typeengine.registry import CodecResolver, CodecRow
from typeengine.wire.plain_values import exactly_plain

_NUMBERS: Final = (int, float)
LONGEST_TEXT: Final = limits.MAX_BYTES
"""Characters of a text whose class reads it in a time that its length bounds."""
LONGEST_ADDRESS: Final = 128
"""Characters of a UUID or an IP address; the longest, an IPv6 interface with its mask written out, has fewer."""
MOST_DIGITS: Final = 4300
"""Digits of the numbers in a fraction, written out: Python's own limit for an int as text. `1e9` has ten."""
_MODULES: Final = frozenset({"uuid", "decimal", "_decimal", "_pydecimal", "fractions", "ipaddress", "pathlib"})
"""Where Python's own classes are defined; a class of the user's may run whatever it likes."""
_EXPONENT: Final = re.compile(r"[eE]([-+]?[0-9_]+)\s*\Z")


def text_codec(
    form: Form,
    base: Any,
    text_format: str,
    to_text: Callable[[Any], str],
    from_text: Callable[[str], Any],
    *,
    longest: int = LONGEST_TEXT,
) -> Codec:
    """The codec of a class whose values are written as text of at most `longest` characters."""
    tag = base.__name__

    def to_plain(value: Any) -> str:
        if not isinstance(value, base):
            raise wrong_value(str(form), value)
        text = attempt(to_text, value)
        if text.value is None:
            raise failed_conversion(str(form), value, text.error)
        if len(text.value) > longest:
            raise wrong_value(f"{form} of at most {longest} characters as text", value)
        if type(value) is not base and type(attempt(from_text, text.value).value) is not type(value):
            raise wrong_value(
                f"a {form} itself; as a {form}, this value would lose that it is a {type(value).__name__}",
                value,
                fix=f"write {base.__name__}(...) around it",
            )
        return text.value

    def from_plain(tree: Plain) -> Any:
        if type(tree) is not str:
            raise wrong_literal(f"{form} as text", preview(tree))
        if len(tree) > longest:
            raise wrong_literal(f"{form} as text of at most {longest} characters", preview(tree))
        try:
            return from_text(tree)
        except (ValueError, ArithmeticError, NotImplementedError, TypeError) as error:
            raise wrong_literal(f"{form} as text", preview(tree), fix=reason_of(error)) from error

    def make_type(_: Open) -> Any:
        out = pb.LiteralType(simple=pb.SimpleType.Value("STRING"))
        out.metadata.fields["format"].string_value = text_format
        return out

    return Codec(
        form,
        tag=tag,
        make_type=make_type,
        encode=lambda value: encode_text(to_plain(value)),
        read=primitive_read("string_value", str(form), from_plain, from_plain),
        to_plain=to_plain,
        from_plain=from_plain,
        accepts=lambda value: isinstance(value, base),
        classes=(base,),
        make_schema=lambda _: {"type": "string", "format": text_format},
        kinds=(str,),
        **(_whole(base, to_plain, from_plain) if base.__module__.partition(".")[0] in _MODULES else {}),
    )


def _whole(base: type, to_plain: Callable[[Any], Plain], from_plain: Callable[[Plain], Any]) -> dict[str, Any]:
    """The conversions of whole lists of values of a class that is not the user's."""
    concrete = class_of(base()) if base.__name__ == "Path" else base
    return {"to_plains": each_of(to_plain, (base, concrete)), "from_plains": each_of(from_plain, (str,))}


def _by_name(module: str, name: str) -> Callable[[Form], bool]:
    """Forms of a class, without importing its module: whoever names the class has imported it."""
    return lambda form: (
        form.cls is not None and form.cls.__module__ in (module, f"{module}._local") and form.cls.__name__ == name
    )


def _derived(module: str, name: str) -> Callable[[Form], bool]:
    """Forms of a class with such a base, likewise. The modules' own names vary (`_pydecimal`, `pathlib._local`)."""

    def matches(form: Form) -> bool:
        return form.cls is not None and any(
            base.__name__ == name and module in base.__module__ for base in form.cls.__mro__
        )

    return matches


def _text_row(module: str, name: str, text_format: str) -> CodecRow:
    def make(form: Form, _: CodecResolver) -> Codec:
        return text_codec(form, form.origin, text_format, str, form.origin, longest=LONGEST_ADDRESS)

    return CodecRow(name, _by_name(module, name), make)


def _path_codec(form: Form, _: CodecResolver) -> Codec:
    cls: Any = form.origin
    codec = text_codec(form, cls, "path", str, cls)
    concrete = class_of(cls()) if cls.__name__ == "Path" else cls
    return codec.with_changes(decode=codec.decode, classes=(cls, concrete))


def _fraction_codec(form: Form, _: CodecResolver) -> Codec:
    cls: Any = form.origin

    def from_text(text: str) -> Any:
        exponent = _EXPONENT.search(text)
        if exponent is not None and (
            len(exponent[1]) > len(str(MOST_DIGITS)) + 1 or abs(int(exponent[1])) > MOST_DIGITS
        ):
            raise ValueError(f"a fraction of at most {MOST_DIGITS} digits")
        return cls(text)

    return text_codec(form, cls, "fraction", str, from_text, longest=2 * MOST_DIGITS + 2)


def _decimal_codec(form: Form, _: CodecResolver) -> Codec:
    return text_codec(form, form.origin, "decimal", str, form.origin)


def _array(form: Form, tree: Plain, length: int, kinds: tuple[type, ...]) -> list[Any]:
    if type(tree) is list and len(tree) == length and all(type(item) in kinds for item in tree):
        return tree
    raise wrong_literal(f"{form} as an array of {length} numbers", preview(tree))


def _complex_codec(form: Form, resolver: CodecResolver) -> Codec:
    def to_plain(value: Any) -> Plain:
        if not isinstance(value, complex):
            raise wrong_value("complex", value)
        return [value.real, value.imag]

    def from_plain(tree: Plain) -> complex:
        real, imag = _array(form, tree, 2, _NUMBERS)
        return complex(real, imag)

    return _array_codec(form, resolver, complex, to_plain, from_plain)


def _range_codec(form: Form, resolver: CodecResolver) -> Codec:
    def to_plain(value: Any) -> Plain:
        if not isinstance(value, range):
            raise wrong_value("range", value)
        return [value.start, value.stop, value.step]

    def from_plain(tree: Plain) -> range:
        start, stop, step = _array(form, tree, 3, (int,))
        if step == 0:
            raise wrong_literal("range with a step that is not 0", preview(tree))
        return range(start, stop, step)

    return _array_codec(form, resolver, range, to_plain, from_plain)


def _array_codec(
    form: Form, resolver: CodecResolver, cls: type, to_plain: Callable[[Any], Plain], from_plain: Callable[[Plain], Any]
) -> Codec:
    def make_type(open_: Open) -> Any:
        out = struct_type(open_)
        out.metadata.fields["format"].string_value = cls.__name__
        return out

    return struct_codec(
        form,
        resolver.options,
        tag=cls.__name__,
        to_plain=to_plain,
        from_plain=from_plain,
        accepts=lambda value: isinstance(value, cls),
        classes=(cls,),
        make_type=make_type,
        described=False,
        kinds=(list,),
        make_schema=lambda _: {"type": "array", "items": {"type": "number"}},
    )


def _any_codec(form: Form, resolver: CodecResolver) -> Codec:
    if resolver.options.pickles():
        # Inside a record it stays what it is: plain data, which anybody reads.
        pickled: Codec = importlib.import_module("typeengine.contrib.pickle").pickle_codec(form, resolver)
        return pickled.with_changes(to_plain=exactly_plain, from_plain=_same, make_schema=_no_schema)

    def refuse(_: object) -> Any:
        raise unsupported(f"{form} does not say what a value is", form)

    return Codec(
        form,
        tag="Any",
        make_type=refuse,
        encode=refuse,
        read=refuse,
        to_plain=exactly_plain,
        from_plain=_same,
        accepts=lambda _: True,
        make_schema=_no_schema,
        plain_only=" ",
    )


def _same(tree: Plain) -> Plain:
    return tree


def _no_schema(_: SchemaContext) -> dict[str, Any]:
    return {}


ROWS: Final = (
    CodecRow("Decimal", _derived("decimal", "Decimal"), _decimal_codec),
    CodecRow("Fraction", _by_name("fractions", "Fraction"), _fraction_codec),
    _text_row("uuid", "UUID", "uuid"),
    *(
        _text_row("ipaddress", f"IPv{version}{kind}", f"ipv{version}{kind.lower()}")
        for version in (4, 6)
        for kind in ("Address", "Network", "Interface")
    ),
    CodecRow("Path", _derived("pathlib", "PurePath"), _path_codec),
    CodecRow("complex", lambda form: form.origin is complex, _complex_codec),
    CodecRow("range", lambda form: form.origin is range, _range_codec),
    CodecRow("Any", lambda form: form.origin is Special.ANY, _any_codec),
)

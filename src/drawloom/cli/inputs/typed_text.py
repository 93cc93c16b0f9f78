"""What a person types for an input, as a literal: by the live entity's own codec where there is one, else by the literal type.

Text is taken as it stands where the type is text; other values are written as people write them (`yes`, `inf`, `today + 10d`, `1h30m`),
and what has parts as JSON or YAML, or as `@FILE`. Several of a list's elements may be given one by one.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import enum
import importlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from literals import DrawloomError, attempt, class_of, is_none, is_simple, nested, pb, preview, takes_none, variants
from typeengine import (
    Codec,
    TypeTransformerFailedError,
    default_engine,
    hint_of,
    json_text_to_literal,
    json_to_literal,
    read_duration,
)

_BOOLS = {
    "true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False,
}  # fmt: skip
_FLOATS = {"inf": math.inf, "+inf": math.inf, "-inf": -math.inf, "nan": math.nan}
_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_BASE64 = "base64:"
_REFERENCES = frozenset({"blob", "structured_dataset_type", "schema"})


def literal_of_texts(texts: Sequence[str], literal_type: pb.LiteralType, codec: Codec | None, where: str) -> bytes:
    """The literal of what was typed for one input, an element of a list for each text where there are several.

    `codec`: of the live entity's hint; None where only the literal type is known.

    Raises:
        DrawloomError: it does not fit the type; of a union, the error of the variant that nearly fits.
    """
    one = _only(literal_type)
    if one.WhichOneof("type") == "collection_type" and not _is_whole(texts):
        items = [_value(text, one.collection_type, where) for text in texts]
        return literal_of_value(_with_enum_words(items, codec), literal_type, codec, where)
    if len(texts) > 1:
        raise TypeTransformerFailedError(
            "the option is given several times",
            where=where,
            expected="one value",
            got=f"{len(texts)} values",
            fix="give it once",
        )
    (text,) = texts
    if takes_none(literal_type) and text == "null":
        return literal_of_value(None, literal_type, codec, where)
    if is_simple(one, pb.SimpleType.BINARY):
        own = codec if codec is not None else default_engine().codec(bytes)
        return own.encode(_bytes(text, where))
    if len(_others(literal_type)) > 1:
        return _checked(_of_union(text, literal_type, codec, where), codec, literal_type, where)
    value = _with_enum_words(_value(text, one, where), codec)
    return literal_of_value(value, literal_type, codec, where)


def literal_of_value(value: object, literal_type: pb.LiteralType, codec: Codec | None, where: str) -> bytes:
    """The literal of a JSON value, checked by the codec: what only its hint refuses is refused here.

    Raises:
        DrawloomError: it does not fit the type.
    """
    try:
        return _checked(json_to_literal(value, literal_type, where), codec, literal_type, where)
    except DrawloomError:
        if codec is None or value is None:
            raise
        # JSON has no tuples, and no bytes: their plain forms are an array, and text in base64.
        plain = attempt(codec.from_plain, value)
        if isinstance(plain.error, DrawloomError) and _is_tuple(hint_of(codec.form)):
            raise _of_hint(plain.error, codec, where) from plain.error
        if plain.error is not None:
            raise
        return codec.encode(plain.value)


def read_tree(text: str, name: str) -> Any:
    """What JSON or, by the name's suffix or where it is not JSON, YAML holds.

    Raises:
        DrawloomError: it is neither; YAML cannot be read here.
    """
    if not name.endswith((".yaml", ".yml")):
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            found = _yaml(text, name, wanted=False)
            if not issubclass(class_of(found), (dict, list)):
                raise TypeTransformerFailedError(
                    f"this is not JSON: {error}",
                    where=name,
                    expected="JSON or YAML",
                    got=preview(text),
                    fix="mend it at that place; in a shell, put the whole value in single quotes",
                ) from error
            return found
    return _yaml(text, name, wanted=True)


def _yaml(text: str, name: str, *, wanted: bool) -> Any:
    try:
        yaml: Any = importlib.import_module("yaml")
    except ImportError as error:
        if not wanted:
            return None
        raise DrawloomError(
            "YAML cannot be read: PyYAML is not installed",
            where=name,
            expected="PyYAML",
            got="no module of this name",
            fix='pip install "drawloom[yaml]", or write JSON',
        ) from error
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        if not wanted:
            return None
        raise DrawloomError(
            f"this is not YAML: {' '.join(str(error).split())}",
            where=name,
            expected="YAML",
            got=preview(text),
            fix="mend the text at the place that is named",
        ) from error


def _others(literal_type: pb.LiteralType) -> list[pb.LiteralType]:
    return [each for each in variants(literal_type) if not is_none(each)]


def _only(literal_type: pb.LiteralType) -> pb.LiteralType:
    """The one type of an optional one, or the type itself."""
    others = _others(literal_type)
    return others[0] if len(others) == 1 else literal_type


def _is_whole(texts: Sequence[str]) -> bool:
    """Whether a list is given as a whole, and not by its elements."""
    return len(texts) == 1 and texts[0].lstrip().startswith(("[", "@", "null", "- "))


def _value(text: str, literal_type: pb.LiteralType, where: str) -> Any:
    """What was typed as a JSON value of a type that is not a union."""
    kind = literal_type.WhichOneof("type")
    if kind == "enum_type" or (kind in _REFERENCES and not text.startswith("{")):
        return text
    if kind == "simple" and literal_type.simple in _WORDS:
        return _WORDS[literal_type.simple](text)
    if text.startswith("@"):
        return read_tree(_file(text, where).decode("utf-8", "replace"), text[1:])
    try:
        return read_tree(text, where)
    except TypeTransformerFailedError:
        if text.lstrip().startswith(("{", "[", '"')):
            raise
        return text  # no JSON at all: the type says what it takes


def _number(text: str) -> Any:
    """A JSON number; other text stays as it is, for the type to refuse."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _float(text: str) -> Any:
    word = text.strip().lower()
    return _FLOATS[word] if word in _FLOATS else _number(text)


def _moment(text: str) -> str:
    """The ISO form of `today`, `now` and such, and of one of them and a duration; a day is its midnight, as a typed date is."""
    start, sign, rest = text.strip().lower().replace("-", "+-").partition("+")
    start = start.strip()
    offset = read_duration(rest.replace(" ", "").removeprefix("-")) if sign else dt.timedelta()
    if offset is None or start not in {"now", *_DAYS}:
        return text
    offset = -offset if rest.startswith("-") else offset
    if start == "now":
        return (dt.datetime.now(dt.timezone.utc) + offset).isoformat()
    day = dt.datetime.combine(dt.date.today() + dt.timedelta(days=_DAYS[start]), dt.time())  # noqa: DTZ011 - the person's day
    return (day + offset).isoformat()


_WORDS: Mapping[int, Callable[[str], Any]] = {
    pb.SimpleType.STRING: str,
    pb.SimpleType.BOOLEAN: lambda text: _BOOLS.get(text.strip().lower(), text),
    pb.SimpleType.INTEGER: _number,
    pb.SimpleType.FLOAT: _float,
    pb.SimpleType.DATETIME: _moment,
    pb.SimpleType.DURATION: str,
}
"""How people write values of the simple types, as JSON."""


def _bytes(text: str, where: str) -> bytes:
    if text.startswith("@"):
        return _file(text, where)
    if not text.startswith(_BASE64):
        return text.encode("utf-8", "surrogateescape")
    try:
        return base64.b64decode(text.removeprefix(_BASE64), validate=True)
    except (binascii.Error, ValueError) as error:
        raise TypeTransformerFailedError(
            f"this is not base64: {error}",
            where=where,
            expected="base64",
            got=preview(text),
            fix="give text that base64 wrote, or @file",
        ) from error


def _file(text: str, where: str) -> bytes:
    try:
        return Path(text[1:]).read_bytes()
    except OSError as error:
        raise TypeTransformerFailedError(
            f"the file cannot be read: {error.strerror or error}",
            where=where,
            expected="a file that can be read",
            got=text,
            fix="give the path of a file after @",
        ) from error


def _of_union(text: str, literal_type: pb.LiteralType, codec: Codec | None, where: str) -> bytes:
    mistakes: list[DrawloomError] = []
    ways = [lambda: json_text_to_literal(text, literal_type, where)]
    for each in _others(literal_type):
        ways.append(  # noqa: PERF401 - each closes over its own variant
            lambda each=each: json_to_literal(_with_enum_words(_value(text, each, where), codec), literal_type, where)
        )
    for way in ways:
        literal = _tried(way, mistakes)
        if literal is not None:
            return literal
    # The variant that was read furthest is the one that was meant.
    raise max(mistakes, key=lambda each: len(each.where))


def _tried(way: Callable[[], bytes], mistakes: list[DrawloomError]) -> bytes | None:
    try:
        return way()
    except DrawloomError as error:
        mistakes.append(error)
        return None


def _with_enum_words(value: object, codec: Codec | None) -> Any:
    """Names and values of an enum's members as its literals' texts, where the hint is an enum, or a list or optional one of it."""
    members = _enum_of(hint_of(codec.form)) if codec is not None else None
    if members is None or codec is None:
        return value
    held = {text for each in nested(codec.literal_type) for text in each.enum_type.values}
    words: dict[str, str] = {}
    for name, member in members.__members__.items():
        text = str(member.value)
        if (name in held) != (text in held):
            words.setdefault(*((text, name) if name in held else (name, text)))
    items = cast("list[Any]", value) if isinstance(value, list) else [value]
    changed = [words.get(each, each) if isinstance(each, str) else each for each in items]
    return changed if isinstance(value, list) else changed[0]


def _enum_of(hint: object) -> type[enum.Enum] | None:
    arguments = getattr(hint, "__args__", ())
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return hint
    found = [each for each in map(_enum_of, arguments) if each is not None]
    return found[0] if len(found) == 1 else None


def _checked(literal: bytes, codec: Codec | None, literal_type: pb.LiteralType, where: str) -> bytes:
    """The literal, which the hint takes too; what refers to a file is not fetched for this."""
    if codec is not None and not refers(literal_type):
        try:
            codec.decode(literal)
        except DrawloomError as error:
            raise _of_hint(error, codec, where) from error
    return literal


def _of_hint(error: DrawloomError, codec: Codec, where: str) -> TypeTransformerFailedError:
    """What only the hint of an input refuses: a choice of a `Literal`, an item of a tuple, the range of a number."""
    return TypeTransformerFailedError(
        f"{error.got or 'this'} is not a value of the input's type",
        where=f"{where}{error.where}",
        expected=error.expected or str(codec.form),
        got=error.got,
        fix="write one of these"
        if error.expected.startswith("Literal[")
        else "write a value of that type; `drawloom types TYPE` shows one",
    )


def _is_tuple(hint: object) -> bool:
    """Whether a hint is a tuple, which is written as a JSON array and has an object's literal type."""
    plain = getattr(hint, "__origin__", hint)
    return isinstance(plain, type) and issubclass(plain, tuple)


def refers(literal_type: pb.LiteralType) -> bool:
    """Whether values of a type are, or hold, files, folders or tables."""
    kind = literal_type.WhichOneof("type")
    if kind == "union_type":
        return any(map(refers, literal_type.union_type.variants))
    if kind in {"collection_type", "map_value_type"}:
        return refers(getattr(literal_type, cast("str", kind)))
    return kind in _REFERENCES or any(map(refers, literal_type.structure.dataclass_type.values()))

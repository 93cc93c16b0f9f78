"""JSON as literals: for the command line and for inputs files. Errors carry the path of what does not fit.

Needs the literal type alone, so it also serves an interface that was read from a file. JSON forms are those that
`literal_to_json` writes; besides, a duration may be a number of seconds or text such as `1h30m`, and a file, folder or
dataset its address alone.
"""

# ruff: noqa: ARG002 - each method of a visitor is given what any of them needs
from __future__ import annotations

import datetime as dt
import decimal
import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from literals import TypeVisitor, is_dict, path, pb, too_deep
from typeengine.errors import TypeTransformerFailedError
from typeengine.json.misfits import (
    ARRAY,
    BOOLEAN,
    DURATION,
    INTEGER,
    NULL,
    NUMBER,
    OBJECT,
    REFERENCE,
    TEXT,
    TIME,
    misfit,
)
from typeengine.json.schema_of_types import literal_type_to_json_schema
from typeengine.json.structs_from_json import tree_of_json
from typeengine.wire.plain_values import pack, struct_plain

_ODD_FLOATS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_EXACT_INT = 2**53
_DEEPEST = 90
"""Nested messages that are written here; protobuf readers take 100, and what is around a literal counts too."""
_INT64 = 2**63
_LONGEST_TIME = 200
"""Characters of a time or a duration as text; what is longer would take more time to read than its size says."""
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
_NANOS_PER_MICRO = 1000
_NUMBER = r"\d+(?:\.\d+)?"
_ISO_DURATION = re.compile(
    rf"(?P<sign>[+-]?)P(?:(?P<years>{_NUMBER})Y)?(?:(?P<months>{_NUMBER})M)?(?:(?P<weeks>{_NUMBER})W)?(?:(?P<days>{_NUMBER})D)?"
    rf"(?:T(?:(?P<hours>{_NUMBER})H)?(?:(?P<minutes>{_NUMBER})M)?(?:(?P<seconds>{_NUMBER})S)?)?"
)
_SECONDS = re.compile(r"[+-]?\d+(?:\.\d+)?")
_UNITS = {
    "weeks": "w|weeks?",
    "days": "d|days?",
    "hours": "h|hrs?|hours?",
    "minutes": "m|mins?|minutes?",
    "seconds": "s|secs?|seconds?",
}
_SHORT_DURATION = re.compile(
    r"(?P<sign>[+-]?)" + "".join(rf"(?:(?P<{unit}>{_NUMBER})\s*(?:{words})[\s,]*)?" for unit, words in _UNITS.items())
)
_CLOCK = re.compile(
    rf"(?P<sign>[+-]?)(?:(?P<days>\d+)\s*(?:d|days?)[\s,]+)?(?:(?P<hours>\d+):)?(?P<minutes>\d+):(?P<seconds>{_NUMBER})"
)
"""As Python writes a timedelta, `1 day, 2:03:04`; of two parts the first are minutes, as in flytekit."""
_MICROS = {
    "years": 31_536_000_000_000,
    "months": 2_592_000_000_000,
    "weeks": 604_800_000_000,
    "days": 86_400_000_000,
    "hours": 3_600_000_000,
    "minutes": 60_000_000,
    "seconds": 1_000_000,
}
"""Microseconds of each unit; a year has 365 days and a month 30, as for pydantic, which writes durations in them."""


def json_to_literal(value: Any, literal_type: pb.LiteralType, where: str = "") -> bytes:
    """JSON as the canonical bytes of a literal of this type. `where`: the root of paths, such as an input's name.

    Raises:
        TypeTransformerFailedError: the JSON does not fit; `where` has the path of the part that does not.
    """
    return _LITERALS.written(value, literal_type, where, 0).SerializeToString(deterministic=True)


def json_text_to_literal(text: str, literal_type: pb.LiteralType, where: str = "") -> bytes:
    """What a user typed, as a literal: bare text where the type takes text as it is, JSON otherwise.

    Raises:
        TypeTransformerFailedError: the text is not JSON where JSON is needed, or does not fit the type.
    """
    bare = _takes_bare_text(literal_type)
    if bare and not (text.startswith("{") and literal_type.WhichOneof("type") in _REFERENCES):
        return json_to_literal(text, literal_type, where)
    lenient = bare or any(_takes_bare_text(variant) for variant in literal_type.union_type.variants)
    try:
        return json_to_literal(json.loads(text), literal_type, where)
    except TypeTransformerFailedError:
        if not lenient:
            raise
    except (ValueError, RecursionError) as error:
        if not lenient:
            raise _misfit(text, literal_type, where) from error
    return json_to_literal(text, literal_type, where)


_WORDS = {
    "integer": INTEGER, "number": NUMBER, "boolean": BOOLEAN, "null": NULL, "array": ARRAY, "object": OBJECT,
    "datetime": TIME, "duration": DURATION, "blob": REFERENCE, "structured-dataset": REFERENCE,
}  # fmt: skip
"""Type or format of a schema -> what it takes."""
_REFERENCES = frozenset({"blob", "structured_dataset_type", "schema"})
_BARE = frozenset({"STRING", "DATETIME", "DURATION"})


def _takes_bare_text(literal_type: pb.LiteralType) -> bool:
    """Whether what a user types for this type is the value itself, without the quotes that JSON wants."""
    kind = literal_type.WhichOneof("type")
    if kind == "simple":
        return literal_type.simple in [pb.SimpleType.Value(name) for name in _BARE]
    return kind == "enum_type" or kind in _REFERENCES


def _misfit(value: Any, literal_type: pb.LiteralType, where: str) -> TypeTransformerFailedError:
    return misfit(value, _wanted(literal_type), where)


def _wanted(literal_type: pb.LiteralType) -> str:
    """What JSON a type takes, in words."""
    schema = literal_type_to_json_schema(literal_type)
    if "oneOf" in schema:
        return " or ".join(_wanted(variant) for variant in literal_type.union_type.variants)
    if "enum" in schema:
        return "one of " + ", ".join(json.dumps(option, ensure_ascii=False) for option in schema["enum"])
    return _WORDS.get(schema.get("format", ""), _WORDS.get(schema.get("type", ""), TEXT))


def _integer(value: Any, literal: pb.Literal) -> bool:
    fits = type(value) is int and -_INT64 <= value < _INT64
    if fits:
        literal.scalar.primitive.integer = value
    return fits


def _float(value: Any, literal: pb.Literal) -> bool:
    if isinstance(value, str) and value in _ODD_FLOATS:
        value = _ODD_FLOATS[value]
    fits = type(value) is float or (type(value) is int and abs(value) <= _EXACT_INT)
    if fits:
        literal.scalar.primitive.float_value = float(value)
    return fits


def _boolean(value: Any, literal: pb.Literal) -> bool:
    if type(value) is bool:
        literal.scalar.primitive.boolean = value
    return type(value) is bool


def _string(value: Any, literal: pb.Literal) -> bool:
    if not isinstance(value, str) or any("\ud800" <= char <= "\udfff" for char in value):
        return False
    literal.scalar.primitive.string_value = value
    return True


def _none(value: Any, literal: pb.Literal) -> bool:
    literal.scalar.none_type.SetInParent()
    return value is None


def _datetime(value: Any, literal: pb.Literal) -> bool:
    moment = read_datetime(value)
    if moment is None:
        return False
    try:
        delta = (moment if moment.tzinfo else moment.replace(tzinfo=dt.timezone.utc)) - _EPOCH
    except OverflowError:
        return False
    stamp = literal.scalar.primitive.datetime
    stamp.SetInParent()
    stamp.seconds = delta.days * 86400 + delta.seconds
    stamp.nanos = delta.microseconds * _NANOS_PER_MICRO
    return True


def _duration(value: Any, literal: pb.Literal) -> bool:
    delta = read_duration(value)
    if delta is None:
        return False
    micros = delta // dt.timedelta(microseconds=1)
    whole, rest = divmod(abs(micros), 1_000_000)
    sign = -1 if micros < 0 else 1
    duration = literal.scalar.primitive.duration
    duration.SetInParent()
    duration.seconds, duration.nanos = sign * whole, sign * rest * _NANOS_PER_MICRO
    return True


def _error(value: Any, literal: pb.Literal) -> bool:
    if not is_dict(value) or not set(value) <= {"message", "failed_node_id"}:
        return False
    message, node = value.get("message", ""), value.get("failed_node_id", "")
    if not isinstance(message, str) or not isinstance(node, str):
        return False
    literal.scalar.error.SetInParent()
    literal.scalar.error.message = message
    literal.scalar.error.failed_node_id = node
    return True


_PRIMITIVES: Mapping[str, Callable[[Any, Any], bool]] = {
    "INTEGER": _integer,
    "FLOAT": _float,
    "BOOLEAN": _boolean,
    "STRING": _string,
    "NONE": _none,
    "DATETIME": _datetime,
    "DURATION": _duration,
    "ERROR": _error,
}


def read_datetime(value: Any) -> dt.datetime | None:
    """ISO 8601 text as a datetime; a date alone is its midnight. None for anything else."""
    if not isinstance(value, str) or len(value) > _LONGEST_TIME:
        return None
    text = value.strip()
    text = text[:-1] + "+00:00" if text[-1:] in ("Z", "z") else text
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def read_duration(value: Any) -> dt.timedelta | None:
    """Seconds, ISO 8601 text, or text such as `1h30m`, `1 day` and `2:03:04` as a timedelta, to the microsecond.

    None for anything else.
    """
    if type(value) in (int, float) and math.isfinite(value):
        return _timedelta(decimal.Decimal(repr(value)) * _MICROS["seconds"])
    if not isinstance(value, str) or len(value) > _LONGEST_TIME:
        return None
    text = value.strip()
    if _SECONDS.fullmatch(text):
        return _timedelta(decimal.Decimal(text) * _MICROS["seconds"])
    found = _ISO_DURATION.fullmatch(text) or _SHORT_DURATION.fullmatch(text.lower()) or _CLOCK.fullmatch(text.lower())
    parts = {unit: count for unit, count in found.groupdict().items() if count and unit in _MICROS} if found else {}
    if found is None or not parts:
        return None
    total = sum(decimal.Decimal(count) * _MICROS[unit] for unit, count in parts.items())
    return _timedelta(-total if found["sign"] == "-" else +total)


def _timedelta(micros: decimal.Decimal | int) -> dt.timedelta | None:
    try:
        return dt.timedelta(microseconds=round(micros))
    except OverflowError:
        return None


def _struct(value: Any, literal_type: pb.LiteralType, where: str) -> Any:
    schema = struct_plain(literal_type.metadata)
    literal = pb.Literal()
    if "pb_type" in schema:
        if not isinstance(value, dict):
            raise _misfit(value, literal_type, where)
        literal.scalar.generic.SetInParent()
        literal.scalar.generic.update(cast("dict[str, Any]", value))
        return literal
    if "type" not in schema and "$ref" not in schema:
        if not is_dict(value):
            raise _misfit(value, literal_type, where)
        tree: object = value
    else:
        tree = tree_of_json(value, schema, where)
    literal.scalar.binary.tag = "msgpack"
    literal.scalar.binary.value = pack(tree)
    return literal


def _address(value: Any, literal_type: pb.LiteralType, where: str) -> tuple[str, str]:
    """The address and the format that JSON gives for a reference."""
    if isinstance(value, str) and value:
        return value, ""
    if is_dict(value):
        uri, file_format = value.get("uri", value.get("path")), value.get("format", "")
        if isinstance(uri, str) and uri and isinstance(file_format, str):
            return uri, file_format
    raise _misfit(value, literal_type, where)


_FORMATS = {".csv": "csv", ".arrow": "arrow"}
"""The format of a table at an address with this end, where nothing says another; parquet is what no format means."""


class _Literals(TypeVisitor[[Any, str, int], "pb.Literal"]):
    """JSON as a literal of each kind of type; the arguments are the JSON, its path, and the messages around the literal."""

    __slots__ = ()

    def written(self, value: Any, literal_type: pb.LiteralType, where: str, depth: int) -> pb.Literal:
        if depth > _DEEPEST:
            raise too_deep(where)
        return self.visit(literal_type, value, where, depth)

    def unset(self, literal_type: pb.LiteralType, /, value: Any, where: str, depth: int) -> pb.Literal:
        raise TypeTransformerFailedError(
            "JSON has no form for the literal type (empty)",
            where=where,
            expected="a literal type",
            got="an empty one",
            fix="give the type of the value",
        )

    def simple(self, literal_type: pb.LiteralType, /, value: Any, where: str, depth: int) -> pb.Literal:
        known = literal_type.simple in pb.SimpleType.values()
        name = pb.SimpleType.Name(literal_type.simple) if known else str(literal_type.simple)
        if name == "STRUCT":
            return _struct(value, literal_type, where)
        literal = pb.Literal()
        writer = _PRIMITIVES.get(name)
        if writer is None:
            raise TypeTransformerFailedError(
                f"JSON has no form for the simple type {name}",
                where=where,
                expected="a simple type with a JSON form",
                got=name,
                fix="leave the value out",
            )
        if not writer(value, literal):
            raise _misfit(value, literal_type, where)
        return literal

    def enum_type(self, literal_type: pb.LiteralType, /, value: Any, where: str, depth: int) -> pb.Literal:
        if value not in list(literal_type.enum_type.values):
            raise _misfit(value, literal_type, where)
        literal = pb.Literal()
        literal.scalar.primitive.string_value = value
        return literal

    def collection_type(self, literal_type: pb.LiteralType, /, value: Any, where: str, depth: int) -> pb.Literal:
        if not isinstance(value, list):
            raise _misfit(value, literal_type, where)
        literal = pb.Literal()
        literal.collection.SetInParent()
        element = literal_type.collection_type
        for index, item in enumerate(cast("list[Any]", value)):
            inner = self.written(item, element, where + path.at_index(index), depth + 2)
            literal.collection.literals.append(inner)
        return literal

    def map_value_type(self, literal_type: pb.LiteralType, /, value: Any, where: str, depth: int) -> pb.Literal:
        if not isinstance(value, dict):
            raise _misfit(value, literal_type, where)
        literal = pb.Literal()
        literal.map.SetInParent()
        for key, item in cast("dict[str, Any]", value).items():
            inner = self.written(item, literal_type.map_value_type, where + path.at_key(key), depth + 3)
            literal.map.literals[key].CopyFrom(inner)
        return literal

    def union_type(self, literal_type: pb.LiteralType, /, value: Any, where: str, depth: int) -> pb.Literal:
        """The first variant that takes the JSON as it is, integers before floats; none is an error that names all."""
        variants = list(literal_type.union_type.variants)
        if type(value) is int:
            variants.sort(key=lambda variant: variant.simple != pb.SimpleType.Value("INTEGER"))
        failures: list[TypeTransformerFailedError] = []
        for variant in variants:
            try:
                inner = self.written(value, variant, where, depth + 3)
            except TypeTransformerFailedError as error:
                failures.append(error)
                continue
            literal = pb.Literal()
            literal.scalar.union.value.CopyFrom(inner)
            literal.scalar.union.type.CopyFrom(variant)
            return literal
        deeper = [failure for failure in failures if failure.where != where]
        if len(deeper) == 1:
            raise deeper[0]
        raise _misfit(value, literal_type, where)

    def blob(self, literal_type: pb.LiteralType, /, value: Any, where: str, depth: int) -> pb.Literal:
        literal = pb.Literal()
        literal.scalar.blob.uri, kept = _address(value, literal_type, where)
        literal.scalar.blob.metadata.type.CopyFrom(literal_type.blob)
        if kept and not literal_type.blob.format:
            literal.scalar.blob.metadata.type.format = kept
        return literal

    def structured_dataset_type(
        self, literal_type: pb.LiteralType, /, value: Any, where: str, depth: int
    ) -> pb.Literal:
        literal = pb.Literal()
        uri, kept = _address(value, literal_type, where)
        literal.scalar.structured_dataset.uri, kept = uri, kept or _FORMATS.get(uri[uri.rfind(".") :].lower(), "")
        declared = literal.scalar.structured_dataset.metadata.structured_dataset_type
        declared.CopyFrom(literal_type.structured_dataset_type)
        if kept and not declared.format:
            declared.format = kept
        return literal

    def schema(self, literal_type: pb.LiteralType, /, value: Any, where: str, depth: int) -> pb.Literal:
        literal = pb.Literal()
        literal.scalar.schema.uri, _ = _address(value, literal_type, where)
        literal.scalar.schema.type.CopyFrom(literal_type.schema)
        return literal


_LITERALS = _Literals()

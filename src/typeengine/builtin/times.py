"""datetime, date, time and timedelta.

Literals: Timestamp (seconds and nanoseconds since 1970 UTC), the simple type DATETIME, for datetime and date (midnight UTC);
Duration for timedelta; text for time. A Timestamp has no zone, so a naive datetime is taken as UTC (as flytekit does) and
`Literal.metadata` says what it was, under the key `tz`, only where it is not UTC: `naive`, an offset (`+03:00`), or an
offset with the zone's name (`-05:00[America/New_York]`); with `[fold=1]` behind it where the fold does not follow from
the instant and the zone. It is not part of the digest. Plain: ISO 8601 text, with the same `[zone]` and `[fold=1]` behind it
(the suffixes of RFC 9557) only where there is something to say; a timedelta is its seconds as a float, or as text where a
float would not be exact. A zone comes back as `datetime.timezone` or as `zoneinfo.ZoneInfo`, whoever's class it was.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any, Final

from literals import list_decoding, literal_text, pb, preview
from typeengine.builtin.plain_lists import each
from typeengine.builtin.scalars import encode_text, is_class, primitive_read, simple_type
from typeengine.codec import Codec, Plain, SchemaContext
from typeengine.errors import TypeTransformerFailedError, wrong_literal, wrong_value
from typeengine.hints.forms import Form
from typeengine.registry import CodecResolver, CodecRow
from typeengine.wire.foreign_literals import foreign
from typeengine.wire.literal_bytes import metadata_entry, time_literal, with_metadata
from typeengine.wire.scalar_decoders import MISS, decoder, seconds, stamp, utc_seconds

ZONE_KEY: Final = "tz"
_NAIVE: Final = "naive"
_FIXED: Final = (type(None), dt.timezone)
_EPOCH: Final = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - arithmetic without zones
_DAY: Final = 86400
_LOW: Final = -62135596800
_HIGH: Final = 253402300799
_MICRO: Final = 1000
_LONGEST_TEXT: Final = 64
"""Characters of a date, a time or both in ISO 8601, with room for fractions and an offset."""
_NANOS: Final = 1_000_000_000
_DATETIME_FIELD, _DURATION_FIELD = 5, 6
_DATETIME_TAG, _DURATION_TAG = 0x2A, 0x32
_LONGEST: Final = 999_999_998 * _DAY
_EPOCH_UTC: Final = _EPOCH.replace(tzinfo=dt.timezone.utc)
_NAIVE_ENTRY: Final = metadata_entry(ZONE_KEY, _NAIVE)
_FOLD: Final = "[fold=1]"
_NAMED: Final = re.compile(r"(.*)\[([^\]]+)\]", re.DOTALL)
_OFFSET: Final = re.compile(r"([+-])(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{6}))?)?(?:\[([^\]]+)\])?")


def _checked(value: Any) -> dt.datetime:
    if not issubclass(type(value), dt.datetime):
        raise wrong_value("datetime", value, fix="a date is not a datetime" if issubclass(type(value), dt.date) else "")
    if getattr(value, "nanosecond", 0):
        raise wrong_value("datetime of whole microseconds", value, fix="round it: value.floor('us')")
    return value


def _parts(value: dt.datetime, offset: dt.timedelta | None) -> tuple[int, int]:
    """Seconds since 1970 UTC, and microseconds."""
    since = value.replace(tzinfo=None, fold=0) - _EPOCH
    if offset:
        since -= offset
    whole = since.days * _DAY + since.seconds
    if not _LOW <= whole <= _HIGH:
        raise wrong_value("a datetime whose UTC instant is in the years 1 to 9999", value)
    return whole, since.microseconds


def zone_text(value: dt.datetime, offset: dt.timedelta | None) -> str:
    """What a Timestamp cannot carry: empty for UTC."""
    if offset is None:
        return _NAIVE + (_FOLD if value.fold else "")
    name = _zone_name(value)
    text = _offset_text(offset) if name or offset or value.fold else ""
    return text + _behind(value, name)


def _behind(value: dt.datetime, name: str) -> str:
    """What stands behind a local time and its offset: the zone's name, and a fold that does not follow from the two."""
    told = name and value.fold and value.replace(fold=0).utcoffset() != value.utcoffset()
    return (f"[{name}]" if name else "") + (_FOLD if value.fold and not told else "")


def _zone_name(value: dt.datetime) -> str:
    """The name of a value's zone, where the zone of that name has the same offset then; else empty."""
    zone = value.tzinfo
    if zone is None or type(zone) is dt.timezone:
        return ""
    name = str(getattr(zone, "key", None) or getattr(zone, "zone", None) or "")
    known = _zone(name) if name else None
    return name if known is not None and value.replace(tzinfo=known).utcoffset() == value.utcoffset() else ""


def _zone(name: str) -> dt.tzinfo | None:
    import zoneinfo  # noqa: PLC0415 - it is slow to import, and few values have a named zone

    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _offset_text(offset: dt.timedelta) -> str:
    sign, rest = ("-", -offset) if offset < dt.timedelta(0) else ("+", offset)
    minutes, seconds = divmod(rest.seconds, 60)
    text = f"{sign}{minutes // 60:02}:{minutes % 60:02}"
    if seconds or rest.microseconds:
        text += f":{seconds:02}"
    return f"{text}.{rest.microseconds:06}" if rest.microseconds else text


def _offset(text: str) -> tuple[dt.timedelta, str]:
    match = _OFFSET.fullmatch(text)
    if match is None:
        raise wrong_literal("naive, or an offset such as +03:00", preview(text)).at(f".metadata[{ZONE_KEY!r}]")
    sign, hours, minutes, seconds, micros, name = match.groups()
    offset = dt.timedelta(
        hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0), microseconds=int(micros or 0)
    )
    if offset >= dt.timedelta(days=1):
        raise wrong_literal("an offset of less than a day", preview(text)).at(f".metadata[{ZONE_KEY!r}]")
    return -offset if sign == "-" else offset, name or ""


def _instant(stamp: Any) -> dt.datetime:
    if not _LOW <= stamp.seconds <= _HIGH or not 0 <= stamp.nanos < _NANOS:
        raise wrong_literal("a timestamp in the years 1 to 9999", f"{stamp.seconds} s, {stamp.nanos} ns")
    if stamp.nanos % _MICRO:
        raise wrong_literal(
            "a timestamp of whole microseconds", f"{stamp.nanos} ns", fix="Python's datetime has no more"
        )
    return _EPOCH + dt.timedelta(seconds=stamp.seconds, microseconds=stamp.nanos // _MICRO)


def _in_zone(instant: dt.datetime, text: str) -> dt.datetime:
    """A naive UTC instant with the zone that the text names."""
    if text.endswith(_FOLD):
        fold, text = 1, text[: -len(_FOLD)]
    else:
        fold = 0
    if text == _NAIVE:
        return instant.replace(fold=fold)
    offset, name = _offset(text) if text else (dt.timedelta(), "")
    try:
        local = (instant + offset).replace(tzinfo=dt.timezone(offset) if offset else dt.timezone.utc, fold=fold)
        return _at_zone(local, name) if name else local
    except (OverflowError, ValueError):
        raise wrong_literal("a local time in the years 1 to 9999", f"{instant} {text}") from None


def _at_zone(local: dt.datetime, name: str) -> dt.datetime:
    """A local time with an offset in the zone of a name, if it is known here: with the fold that gives the offset.

    Where the zone has another offset then by the rules known here, the instant counts. Raises OverflowError or ValueError
    for a local time outside the years 1 to 9999.
    """
    zone = _zone(name)
    if zone is None:
        return local
    for fold in (local.fold, 1 - local.fold):
        found = local.replace(tzinfo=zone, fold=fold)
        if found.utcoffset() == local.utcoffset():
            return found
    return local.astimezone(zone)


def _of_iso(tree: Plain) -> Any:
    """A datetime from its ISO text and what stands behind it."""
    if type(tree) is not str or not tree.endswith("]"):
        return _parsed(dt.datetime.fromisoformat, tree, "datetime")
    fold, text = (1, tree[: -len(_FOLD)]) if tree.endswith(_FOLD) else (0, tree)
    match = _NAMED.fullmatch(text)
    found = _parsed(dt.datetime.fromisoformat, match[1] if match else text, "datetime").replace(fold=fold)
    if match is None:
        return found
    try:
        named = _at_zone(found, match[2]) if found.tzinfo is not None else found
    except (OverflowError, ValueError):
        raise wrong_literal("a local time in the years 1 to 9999", preview(tree)) from None
    if named is found:
        raise wrong_literal("a datetime with the name of a known zone", preview(tree), fix="is tzdata installed here?")
    return named


def datetime_codec(form: Form, resolver: CodecResolver) -> Codec:  # noqa: C901 - a codec's functions share what surrounds them
    """Datetime."""
    strict: bool = resolver.options.strict_datetimes

    def checked(value: Any) -> dt.datetime:
        found = _checked(value)
        if strict and found.utcoffset() is None:
            raise wrong_value(
                "an aware datetime",
                value,
                fix="add tzinfo, or use an engine without strict_datetimes (naive means UTC)",
            )
        return found

    def encode(value: Any) -> bytes:
        if type(value) is dt.datetime:
            zone = value.tzinfo
            if zone is dt.timezone.utc and not value.fold:
                since = value - _EPOCH_UTC
                return time_literal(_DATETIME_FIELD, since.days * _DAY + since.seconds, since.microseconds * _MICRO)
            if zone is None and not strict and not value.fold:
                since = value - _EPOCH
                whole = since.days * _DAY + since.seconds
                return time_literal(_DATETIME_FIELD, whole, since.microseconds * _MICRO) + _NAIVE_ENTRY
        found = checked(value)
        offset = found.utcoffset()
        whole, micros = _parts(found, offset)
        literal = time_literal(_DATETIME_FIELD, whole, micros * _MICRO)
        zone = zone_text(found, offset)
        return with_metadata(literal, ZONE_KEY, zone) if zone else literal

    def read(literal: pb.Literal) -> dt.datetime:
        primitive = literal.scalar.primitive
        if primitive.WhichOneof("value") == "datetime":
            return _in_zone(_instant(primitive.datetime), literal.metadata.get(ZONE_KEY, ""))
        return _otherwise(literal, read, from_plain, "datetime")

    def decode(data: bytes) -> Any:
        found = utc_seconds(data)
        if found >= 0:
            return from_seconds(found, utc)
        value = quick(data)
        return walk(data) if value is MISS else value

    def quick(data: bytes) -> Any:
        # Fast path of `typeengine.codec.plain_decode`: no message is parsed. Law: `tests/laws/test_fast_paths.py`.
        naive = data.endswith(_NAIVE_ENTRY)
        found = seconds(data[: -len(_NAIVE_ENTRY)] if naive else data, _DATETIME_TAG)
        return MISS if found is None else instant_of(*found, utc=not naive)

    def column(data: bytes) -> list[Any] | None:  # fast path, as `quick`
        stamps = list_decoding.stamps(data)
        if stamps is None:
            return None
        values = [_of_stamp(one) for one in stamps]
        return None if MISS in values else values

    def to_plain(value: Any) -> Plain:
        found = checked(value)
        if type(found) is dt.datetime and not found.fold and type(found.tzinfo) in _FIXED:
            return found.isoformat()
        return dt.datetime.isoformat(found) + _behind(found, _zone_name(found))

    def from_plain(tree: Plain) -> dt.datetime:
        return _of_iso(tree)

    codec = _codec(form, dt.datetime, "DATETIME", "date-time", encode, read, to_plain, from_plain)
    walk, from_seconds, utc = codec.decode, dt.datetime.fromtimestamp, dt.timezone.utc
    return codec.with_changes(decode=decode, column=column)


def instant_of(whole: int, nanos: int, *, utc: bool) -> Any:
    """The datetime of a Timestamp's seconds and nanoseconds, or MISS for what the walk refuses."""
    if nanos % _MICRO or not _LOW <= whole <= _HIGH or not 0 <= nanos < _NANOS:
        return MISS
    return (_EPOCH_UTC if utc else _EPOCH) + dt.timedelta(0, whole, nanos // _MICRO)


def _of_stamp(data: bytes) -> Any:
    found = stamp(data)
    return MISS if found is None else instant_of(*found, utc=True)


def _otherwise(literal: pb.Literal, read: Callable[[Any], Any], from_plain: Callable[[Any], Any], expected: str) -> Any:
    if literal.scalar.WhichOneof("value") == "primitive":
        raise wrong_literal(expected, literal_text(literal)[:120])
    return foreign(literal, read, from_plain, expected)


def _parsed(parse: Callable[[str], Any], tree: Plain, expected: str) -> Any:
    if type(tree) is not str or len(tree) > _LONGEST_TEXT:
        raise wrong_literal(f"{expected} as ISO 8601 text", preview(tree))
    text = tree[:-1] + "+00:00" if tree.endswith(("Z", "z")) else tree
    try:
        return parse(text)
    except ValueError as error:
        raise wrong_literal(f"{expected} as ISO 8601 text", preview(tree), fix=str(error)) from None


def date_codec(form: Form, _: CodecResolver) -> Codec:
    """date; a datetime is not one."""

    def checked(value: Any) -> dt.date:
        if not issubclass(type(value), dt.date) or issubclass(type(value), dt.datetime):
            raise wrong_value("date", value, fix="write value.date()" if issubclass(type(value), dt.datetime) else "")
        return value

    def encode(value: Any) -> bytes:
        return time_literal(_DATETIME_FIELD, (checked(value) - _EPOCH.date()).days * _DAY, 0)

    def read(literal: pb.Literal) -> dt.date:
        primitive = literal.scalar.primitive
        if primitive.WhichOneof("value") == "datetime":
            instant = _instant(primitive.datetime)
            if instant.time() != dt.time():
                raise wrong_literal(
                    "date (midnight UTC)", f"{instant} UTC", fix="declare datetime to keep the time of day"
                )
            return instant.date()
        return _otherwise(literal, read, from_plain, "date")

    def to_plain(value: Any) -> Plain:
        return dt.date.isoformat(checked(value))

    def from_plain(tree: Plain) -> dt.date:
        return _parsed(dt.date.fromisoformat, tree, "date")

    return _codec(form, dt.date, "DATETIME", "date", encode, read, to_plain, from_plain)


def time_codec(form: Form, _: CodecResolver) -> Codec:
    """Time of day; its zone must be a fixed offset."""

    def to_plain(value: Any) -> str:
        if not issubclass(type(value), dt.time):
            raise wrong_value("time", value)
        if value.tzinfo is not None and value.utcoffset() is None:
            raise wrong_value("a time that is naive or has a fixed offset", value, fix="use a datetime, or drop tzinfo")
        return dt.time.isoformat(value) + (_FOLD if value.fold else "")

    def from_plain(tree: Plain) -> dt.time:
        if type(tree) is str and tree.endswith(_FOLD):
            return from_plain(tree[: -len(_FOLD)]).replace(fold=1)
        return _parsed(dt.time.fromisoformat, tree, "time")

    def encode(value: Any) -> bytes:
        return encode_text(to_plain(value))

    read = primitive_read("string_value", "time", from_plain, from_plain)
    return _codec(form, dt.time, "STRING", "time", encode, read, to_plain, from_plain)


def timedelta_codec(form: Form, _: CodecResolver) -> Codec:  # noqa: C901 - a codec's functions share what surrounds them
    """timedelta; both parts of the Duration have its sign."""

    def checked(value: Any) -> dt.timedelta:
        if not issubclass(type(value), dt.timedelta):
            raise wrong_value("timedelta", value)
        if getattr(value, "nanoseconds", 0):
            raise wrong_value("timedelta of whole microseconds", value, fix="round it: value.floor('us')")
        return value

    def encode(value: Any) -> bytes:
        found = checked(value)
        whole, micros = found.days * _DAY + found.seconds, found.microseconds
        if whole < 0 and micros:
            whole, micros = whole + 1, micros - 1_000_000
        return time_literal(_DURATION_FIELD, whole, micros * _MICRO)

    def quick(data: bytes) -> Any:
        # Fast path of `typeengine.codec.plain_decode`, as above. Law: `tests/laws/test_fast_paths.py`.
        found = seconds(data, _DURATION_TAG)
        if (
            found is None
            or found[1] % _MICRO
            or abs(found[0]) > _LONGEST
            or (found[0] > 0 > found[1])
            or (found[0] < 0 < found[1])
        ):
            return MISS
        return dt.timedelta(0, found[0], found[1] // _MICRO)

    def read(literal: pb.Literal) -> dt.timedelta:
        primitive = literal.scalar.primitive
        if primitive.WhichOneof("value") != "duration":
            return _otherwise(literal, read, from_plain, "timedelta")
        whole, nanos = primitive.duration.seconds, primitive.duration.nanos
        if not -_NANOS < nanos < _NANOS or (whole > 0 > nanos) or (whole < 0 < nanos):
            raise wrong_literal(
                "a duration whose nanoseconds are less than a second and of its sign", f"{whole} s, {nanos} ns"
            )
        if nanos % _MICRO:
            raise wrong_literal("a duration of whole microseconds", f"{nanos} ns", fix="Python's timedelta has no more")
        try:
            return dt.timedelta(seconds=whole, microseconds=nanos // _MICRO)
        except OverflowError:
            raise wrong_literal("a duration of at most 999999999 days", f"{whole} s") from None

    def to_plain(value: Any) -> Plain:
        found = dt.timedelta(checked(value).days, value.seconds, value.microseconds)
        number = found.total_seconds()
        try:
            exact = dt.timedelta(seconds=number) == found
        except OverflowError:
            exact = False
        return number if exact else _seconds_text(found // dt.timedelta(microseconds=1))

    def from_plain(tree: Plain) -> dt.timedelta:
        try:
            if type(tree) is int or type(tree) is float:
                return dt.timedelta(seconds=tree)
            if type(tree) is str:
                return _iso_duration(tree) if tree.lstrip("+-").startswith("P") else _of_seconds(tree)
        except (OverflowError, ValueError, ArithmeticError):
            raise wrong_literal("timedelta as seconds", preview(tree)) from None
        raise wrong_literal("timedelta as seconds", preview(tree))

    codec = _codec(form, dt.timedelta, "DURATION", "time-delta", encode, read, to_plain, from_plain)
    return codec.with_changes(
        decode=decoder(quick, codec.decode), kinds=(float, int, str), make_schema=_duration_schema
    )


def _seconds_text(micros: int) -> str:
    whole, rest = divmod(abs(micros), _MICROS)
    return f"{'-' if micros < 0 else ''}{whole}.{rest:06}"


_SECONDS: Final = re.compile(r"([+-]?)(\d+)(?:\.(\d+))?")
_MICROS: Final = 1_000_000


def _of_seconds(text: str) -> dt.timedelta:
    """Seconds as decimal text. Raises ValueError."""
    match = _SECONDS.fullmatch(text)
    if match is None:
        raise ValueError(text)
    sign, whole, rest = match.groups()
    micros = int(whole) * _MICROS + int((rest or "0")[:6].ljust(6, "0"))
    return dt.timedelta(microseconds=-micros if sign else micros) if sign != "+" else dt.timedelta(microseconds=micros)


_ISO: Final = re.compile(r"([+-]?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")


def _iso_duration(text: str) -> dt.timedelta:
    """ISO 8601 text, as pydantic writes a timedelta: a year is 365 days there, a month 30. Raises ValueError."""
    match = _ISO.fullmatch(text)
    if match is None or text.endswith(("P", "T")):
        raise ValueError(text)
    years, months, days, hours, minutes = map(int, match.groups("0")[1:6])
    found = dt.timedelta(365 * years + 30 * months + days, 0, 0, 0, minutes, hours) + _of_seconds(match[7] or "0")
    return -found if match[1] == "-" else found


def duration_text(value: dt.timedelta) -> str:
    """A timedelta as pydantic writes it: ISO 8601, such as `-P1DT2H3M4.000005S`."""
    whole = abs(value)
    hours, rest = divmod(whole.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = [(hours, "H"), (minutes, "M")]
    time = "".join(f"{count}{unit}" for count, unit in parts if count)
    if seconds or whole.microseconds:
        time += str(seconds) + (f".{whole.microseconds:06}".rstrip("0") if whole.microseconds else "") + "S"
    days = f"{whole.days}D" if whole.days else ""
    sign = "-" if value < dt.timedelta(0) else ""
    return f"{sign}P{days}{'T' + time if time else ''}" if days or time else "PT0S"


def _duration_schema(context: SchemaContext) -> dict[str, Any]:
    if context.references:
        return {"type": "string", "format": "duration"}
    return {"type": "number", "format": "time-delta"}


def _codec(  # noqa: PLR0917 - one function for each thing that a codec does
    form: Form,
    base: type,
    simple: str,
    text_format: str,
    encode: Callable[[Any], bytes],
    read: Callable[[Any], Any],
    to_plain: Callable[[Any], Plain],
    from_plain: Callable[[Plain], Any],
) -> Codec:
    def accepts(value: Any) -> bool:
        try:
            to_plain(value)
        except TypeTransformerFailedError:
            return False
        return True

    return Codec(
        form,
        tag=base.__name__,
        make_type=simple_type(simple),
        encode=encode,
        read=read,
        to_plain=to_plain,
        from_plain=from_plain,
        accepts=accepts,
        classes=(form.origin,),
        make_schema=lambda _: {"type": "string", "format": text_format},
        kinds=(str,),
        to_plains=each(to_plain),
        from_plains=each(from_plain),
    )


ROWS: Final = (
    CodecRow("datetime", is_class(dt.datetime), datetime_codec),
    CodecRow("date", is_class(dt.date), date_codec),
    CodecRow("time", is_class(dt.time), time_codec),
    CodecRow("timedelta", is_class(dt.timedelta), timedelta_codec),
)

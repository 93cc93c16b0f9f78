"""Cron expressions as Flyte's scheduler reads them, and the times that they stand for.

Source: `github.com/robfig/cron/v3` (ParseStandard, SpecSchedule.Next), as Flyte 1 uses it.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_CRON: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("a minute", 0, 59, {}),
    ("an hour", 0, 23, {}),
    ("a day of the month", 1, 31, {}),
    ("a month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    ("a day of the week", 0, 6, {name: number for number, name in enumerate(_DAYS)}),
)
_CRON_WORDS = {
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0", "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
}  # fmt: skip
_YEARS = 5
"""After so many years without one there is no further time."""
_LENGTHS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_LENGTH = re.compile(rf"(\d+\.?\d*|\.\d+)({'|'.join(_LENGTHS)})", re.ASCII)
_LONGEST = (1 << 63) - 1
"""Nanoseconds in Go's longest duration."""
_NUMBER = re.compile(r"\+?\d+", re.ASCII)
_ZONE = re.compile(r"(?:CRON_)?TZ=([^ ]*)")


def cron_mistake(text: str) -> str | None:
    """What is wrong with a cron expression, as a clause; None if nothing is.

    Five fields (minute, hour, day of the month, month, day of the week from 0 for Sunday to 6), or a word with `@`; before either there
    may be `TZ=` and a time zone.
    """
    expression = text
    if zone := _ZONE.match(text):
        if zone.end() == len(text):
            return "it has a time zone only"
        if zone[1] and zone[1] not in _zones():
            return f"{zone[1]} is not a time zone"
        expression = text[zone.end() :].strip()
    if expression.startswith("@"):
        fine = expression in _CRON_WORDS or (
            expression.startswith("@every ") and _is_length(expression.removeprefix("@every "))
        )
        return None if fine else f"{expression} is not one of its words"
    fields = expression.split()
    if len(fields) != len(_CRON):
        return f"it has {len(fields)} fields"
    for (name, low, high, words), field in zip(_CRON, fields, strict=True):
        for part in filter(None, field.split(",")):
            if not _is_cron_part(part, low, high, words):
                return f"{part} is not {name}"
    return None


@functools.cache
def _zones() -> frozenset[str]:
    import zoneinfo  # noqa: PLC0415 - it is slow to import, and few schedules name a zone

    return frozenset(zoneinfo.available_timezones()) | {"UTC", "Local"}


def _is_length(text: str) -> bool:
    """What Go's time.ParseDuration takes: `1h30m`, `1.5h`, `0`."""
    rest = text[1:] if text[:1] in ("+", "-") else text
    if rest == "0":
        return True
    parts = _LENGTH.findall(rest)
    total = sum(Decimal(number) * _LENGTHS[unit] for number, unit in parts)
    return bool(parts) and "".join(number + unit for number, unit in parts) == rest and total <= _LONGEST


def _is_cron_part(part: str, low: int, high: int, words: dict[str, int]) -> bool:
    span, *steps = part.split("/")
    ends = span.split("-")
    if ends[0] in ("*", "?"):
        first, last = low, high
    elif len(ends) <= 2:  # noqa: PLR2004 - from, and to
        first, last = (_cron_number(end, words) for end in (ends[0], ends[-1]))
    else:
        return False
    if len(steps) > 1 or (steps and not _cron_number(steps[0], {}) > 0):
        return False
    return low <= first <= last <= high


def _cron_number(text: str, words: dict[str, int]) -> int:
    """The number that a text stands for; -1 for none."""
    return words.get(text.lower(), int(text) if _NUMBER.fullmatch(text) else -1)


def cron_times(text: str, after: dt.datetime) -> Iterator[dt.datetime]:
    """The times of an expression behind a time, in UTC, without end; none where it never happens.

    Day of the month and day of the week: where both are restricted one of them has to hold, else both.

    Args:
        text: an expression without a mistake (`cron_mistake`), with fields or one of the words that stand for such.
        after: a time; one without a zone is taken to be in UTC.
    """
    fields = _CRON_WORDS.get(text, text).split()
    minutes, hours, days, months, weekdays = (
        _numbers(field, low, high, words) for (_, low, high, words), field in zip(_CRON, fields, strict=True)
    )
    either = not (_is_any(fields[2]) or _is_any(fields[4]))
    start = after.replace(tzinfo=after.tzinfo or dt.timezone.utc).astimezone(dt.timezone.utc)
    day, idle = start.date(), 0
    while idle < _YEARS * 366:
        on_day, on_weekday = day.day in days, day.isoweekday() % 7 in weekdays
        idle += 1
        if day.month in months and ((on_day or on_weekday) if either else (on_day and on_weekday)):
            for hour in hours:
                for minute in minutes:
                    found = dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=dt.timezone.utc)
                    if found > start:
                        idle = 0
                        yield found
        day += dt.timedelta(days=1)


def _is_any(field: str) -> bool:
    """Whether a field restricts nothing: `*` or `?`, in a list or with a step of 1, too."""
    parts = [part.partition("/") for part in field.split(",")]
    return any(span in {"*", "?"} and (not slash or int(step) == 1) for span, slash, step in parts)


def _numbers(field: str, low: int, high: int, words: dict[str, int]) -> Sequence[int]:
    """What a field without a mistake stands for, in order."""
    found: set[int] = set()
    for part in filter(None, field.split(",")):
        span, slash, step = part.partition("/")
        ends = span.split("-")
        if ends[0] in {"*", "?"}:
            first, last = low, high
        else:
            first, last = (_cron_number(end, words) for end in (ends[0], ends[-1]))
            last = high if slash and len(ends) == 1 else last
        found.update(range(first, last + 1, int(step) if slash else 1))
    return sorted(found)

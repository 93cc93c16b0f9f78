"""Reading cron expressions: aliases, fields, names, and whether a date can ever happen.

Grammar of a field: `*`, `?` (days), a number or a name, `a-b`, any of these with `/step`, a comma-separated list, and
for days `L` (last), `W` (nearest weekday) and `#` (nth weekday) where the platform's reader knows them.
"""

from __future__ import annotations

import re

from compiler.errors import OptionError
from literals import preview

_ALIASES = frozenset(
    {
        "hourly", "hours", "@hourly", "daily", "days", "@daily", "weekly", "weeks", "@weekly", "monthly", "months",
        "@monthly", "annually", "@annually", "yearly", "years", "@yearly",
    }
)  # fmt: skip
_MONTHS = {
    name: index
    for index, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_DAYS = {name: index for index, name in enumerate(["sun", "mon", "tue", "wed", "thu", "fri", "sat"])}
_LONGEST = {1: 31, 2: 29, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of month", 1, 31, {}),
    ("month", 1, 12, _MONTHS),
    ("day of week", 0, 7, _DAYS),
    ("second", 0, 59, {}),
    ("year", 1970, 2099, {}),
)
_FEWEST, _MOST = 5, 7


def check_cron(expression: object) -> None:
    """Refuse an expression that cannot be read or never happens.

    Raises:
        OptionError: with the field that is wrong and what it may hold.
    """
    if not isinstance(expression, str) or not expression.strip():
        raise _wrong("a schedule is not a string", expression)
    text = expression.strip()
    if text.lower() in _ALIASES:
        return
    if text.startswith("@"):
        raise _wrong("a schedule is an unknown alias", expression, "one of " + ", ".join(sorted(_ALIASES)))
    if text.upper().startswith(("TZ=", "CRON_TZ=")):
        raise _wrong("a schedule names a time zone", expression, "an expression in UTC")
    parts = text.split()
    if not _FEWEST <= len(parts) <= _MOST:
        raise _wrong(
            f"a schedule has {len(parts)} fields", expression, "minute hour day-of-month month day-of-week, or an alias"
        )
    values = [_field(part, *_FIELDS[index], expression=expression) for index, part in enumerate(parts)]
    _check_dates(parts, values, expression)


def _check_dates(parts: list[str], values: list[frozenset[int] | None], expression: str) -> None:
    """Some listed day must exist in some listed month; a day of week makes every month possible."""
    days, months = values[2], values[3]
    if days is None or (parts[4] not in {"*", "?"} and values[4] != frozenset(range(8))):
        return
    if not any(day <= _LONGEST[month] for month in (months or frozenset(_LONGEST)) for day in days):
        raise _wrong("a schedule names a date that never comes", expression, "a day that one of its months has")


def _field(  # noqa: PLR0917 - a row of the table, spread
    text: str, name: str, low: int, high: int, names: dict[str, int], expression: str
) -> frozenset[int] | None:
    """The numbers that a field stands for; None when it depends on the month (L, W, #)."""
    chosen: set[int] = set()
    relative = False
    for item in text.split(","):
        body, slash, step = item.partition("/")
        if slash and not (step.isdigit() and int(step) > 0):
            raise _wrong(f"the {name} has no positive step", expression, "like */5")
        if name.startswith("day") and re.fullmatch(
            r"(?i)l|lw|\d{1,2}w|l-\d{1,2}|[a-z0-9]{1,3}l|[a-z0-9]{1,3}#[1-5]", body
        ):
            relative = True
            continue
        first, last = _range(body, name, low, high, names, expression)
        if slash and "-" not in body and body not in {"*", "?"}:
            last = high
        chosen.update(range(first, last + 1, int(step) if slash else 1))
    return None if relative else frozenset(chosen)


def _range(  # noqa: PLR0917 - a row of the table, spread
    text: str, name: str, low: int, high: int, names: dict[str, int], expression: str
) -> tuple[int, int]:
    if text == "*" or (text == "?" and name.startswith("day")):
        return low, high
    ends = [names.get(part.lower(), int(part) if part.isascii() and part.isdigit() else -1) for part in text.split("-")]
    if len(ends) > 2 or any(not low <= end <= high for end in ends):  # noqa: PLR2004 - a range has two ends
        allowed = f"{low}-{high}" + (f" or {', '.join(names)}" if names else "")
        raise _wrong(f"the {name} is {text!r}", expression, allowed)
    first, last = ends[0], ends[-1]
    if first > last:
        if not names:
            raise _wrong(f"the {name} runs backwards", expression, f"a range such as {last}-{first}")
        # A range of names may wrap around: fri-mon.
        return low, high
    return first, last


def _wrong(what: str, expression: object, expected: str = "text like '0 6 * * 1-5'") -> OptionError:
    return OptionError(
        what,
        where="CronSchedule(schedule=)",
        expected=expected,
        got=preview(expression),
        fix="write five fields, such as '0 6 * * *' for every day at six",
    )

"""What Kubernetes takes for a quantity, a name and a label, and what Flyte's scheduler takes for a cron expression.

Sources: `k8s.io/apimachinery` (resource.ParseQuantity, validation.IsQualifiedName, IsValidLabelValue, IsDNS1123Label,
IsDNS1123Subdomain, IsRelaxedEnvVarName, IsEnvVarName) and
`github.com/robfig/cron/v3` (ParseStandard), as Flyte 1 uses them.
"""

from __future__ import annotations

import functools
import re
from decimal import Decimal

_QUANTITY = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+))([eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?", re.ASCII)
_FACTORS = {
    "": Decimal(1),
    **{
        letter: Decimal(1000) ** power
        for letter, power in zip("numkMGTPE", (-3, -2, -1, 1, 2, 3, 4, 5, 6), strict=True)
    },
    **{f"{letter}i": Decimal(1024) ** power for power, letter in enumerate("KMGTPE", 1)},
}
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_QUALIFIED = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
_ENV_NAME = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
_SHORT, _LONG = 63, 253


def quantity(text: str) -> Decimal | None:
    """A quantity as a number; None for a text that is not one."""
    found = _QUANTITY.fullmatch(text)
    if found is None:
        return None
    number, suffix = found[1], found[2] or ""
    return Decimal(number) * _FACTORS[suffix] if suffix in _FACTORS else Decimal(text)


def is_dns_label(text: str) -> bool:
    """Whether a text can name a container: at most 63 lower-case letters, digits and dashes."""
    return len(text) <= _SHORT and _LABEL.fullmatch(text) is not None


def is_dns_subdomain(text: str) -> bool:
    """Whether a text can name an object such as a service account: labels with dots between them, at most 253 characters."""
    return len(text) <= _LONG and _SUBDOMAIN.fullmatch(text) is not None


def is_env_name(text: str) -> bool:
    """Whether a text can name an environment variable of a container: printable ASCII without `=`."""
    return bool(text) and text.isascii() and text.isprintable() and "=" not in text


def is_plain_env_name(text: str) -> bool:
    """Whether Kubernetes before 1.30 takes a name of an environment variable, too."""
    return _ENV_NAME.fullmatch(text) is not None and text not in {".", ".."} and not text.startswith("..")


def is_qualified_name(text: str) -> bool:
    """Whether a text can be the key of a label: a name, with a domain before it or without."""
    prefix, slash, name = text.rpartition("/")
    if slash and (not prefix or len(prefix) > _LONG or _SUBDOMAIN.fullmatch(prefix) is None):
        return False
    return len(name) <= _SHORT and _QUALIFIED.fullmatch(name) is not None


def is_label_value(text: str) -> bool:
    """Whether a text can be the value of a label."""
    return not text or (len(text) <= _SHORT and _QUALIFIED.fullmatch(text) is not None)


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_CRON: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("a minute", 0, 59, {}),
    ("an hour", 0, 23, {}),
    ("a day of the month", 1, 31, {}),
    ("a month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    ("a day of the week", 0, 6, {name: number for number, name in enumerate(_DAYS)}),
)
_CRON_WORDS = frozenset({"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})
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

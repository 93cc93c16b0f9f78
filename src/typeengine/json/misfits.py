"""The error for JSON, or what somebody typed, that is not of its type: what it is not, and how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from literals import preview
from typeengine.errors import TypeTransformerFailedError

INTEGER, NUMBER, BOOLEAN, TEXT, NULL = "an integer", "a number", "true or false", "text", "null"
ARRAY, OBJECT = "a JSON array", "a JSON object"
TIME = "an ISO 8601 date and time"
DURATION = 'a duration, such as "PT1H30M", "1h30m" or seconds'
REFERENCE = "an address, or an object with a uri"
BASE64 = "bytes in base64"
_LONGEST = 80
"""Characters of an expectation that are said twice: in the first line too."""
_HOW: Mapping[str, str] = {
    INTEGER: "write digits, such as 4",
    NUMBER: "write digits, such as 0.5",
    BOOLEAN: "write true or false",
    TEXT: 'write text; in JSON, in double quotes: "text"',
    NULL: "write null",
    ARRAY: "write a JSON array, such as [1, 2]",
    OBJECT: 'write a JSON object, such as {"name": 1}',
    TIME: "write it as 2026-11-30 or 2026-11-30T12:00:00Z",
    DURATION: "write it as 1h30m",
    REFERENCE: 'write its path or address, or {"uri": "s3://bucket/key"}',
    BASE64: "write what base64 writes",
}


def misfit(value: Any, expected: str, where: str) -> TypeTransformerFailedError:
    """The error for a value that is not what is expected, in the words of this module or `one of ...`."""
    got = preview(value)
    return TypeTransformerFailedError(
        f"{got} is not {expected}" if len(expected) <= _LONGEST else f"{got} does not fit the type",
        where=where,
        expected=expected,
        got=got,
        fix=_HOW.get(expected, "write one of these" if expected.startswith("one of ") else "write JSON of that form"),
    )

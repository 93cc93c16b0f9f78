"""The part of YAML that configuration files use: mappings, lists and scalars, by indentation, with comments and quotes.

Anchors, tags, block texts and flow mappings are refused with their line, instead of read wrongly.
"""

from __future__ import annotations

import json
import re
from typing import Any

from literals import DrawloomError

_KEY = re.compile(r"""("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#:'"\[{&*!|>%@`-][^:#]*?|-[^\s:][^:]*?)\s*:(?:\s+(.*))?$""")
_INT = re.compile(r"[-+]?\d+")
_FLOAT = re.compile(r"[-+]?(\d+\.\d*|\.\d+)([eE][-+]?\d+)?")
_WORDS = {
    "true": True,
    "false": False,
    "null": None,
    "~": None,
    "": None,
    "yes": True,
    "no": False,
    "on": True,
    "off": False,
}


class ConfigSyntaxError(DrawloomError, ValueError):
    """A configuration file is not the YAML that is read here."""


Line = tuple[int, int, str]
"""Line number, indentation, text."""


def read_yaml(text: str, where: str) -> Any:
    """The content of a file.

    Raises:
        ConfigSyntaxError: a line cannot be read; it is named.
    """
    lines: list[Line] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        bare = _without_comment(raw).rstrip()
        if not bare.strip() or bare == "---":
            continue
        indent = len(bare) - len(bare.lstrip(" "))
        if bare.lstrip(" ").startswith("\t"):
            raise _wrong("tabs cannot indent", where, number, raw)
        lines.append((number, indent, bare.strip()))
    if not lines:
        return {}
    value, rest = _block(lines, 0, lines[0][1], where)
    if rest < len(lines):
        raise _wrong("this line's indentation fits nothing above it", where, lines[rest][0], lines[rest][2])
    return value


def _without_comment(line: str) -> str:
    quote = ""
    for at, sign in enumerate(line):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign == "#" and (at == 0 or line[at - 1] in " \t"):
            return line[:at]
    return line


def _block(lines: list[Line], at: int, indent: int, where: str) -> tuple[Any, int]:
    return _sequence(lines, at, indent, where) if _is_item(lines[at][2]) else _mapping(lines, at, indent, where)


def _is_item(text: str) -> bool:
    return text == "-" or text.startswith("- ")


def _sequence(lines: list[Line], at: int, indent: int, where: str) -> tuple[list[Any], int]:
    items: list[Any] = []
    while at < len(lines) and lines[at][1] == indent and _is_item(lines[at][2]):
        number, _, text = lines[at]
        rest = text[1:].strip()
        if not rest:
            if at + 1 < len(lines) and lines[at + 1][1] > indent:
                value, at = _block(lines, at + 1, lines[at + 1][1], where)
            else:
                value, at = None, at + 1
        elif _KEY.match(rest) and rest[0] not in "[{\"'":
            inner = indent + len(text) - len(text[1:].lstrip())
            lines[at] = (number, inner, rest)
            value, at = _mapping(lines, at, inner, where)
        else:
            value, at = _scalar(rest, where, number), at + 1
        items.append(value)
    return items, at


def _mapping(lines: list[Line], at: int, indent: int, where: str) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    while at < len(lines) and lines[at][1] == indent and not _is_item(lines[at][2]):
        number, _, text = lines[at]
        match = _KEY.match(text)
        if match is None:
            raise _wrong("a line is neither `key: value` nor `- item`", where, number, text)
        key, rest = match[1].strip("\"'"), (match[2] or "").strip()
        if key in found:
            raise _wrong(f"the key {key!r} is given twice", where, number, text)
        at += 1
        if rest:
            found[key] = _scalar(rest, where, number)
        elif at < len(lines) and (lines[at][1] > indent or (lines[at][1] == indent and _is_item(lines[at][2]))):
            found[key], at = _block(lines, at, lines[at][1], where)
        else:
            found[key] = None
    return found, at


def _scalar(text: str, where: str, number: int) -> Any:  # noqa: PLR0911 - one return for each kind of end
    if text[0] == '"':
        return _quoted(text, where, number)
    if text[0] == "'" and text.endswith("'") and len(text) > 1:
        return text[1:-1].replace("''", "'")
    if text[0] == "[" and text.endswith("]"):
        inner = text[1:-1].strip()
        return [_scalar(part.strip(), where, number) for part in inner.split(",")] if inner else []
    if text == "{}":
        return {}
    if text[0] in "&*!|>%@`{[":
        raise _wrong(f"{text[0]!r} begins something that is not read here", where, number, text)
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _quoted(text: str, where: str, number: int) -> str:
    try:
        return str(json.loads(text))
    except ValueError as error:
        raise _wrong(f"a quoted text is broken ({error})", where, number, text) from error


def _wrong(what: str, where: str, number: int, text: str) -> ConfigSyntaxError:
    return ConfigSyntaxError(
        what,
        where=f"{where}:{number}",
        expected="mappings, lists and plain values",
        got=text.strip(),
        fix="write plain mappings, lists and values",
    )

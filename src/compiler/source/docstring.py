"""What a docstring says: a short line, a long text, and one description for each parameter and return value.

Read styles: Google, NumPy, reStructuredText (`:param x:`) and Epydoc (`@param x:`). The style is found by its marks;
a text with none of them is all description. Parsed on first use, because only serialization needs it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

# Patterns are compiled when first used: most processes that import tasks never read their texts.
_FIELD = r"^[:@](\w+)(?:\s+([^:]+?))?\s*:[ \t]*(.*)$"
_GOOGLE_HEAD = r"^(Args|Arguments|Parameters|Params|Attributes|Returns?|Yields?|Raises?|Examples?|Notes?):\s*$"
_GOOGLE_ENTRY = r"^(\*{0,2}\w+)\s*(?:\([^)]*\))?\s*:[ \t]*(.*)$"
_RETURN_TYPE = r"^[\w\[\], .|]+:\s+(.*)$"
_INPUT_HEADS = {"Args", "Arguments", "Parameters", "Params", "Attributes", "Other Parameters"}
_OUTPUT_HEADS = {"Returns", "Return", "Yields", "Yield"}


class Docstring:
    """The docstring of `callable_`, or the text itself."""

    __slots__ = ("_outputs", "_parsed", "_text", "inputs", "long_description", "short_description")

    def __init__(self, docstring: str | None = None, callable_: Callable[..., Any] | None = None) -> None:
        text = docstring
        if text is None and callable_ is not None:
            text = callable_.__doc__
        self._text = _dedent(text or "")
        self.inputs: dict[str, str] = {}
        self._outputs: list[tuple[str | None, str]] = []
        self.short_description: str | None = None
        self.long_description: str | None = None
        self._parse()

    @property
    def input_descriptions(self) -> dict[str, str]:
        """Parameter name to its text."""
        return self.inputs

    @property
    def output_descriptions(self) -> dict[str, str]:
        """Return name to its text; an unnamed entry is called `o0`, `o1`, ..."""
        return {name or f"o{i}": text for i, (name, text) in enumerate(self._outputs)}

    def describe_outputs(self, names: list[str]) -> dict[str, str]:
        """One text for each output: by name, else a single entry shared by all, else nothing."""
        found = self.output_descriptions
        if len(found) == 1 and len(self._outputs) == 1:
            return dict.fromkeys(names, self._outputs[0][1])
        return {name: found[name] for name in names if name in found}

    def _parse(self) -> None:
        lines = self._text.split("\n")
        if any(re.match(_FIELD, line) for line in lines):
            body = self._fields(lines)
        elif any(_is_numpy_head(lines, i) for i in range(len(lines))):
            body = self._numpy(lines)
        elif any(re.match(_GOOGLE_HEAD, line) for line in lines):
            body = self._google(lines)
        else:
            body = lines
        text = "\n".join(body).strip()
        short, _, long = text.partition("\n")
        self.short_description = short.strip() or None
        self.long_description = long.strip() or None

    def _fields(self, lines: list[str]) -> list[str]:
        first = next(i for i, line in enumerate(lines) if re.match(_FIELD, line))
        for head, text in _blocks(lines[first:], lambda line: re.match(_FIELD, line) is not None):
            match = re.match(_FIELD, head)
            if match is None:
                continue
            kind, name, start = match.groups()
            value = _join([start, *text])
            if kind in {"param", "parameter", "arg", "argument", "key", "keyword"} and name:
                self.inputs[name.split()[-1]] = value
            elif kind in {"return", "returns", "yield", "yields"}:
                self._outputs.append((name.split()[-1] if name else None, value))
        return lines[:first]

    def _google(self, lines: list[str]) -> list[str]:
        first = next(i for i, line in enumerate(lines) if re.match(_GOOGLE_HEAD, line))
        for head, text in _blocks(lines[first:], lambda line: re.match(_GOOGLE_HEAD, line) is not None):
            title = head.strip().rstrip(":")
            body = _dedent("\n" + "\n".join(text)).split("\n")
            if title in _INPUT_HEADS:
                for entry, more in _blocks(body, lambda line: re.match(_GOOGLE_ENTRY, line) is not None):
                    if match := re.match(_GOOGLE_ENTRY, entry):
                        self.inputs[match[1].lstrip("*")] = _join([match[2], *more])
            elif title in _OUTPUT_HEADS:
                value = _join(body)
                typed = re.match(_RETURN_TYPE, value.split("\n")[0])
                self._outputs.append((None, value[typed.start(1) :] if typed else value))
        return lines[:first]

    def _numpy(self, lines: list[str]) -> list[str]:
        heads = [i for i in range(len(lines)) if _is_numpy_head(lines, i)]
        for at, end in zip(heads, [*heads[1:], len(lines)], strict=True):
            title = lines[at].strip()
            for entry, more in _blocks(lines[at + 2 : end], lambda line: bool(line) and not line[0].isspace()):
                name, colon, _ = entry.partition(":")
                value = _join(more)
                if title in _INPUT_HEADS:
                    for one in name.split(","):
                        self.inputs[one.strip().lstrip("*")] = value
                elif title in _OUTPUT_HEADS:
                    self._outputs.append((name.strip() if colon else None, value))
        return lines[: heads[0]]


def _is_numpy_head(lines: list[str], i: int) -> bool:
    return i + 1 < len(lines) and bool(lines[i].strip()) and re.fullmatch(r"-{3,}\s*", lines[i + 1]) is not None


def _blocks(lines: list[str], is_head: Callable[[str], bool]) -> list[tuple[str, list[str]]]:
    """Lines cut before each head: (head, the lines that follow it)."""
    out: list[tuple[str, list[str]]] = []
    for line in lines:
        if is_head(line):
            out.append((line, []))
        elif out:
            out[-1][1].append(line)
    return out


def _join(lines: list[str]) -> str:
    first, *rest = lines
    return "\n".join([first, _dedent("\n" + "\n".join(rest))]).strip() if rest else first.strip()


def _dedent(text: str) -> str:
    """Without the indentation that all lines but the first share, as Python shows docstrings."""
    return inspect.cleandoc(text)

"""Errors by their codes: what each means, an example that fails with it, and one that works.

The text is `explanations.md`, and docs/errors.md is made of it. A section is a code, the name of the error's class, and Markdown; a code
keeps its number for good, whatever becomes of the class.
"""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from literals import DrawloomError

_SECTION = re.compile(r"^## (E\d+) (\w+)\n\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


class Explanation(NamedTuple):
    """One error: `name` is that of its class, `text` Markdown with the cause, the cure and, for most, two programs."""

    code: str
    name: str
    text: str


@lru_cache(maxsize=1)
def explanations() -> Mapping[str, Explanation]:
    """Every explanation by its code."""
    text = importlib.resources.files("drawloom.cli").joinpath("explanations.md").read_text(encoding="utf-8")
    return {code: Explanation(code, name, body.strip()) for code, name, body in _SECTION.findall(text)}


def code_of(error: BaseException) -> str:
    """The code of an error: that of its class, or of the nearest class above it; empty for one that is not drawloom's."""
    if not isinstance(error, DrawloomError):
        return ""
    codes = {each.name: each.code for each in explanations().values()}
    return next(codes[cls.__name__] for cls in type(error).__mro__ if cls.__name__ in codes)

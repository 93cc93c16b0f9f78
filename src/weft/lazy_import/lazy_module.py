"""Modules imported when first used, under flytekit's path."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "weft._oddments": "lazy_module",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

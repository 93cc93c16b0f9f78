"""Errors as values."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "typeengine": "FlyteError",
        "weft.types.error.error": "error=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Errors as values."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "typeengine": "FlyteError",
        "drawloom.flytekit.types.error.error": "error=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

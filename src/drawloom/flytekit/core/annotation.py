"""Annotations that travel in the literal type."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "typeengine": "FlyteAnnotation",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

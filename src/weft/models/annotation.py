"""Annotations of types."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "weft.models._messages": "TypeAnnotation",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

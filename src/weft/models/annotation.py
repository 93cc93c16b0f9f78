"""Annotations of types."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "literals": "TypeAnnotation=pb.TypeAnnotation",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

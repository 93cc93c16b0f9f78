"""Settings of serialization."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "compiler": "FastSerializationSettings Image ImageConfig SerializationSettings",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

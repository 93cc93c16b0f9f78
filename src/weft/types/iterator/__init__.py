"""Iterators."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "typeengine": "FlyteIterator JSON JSONIterator",
        "weft.types.iterator.iterator": "iterator=*",
        "weft.types.iterator.json_iterator": "json_iterator=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Iterators."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "typeengine": "FlyteIterator JSON JSONIterator",
        "drawloom.flytekit.types.iterator.iterator": "iterator=*",
        "drawloom.flytekit.types.iterator.json_iterator": "json_iterator=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

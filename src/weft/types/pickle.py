"""Pickled values, asked for by name."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "typeengine": "BatchSize FlytePickle",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

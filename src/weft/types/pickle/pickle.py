"""Pickled values, opted in to by name."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "typeengine": "BatchSize",
        "weft._pickle": "FlytePickle",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

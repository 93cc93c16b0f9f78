"""Pickled values, opted in to by name."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "typeengine": "BatchSize Pickle",
        "weft._pickle": "FlytePickle",
        "weft.types.pickle.pickle": "pickle=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

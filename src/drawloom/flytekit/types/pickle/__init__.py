"""Pickled values, opted in to by name."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "typeengine": "BatchSize Pickle",
        "drawloom.flytekit._pickle": "FlytePickle",
        "drawloom.flytekit.types.pickle.pickle": "pickle=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

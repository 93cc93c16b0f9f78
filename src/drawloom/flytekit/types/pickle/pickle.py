"""Pickled values, opted in to by name."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "typeengine": "BatchSize",
        "drawloom.flytekit._pickle": "FlytePickle",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

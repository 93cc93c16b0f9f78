"""Modules imported when first used, under flytekit's path."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.flytekit._oddments": "lazy_module",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

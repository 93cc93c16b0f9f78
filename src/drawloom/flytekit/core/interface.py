"""Interfaces."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "compiler": "Interface transform_function_to_interface",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Nodes by hand."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "compiler": "create_node",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

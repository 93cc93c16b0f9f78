"""Array nodes."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "compiler": "ArrayNode array_node=map_task",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

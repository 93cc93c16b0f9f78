"""Tools under flytekit's paths."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.flytekit.tools.module_loader": "module_loader=*",
        "drawloom.flytekit.tools.translator": "translator=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

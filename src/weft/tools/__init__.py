"""Tools under flytekit's paths."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "weft.tools.module_loader": "module_loader=*",
        "weft.tools.translator": "translator=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

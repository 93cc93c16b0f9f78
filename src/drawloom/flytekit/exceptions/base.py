"""The base of drawloom's errors."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.interpreter": "FlyteRecoverableException",
        "literals": "FlyteException=DrawloomError",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

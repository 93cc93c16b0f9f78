"""The base of weft's errors."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "interpreter": "FlyteRecoverableException",
        "literals": "FlyteException=WeftError",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

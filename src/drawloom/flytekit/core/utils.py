"""Small things that flytekit's users import."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.flytekit._decorators": "ClassDecorator timeit",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Small things that flytekit's users import."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "weft._decorators": "ClassDecorator timeit",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

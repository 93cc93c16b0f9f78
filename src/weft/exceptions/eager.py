"""What eager code catches."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "weft.exceptions._named": "EagerException",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

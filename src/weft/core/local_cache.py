"""Results kept on this machine."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "weft._local_cache": "LocalTaskCache",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Task types beyond functions."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "weft.extras.tasks.shell": "shell=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

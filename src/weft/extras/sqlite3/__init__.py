"""Queries of SQLite databases."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "weft.extras.sqlite3.task": "task=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

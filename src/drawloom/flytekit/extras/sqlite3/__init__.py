"""Queries of SQLite databases."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.flytekit.extras.sqlite3.task": "task=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

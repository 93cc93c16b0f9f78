"""Caching."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "compiler": "Cache CachePolicy VersionParameters",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Options of launch plans."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "compiler": "Annotations AuthRole Labels Notification RawOutputDataConfig",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Results kept on this machine."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.flytekit._local_cache": "LocalTaskCache",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Command lines, under flytekit's path."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.flytekit.clis.sdk_in_container": "sdk_in_container=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

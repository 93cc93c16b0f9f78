"""Task types beyond functions."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.flytekit.extras.tasks.shell": "shell=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

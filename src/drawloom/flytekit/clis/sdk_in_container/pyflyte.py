"""The command line under the name of flytekit's."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.cli": "main",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

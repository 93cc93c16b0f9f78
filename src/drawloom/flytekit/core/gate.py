"""Gates."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "compiler": "approve sleep wait_for_input",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

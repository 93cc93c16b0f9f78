"""What eager code catches."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.flytekit.exceptions._named": "EagerException",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Files of Flyte 1."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "typeengine": "FlyteFile",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

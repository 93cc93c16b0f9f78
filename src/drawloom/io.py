"""Files, folders and tables of Flyte 2, and how their content is hashed."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "typeengine": "DataFrame Dir EmptyDir File HashFunction HashlibAccumulator PrecomputedValue",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Files, folders and tables of Flyte 2."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "typeengine": "DataFrame Dir File",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

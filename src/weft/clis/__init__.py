"""Command lines, under flytekit's path."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "weft.clis.sdk_in_container": "sdk_in_container=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

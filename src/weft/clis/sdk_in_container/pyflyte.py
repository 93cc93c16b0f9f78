"""The command line under the name of flytekit's."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "weft.cli": "main",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Shell scripts as tasks."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "compiler": "OutputLocation ShellTask",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

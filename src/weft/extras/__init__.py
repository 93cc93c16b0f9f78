"""Task types beyond functions."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "compiler": "ContainerTask ShellTask",
        "weft.extras.accelerators": "accelerators=*",
        "weft.extras.shell": "shell=*",
        "weft.extras.sqlite3": "sqlite3=*",
        "weft.extras.tasks": "tasks=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Task types beyond functions."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "compiler": "ContainerTask ShellTask",
        "drawloom.flytekit.extras.accelerators": "accelerators=*",
        "drawloom.flytekit.extras.shell": "shell=*",
        "drawloom.flytekit.extras.sqlite3": "sqlite3=*",
        "drawloom.flytekit.extras.tasks": "tasks=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Tasks around a tool in a container's image. Not here; every use says so."""

from __future__ import annotations

from drawloom.unsupported import absent

NAMES = ["DictMode", "FlagSpec", "Glob", "OutputSpec", "Stderr", "Stdout", "create", "listMode"]
__getattr__ = absent(
    __name__,
    NAMES,
    why="a container runtime, which drawloom does not start",
    instead="run the tool with subprocess in a task, or use ShellTask for a shell script on this machine",
)

"""Sandboxes for code that is not trusted. Not here; every use says so."""

from __future__ import annotations

from drawloom.unsupported import absent

NAMES = [
    "ORCHESTRATOR_SYNTAX_PROMPT",
    "CodeTaskTemplate",
    "ImageConfig",
    "SandboxedConfig",
    "SandboxedTaskTemplate",
    "create",
    "orchestrate_local",
    "orchestrator_from_str",
    "sandbox_environment",
]
__getattr__ = absent(
    __name__,
    NAMES,
    why="a sandbox with an interpreter of its own, and drawloom has none",
    instead="run trusted code as a task; run other code in a container of your own",
)

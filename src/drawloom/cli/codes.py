"""The exit codes that the commands and their entry point agree on."""

from __future__ import annotations

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
EXIT_CODES = {
    OK: "done",
    FAILED: "the run failed, a file is bad, or `drawloom diff` found a change that breaks somebody",
    USAGE: "the command line is wrong: an option, an input, or a file or entity that is not there; nothing ran",
    INTERRUPTED: "stopped by Ctrl-C; `drawloom resume` continues the run",
}
"""Exit code -> what it means; docs/running.md has the same table."""

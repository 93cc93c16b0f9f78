"""The exit codes that the commands and their entry point agree on."""

from __future__ import annotations

OK, FAILED, USAGE = 0, 1, 2
"""Done; the run failed or the file is bad; the command line is wrong."""

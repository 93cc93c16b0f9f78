"""What the commands and their entry point agree on: the exit codes, and which packages are ours."""

from __future__ import annotations

OK, FAILED, USAGE = 0, 1, 2
"""Exit codes: done; the run failed or the file is bad; the command line is wrong."""
OURS = frozenset({"literals", "ir", "context", "typeengine", "compiler", "interpreter", "weft"})
"""Packages whose errors say everything in their text; a user's error class may have one of ours as a second base."""

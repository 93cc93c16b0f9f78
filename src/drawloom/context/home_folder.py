"""The folder in which drawloom keeps what outlives a process: `$DRAWLOOM_HOME`, else `~/.drawloom`."""

from __future__ import annotations

import os
from pathlib import Path

HOME_VARIABLE = "DRAWLOOM_HOME"


def home() -> Path:
    """The folder; it may not exist yet."""
    given = os.environ.get(HOME_VARIABLE)
    return Path(given) if given else Path.home() / ".drawloom"

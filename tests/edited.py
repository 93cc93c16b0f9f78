"""Changing a file as a person does: not twice in one second, which is how Python tells that what it compiled is out of date."""

from __future__ import annotations

import os
from pathlib import Path


def edit(path: Path, text: str) -> None:
    """Write the text; a file that was there before is two seconds older than it is now."""
    before = path.stat().st_mtime if path.exists() else 0.0
    path.write_text(text)
    if path.stat().st_mtime < before + 2:
        os.utime(path, (before + 2, before + 2))

"""Being the only process that writes somewhere."""

from __future__ import annotations

import importlib
import os
import time
from typing import Any

_INSTANT = 0.02


def lock_file(descriptor: int) -> bool:
    """Be the only one who holds an open file, in whatever process; False if somebody does.

    The lock goes with the file, also when its process is killed. Without POSIX locks everybody gets it.
    """
    if _flocked(descriptor):
        return True
    time.sleep(_INSTANT)  # who only looks (`is_held`) has it for less
    return _flocked(descriptor)


def is_held(path: str | os.PathLike[str]) -> bool:
    """Whether a process has a file locked; True where that cannot be told, False where there is no file."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        return os.name != "posix" or not _flocked(descriptor)
    finally:
        os.close(descriptor)


def _flocked(descriptor: int) -> bool:
    if os.name != "posix":
        return True
    fcntl: Any = importlib.import_module("fcntl")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

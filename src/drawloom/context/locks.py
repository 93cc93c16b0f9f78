"""Being the only process that writes somewhere."""

from __future__ import annotations

import importlib
import os
from typing import Any


def lock_file(descriptor: int) -> bool:
    """Be the only one who holds an open file, in whatever process; False if somebody does.

    The lock goes with the file, also when its process is killed. Without POSIX locks everybody gets it.
    """
    if os.name != "posix":
        return True
    fcntl: Any = importlib.import_module("fcntl")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

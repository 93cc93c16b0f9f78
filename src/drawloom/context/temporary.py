"""Temporary folders: below one of this process alone, with a name that nobody can guess; they go with the process."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import threading

_roots: dict[int, str] = {}
_lock = threading.Lock()


def _root() -> str:
    process = os.getpid()
    with _lock:
        if process not in _roots or not os.path.isdir(_roots[process]):  # noqa: PTH112 - asked often
            _roots[process] = tempfile.mkdtemp(prefix="drawloom-")
    return _roots[process]


@atexit.register
def _remove() -> None:
    root = _roots.pop(os.getpid(), None)  # a forked child leaves its parent's folder alone
    if root is not None:
        shutil.rmtree(root, ignore_errors=True)


def temporary_folder(kind: str) -> str:
    """A new folder for the user alone. `kind`: how its name begins, for people who look."""
    return tempfile.mkdtemp(prefix=f"{kind}-", dir=_root())


def temporary_name(kind: str) -> str:
    """A path that nobody has, in a folder for the user alone; nothing is made there."""
    return f"{_root()}/{kind}-{os.urandom(8).hex()}"

"""Temporary folders: below one of this process alone, with a name that nobody can guess; they go with the process.

A process that is killed leaves its folder. It held a lock in it, which goes with the process in any case, so the next process that needs a
folder removes those that nobody holds.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import threading
from pathlib import Path

from drawloom.context.locks import is_held, lock_file

_PREFIX = "drawloom-"
_LOCK = ".in-use"
"""The file that the process of a folder has locked."""
_roots: dict[int, str] = {}
_held: dict[int, int] = {}
"""Process -> the descriptor of its lock, open for as long as it lives."""
_lock = threading.Lock()


def _root() -> str:
    process = os.getpid()
    with _lock:
        if process not in _roots or not os.path.isdir(_roots[process]):  # noqa: PTH112 - asked often
            if process in _held:  # somebody removed its folder
                os.close(_held.pop(process))
            remove_left(Path(tempfile.gettempdir()))
            _roots[process] = tempfile.mkdtemp(prefix=_PREFIX)
            _held[process] = _hold(Path(_roots[process]))
    return _roots[process]


def _hold(root: Path) -> int:
    """Lock a file in the folder; it gets its name when it is locked, so that nobody finds it free."""
    descriptor = os.open(root / f"{_LOCK}.new", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    lock_file(descriptor)
    (root / f"{_LOCK}.new").rename(root / _LOCK)
    return descriptor


def remove_left(where: Path) -> None:
    """Remove the folders there that processes of this user left when they were killed."""
    if os.name != "posix":
        return  # there no lock tells
    for root in where.glob(f"{_PREFIX}*"):
        lock = root / _LOCK
        if lock.is_file() and not root.is_symlink() and root.stat().st_uid == os.getuid() and not is_held(lock):
            shutil.rmtree(root, ignore_errors=True)


@atexit.register
def _remove() -> None:
    root = _roots.pop(os.getpid(), None)  # a forked child leaves its parent's folder alone
    if root is not None:
        shutil.rmtree(root, ignore_errors=True)
        os.close(_held.pop(os.getpid()))


def temporary_folder(kind: str) -> str:
    """A new folder for the user alone. `kind`: how its name begins, for people who look."""
    return tempfile.mkdtemp(prefix=f"{kind}-", dir=_root())


def temporary_name(kind: str) -> str:
    """A path that nobody has, in a folder for the user alone; nothing is made there."""
    return f"{_root()}/{kind}-{os.urandom(8).hex()}"

"""What a task finds around it: environment variables of its template, and a place for its checkpoint.

Environment variables belong to the process, so a task that sets one to a value waits while another task that runs has set
it to a different one; equal values do not wait.
A checkpoint's place is a folder per node with one sub-folder per attempt; an attempt reads what the one before it wrote,
also when that was in a process that was killed, if the run has a directory.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, final

from drawloom.context import SyncCheckpoint

_FILE = "checkpoint"
_changed = threading.Condition()
_held: dict[str, tuple[str, int, str | None]] = {}
"""For each variable that a running task set: the value, how many tasks rely on it, and what it was before."""


@contextlib.contextmanager
def applied(variables: Mapping[str, str]) -> Generator[None]:
    """Set the variables for the block; wait while they are set to something else for another one."""
    with _changed:
        _changed.wait_for(
            lambda: all(name not in _held or _held[name][0] == value for name, value in variables.items())
        )
        for name, value in variables.items():
            _, count, before = _held.get(name, (value, 0, os.environ.get(name)))
            _held[name] = (value, count + 1, before)
            os.environ[name] = value
    try:
        yield
    finally:
        with _changed:
            for name in variables:
                value, count, before = _held.pop(name)
                if count > 1:
                    _held[name] = (value, count - 1, before)
                elif before is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = before
            _changed.notify_all()


@final
class CheckpointPlaces:
    """Folders for checkpoints of one run; a temporary one, removed with the run, if the run has no directory."""

    def __init__(self, run_dir: str | os.PathLike[str] | None) -> None:
        self._root = Path(run_dir) / "checkpoints" if run_dir is not None else None
        self._temporary: str | None = None
        self._lock = threading.Lock()

    def checkpoint(self, address: str) -> Any:
        """The checkpoint of a node's next attempt."""
        with self._lock:
            root = self._root
            if root is None:
                self._temporary = self._temporary or tempfile.mkdtemp(prefix="drawloom-checkpoints-")
                root = Path(self._temporary)
        folder = root / hashlib.sha256(address.encode()).hexdigest()[:24]
        folder.mkdir(parents=True, exist_ok=True)
        # Each attempt has its own name from the start, so two that overlap (one overran its time) do not share one.
        with self._lock:
            taken = [int(each.name) for each in folder.iterdir() if each.name.isdigit()]
            mine = folder / str(max(taken, default=0) + 1)
            mine.mkdir()
        written = [number for number in sorted(taken, reverse=True) if (folder / str(number) / _FILE).exists()]
        before = str(folder / str(written[0]) / _FILE) if written else None
        return SyncCheckpoint(str(mine / _FILE), before)

    def close(self) -> None:
        """Remove what is temporary."""
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)

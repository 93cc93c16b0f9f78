"""Where the attempts of a node keep their checkpoints.

A folder per node with one sub-folder per attempt; an attempt reads what the one before it wrote, also when that was in a
process that was killed, if the run has a directory.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import threading
from pathlib import Path
from typing import final

from drawloom.context import SyncCheckpoint, file_access, is_remote, join, temporary_folder

_FILE = "checkpoint"


def checkpoint_in(root: str, address: str) -> SyncCheckpoint:
    """The checkpoint of a node's next attempt, below a run's folder or address; also in another process."""
    name = hashlib.sha256(address.encode()).hexdigest()[:24]
    if is_remote(root):
        return _checkpoint_at(join(root, name))
    folder = Path(root) / name
    folder.mkdir(parents=True, exist_ok=True)
    while True:
        taken = [int(each.name) for each in folder.iterdir() if each.name.isdigit()]
        mine = folder / str(max(taken, default=0) + 1)
        # Each attempt has its own name from the start, so two that overlap (one overran its time) do not share one.
        with contextlib.suppress(FileExistsError):
            mine.mkdir()
            break
    written = [number for number in sorted(taken, reverse=True) if (folder / str(number) / _FILE).exists()]
    return SyncCheckpoint(str(mine / _FILE), str(folder / str(written[0]) / _FILE) if written else None)


def _checkpoint_at(prefix: str) -> SyncCheckpoint:
    """A store keeps no empty folders, so an attempt's name is its own when it has written; what it reads was written before."""
    number = 1
    while file_access().exists(join(prefix, str(number), _FILE)):
        number += 1
    before = join(prefix, str(number - 1), _FILE) if number > 1 else None
    return SyncCheckpoint(join(prefix, str(number), _FILE), before)


@final
class CheckpointFolders:
    """Folders for checkpoints of one run; temporary ones, removed with the run, if the run has no directory."""

    def __init__(self, run_dir: str | os.PathLike[str] | None) -> None:
        self._root = Path(run_dir) / "checkpoints" if run_dir is not None else None
        self._temporary: str | None = None
        self._lock = threading.Lock()

    def checkpoint(self, address: str) -> SyncCheckpoint:
        """The checkpoint of a node's next attempt."""
        return checkpoint_in(self.folder(), address)

    def folder(self) -> str:
        """The folder of the whole run."""
        if self._root is not None:
            return str(self._root)
        with self._lock:
            self._temporary = self._temporary or temporary_folder("checkpoints")
            return self._temporary

    def close(self) -> None:
        """Remove what is temporary."""
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)

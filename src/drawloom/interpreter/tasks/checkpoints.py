"""Where the attempts of a node keep their checkpoints.

A folder per node with one sub-folder per attempt; an attempt reads what the one before it wrote, also when that was in a
process that was killed, if the run has a directory.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from pathlib import Path
from typing import final

from drawloom.context import SyncCheckpoint, temporary_folder

_FILE = "checkpoint"


@final
class CheckpointFolders:
    """Folders for checkpoints of one run; temporary ones, removed with the run, if the run has no directory."""

    def __init__(self, run_dir: str | os.PathLike[str] | None) -> None:
        self._root = Path(run_dir) / "checkpoints" if run_dir is not None else None
        self._temporary: str | None = None
        self._lock = threading.Lock()

    def checkpoint(self, address: str) -> SyncCheckpoint:
        """The checkpoint of a node's next attempt."""
        return SyncCheckpoint(*self.paths(address))

    def paths(self, address: str) -> tuple[str, str | None]:
        """Where a node's next attempt writes its checkpoint, and where the last one that was written is; None without one."""
        with self._lock:
            root = self._root
            if root is None:
                self._temporary = self._temporary or temporary_folder("checkpoints")
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
        return str(mine / _FILE), before

    def close(self) -> None:
        """Remove what is temporary."""
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)

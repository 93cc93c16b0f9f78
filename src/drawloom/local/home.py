"""Where drawloom keeps what outlives a process: `$DRAWLOOM_HOME`, else `~/.drawloom`. Cached results in `cache.db`, runs in `runs/`.

Nothing is made before something is stored. Folders are the user's alone (mode 0700).
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
from pathlib import Path
from typing import Any

from drawloom.context import home, temporary_name
from drawloom.interpreter import RUN_FILE, open_cache, private_folder
from drawloom.local.logging import system_logger

_OFF = frozenset({"0", "false", "no", "off"})


def runs_root() -> Path:
    """Where records of runs go."""
    return home() / "runs"


@functools.lru_cache(maxsize=16)
def _usable(folder: Path) -> bool:
    try:
        private_folder(folder)
    except OSError as error:
        system_logger.warning("%s cannot be used (%s)", folder, error)
        return False
    return os.access(folder, os.W_OK | os.X_OK)


_unrecorded: set[tuple[int, Path]] = set()


@atexit.register
def _forget_unrecorded() -> None:
    """Take away what runs of this process stored whose record nobody asked for."""
    for process, folder in list(_unrecorded):
        if process == os.getpid() and not (folder / RUN_FILE).exists():
            shutil.rmtree(folder, ignore_errors=True)


def unnamed_run_folder(name: str) -> Path:
    """Where a run stores what it has to whose folder nobody named: below `runs`, else in a folder of this process.

    It goes with the process unless the run's record has been written into it.
    """
    root = runs_root()
    if not _usable(root):
        return Path(temporary_name("run"))
    folder = root / name
    _unrecorded.add((os.getpid(), folder))
    return folder


def forget_if_empty(folder: Path) -> None:
    """A run has ended; if it has stored nothing, there is nothing to take away later."""
    if not folder.exists():
        _unrecorded.discard((os.getpid(), folder))


def names_folder() -> Path | None:
    """Where the names of runs that are going on are held; None if the home cannot be written."""
    folder = home() / "names"
    return folder if _usable(folder) else None


@functools.lru_cache(maxsize=16)
def _opened(path: str) -> Any:
    return open_cache(path)


class LazyCache:
    """The results in `cache.db`, opened when a task first asks. `FLYTE_LOCAL_CACHE_ENABLED=false` switches it off."""

    def _cache(self) -> Any:
        return _opened(str(home() / "cache.db"))

    def get(self, key: str, max_age: float | None = None) -> bytes | None:
        """Stored outputs; None if there are none."""
        return self._cache().get(key, max_age)

    def put(self, key: str, value: bytes, name: str = "") -> None:
        """Store outputs."""
        self._cache().put(key, value, name)

    def lock(self, key: str) -> Any:
        """Be the only one who works on this key, among all processes."""
        return self._cache().lock(key)


def local_cache() -> LazyCache | None:
    """The cache for runs in this process; None if the environment switches it off."""
    return None if os.environ.get("FLYTE_LOCAL_CACHE_ENABLED", "true").lower() in _OFF else LazyCache()


def overwrites_cache() -> bool:
    """Whether the environment asks for results to be made anew."""
    return os.environ.get("FLYTE_LOCAL_CACHE_OVERWRITE", "false").lower() not in {*_OFF, ""}

"""Where drawloom keeps what outlives a process: `$DRAWLOOM_HOME`, else `~/.drawloom`. Cached results in `cache.db`, runs in `runs/`.

Nothing is made before something is stored.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Any

from drawloom.interpreter import open_cache

HOME_VARIABLE = "DRAWLOOM_HOME"
_OFF = frozenset({"0", "false", "no", "off"})


def home() -> Path:
    """The folder; it may not exist yet."""
    given = os.environ.get(HOME_VARIABLE)
    return Path(given) if given else Path.home() / ".drawloom"


def runs_root() -> Path:
    """Where records of runs go."""
    return home() / "runs"


@functools.lru_cache(maxsize=16)
def _opened(path: str) -> Any:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
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

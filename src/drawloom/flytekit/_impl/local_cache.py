"""`LocalTaskCache`: the cached results of this machine, under flytekit's name."""

from __future__ import annotations

from drawloom.interpreter import open_cache
from drawloom.local.home import home


class LocalTaskCache:
    """Class methods only; the cache is the file that `drawloom cache` shows."""

    @classmethod
    def initialize(cls) -> None:
        """Nothing to do: the file is made when something is stored."""

    @classmethod
    def clear(cls) -> None:
        """Forget every result."""
        if (home() / "cache.db").exists():
            open_cache(home() / "cache.db").clear()

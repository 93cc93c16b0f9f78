"""How an action uses the cache: the key of its call, and the wait for its turn on an event loop."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any, final

from drawloom.interpreter import CacheLookup, cache_key
from drawloom.local.home import LazyCache
from drawloom.local.threads import in_thread
from literals import canonical_bytes


async def take_turn(lookup: CacheLookup) -> None:
    """Wait on a thread until no identical call runs: on the loop itself, the one waited for could never end."""
    guard = lookup.lock()
    handover = threading.Lock()
    first: list[str] = []  # which came first: the lock was taken, or whoever wanted it was cancelled

    def take() -> None:
        guard.__enter__()
        with handover:
            first.append("taken")
        if first[0] != "taken":
            guard.__exit__(None, None, None)

    taken = False
    try:
        await in_thread(take)
        taken = True
    finally:
        if not taken:
            with handover:
                first.append("cancelled")
            if first[0] == "taken":
                guard.__exit__(None, None, None)
    lookup.hold(guard)


@final
class ActionCache:
    """What a run's settings make of caching."""

    def __init__(self, settings: Any) -> None:
        self._settings = settings
        self._store = LazyCache()

    def lookup(self, call: Any) -> CacheLookup:
        """The place of a call; one that finds and keeps nothing if the task or the run does not cache."""
        task, settings = call.task, self._settings
        cache = task.cache
        if cache is None or settings.disable_run_cache:
            return CacheLookup(None, "", task.name)
        scope = f"{settings.project}/{settings.domain}:" if settings.cache_lookup_scope == "project-domain" else ""
        key = cache_key(
            f"{scope}{task.name}",
            canonical_bytes(task.python_interface.typed()),
            task.cache_version(),
            call.literals,
            cache.get_ignored_inputs(),
        )
        if key is None:
            return CacheLookup(None, "", task.name)
        age = cache.max_age.total_seconds() if isinstance(cache.max_age, timedelta) else cache.max_age
        return CacheLookup(
            self._store, key, task.name, serialize=cache.serialize, overwrite=settings.overwrite_cache, max_age=age
        )

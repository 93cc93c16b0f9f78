"""Cached results of actions: looked up and stored around a call, by a framed digest of everything that decides them."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, final

from drawloom.interpreter import CacheUse, cache_key
from drawloom.local.home import LazyCache
from drawloom.local.threads import in_thread
from literals import canonical_bytes


@final
class Entry:
    """One call's place in the cache. `found`: the stored outputs, None if there are none."""

    __slots__ = ("_guard", "_use", "found", "serialize")

    def __init__(self, use: CacheUse) -> None:
        self._use = use
        self._guard: Any = None
        self.serialize = use.serialize
        self.found: Mapping[str, bytes] | None = None

    async def take_turn(self) -> None:
        """Wait on a thread until no identical call runs: on the loop itself, the one waited for could never end."""
        guard = self._use.lock()
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
        self._guard = guard

    def __enter__(self) -> Entry:
        self.found = self._use.look_up()
        if self.found is None and self._use.serialize and self._guard is None:
            self._guard = self._use.lock()
            self._guard.__enter__()
            self.found = self._use.look_up()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._guard is not None:
            self._guard.__exit__(kind, error, trace)

    def store(self, literals: Mapping[str, bytes]) -> None:
        """Keep the outputs."""
        self._use.store(literals)


@final
class _NoEntry:
    """The place of a call that is not cached."""

    found: Final = None
    serialize: Final = False

    async def take_turn(self) -> None:
        """There is nobody to wait for."""

    def __enter__(self) -> _NoEntry:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def store(self, literals: Mapping[str, bytes]) -> None:
        """Nothing is kept."""


_NO_ENTRY: Final = _NoEntry()


@final
class ResultCache:
    """What a run's settings make of caching."""

    def __init__(self, settings: Any) -> None:
        self._settings = settings
        self._cache = LazyCache()

    def entry(self, call: Any) -> Entry | _NoEntry:
        """The place of a call; one that finds and keeps nothing if the task or the run does not cache."""
        task = call.task
        if task.cache is None or self._settings.disable_run_cache:
            return _NO_ENTRY
        settings = self._settings
        scope = f"{settings.project}/{settings.domain}:" if settings.cache_lookup_scope == "project-domain" else ""
        cache = task.cache
        key = cache_key(
            f"{scope}{task.name}",
            canonical_bytes(task.python_interface.typed()),
            task.cache_version(),
            call.literals,
            cache.get_ignored_inputs(),
        )
        if key is None:
            return _NO_ENTRY
        age = cache.max_age.total_seconds() if hasattr(cache.max_age, "total_seconds") else cache.max_age
        use = CacheUse(
            self._cache, key, task.name, serialize=cache.serialize, overwrite=settings.overwrite_cache, max_age=age
        )
        return Entry(use)

"""Cached results of actions: looked up and stored around a call, by a framed digest of everything that decides them."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, final

from interpreter import CacheUse, cache_key
from literals import canonical_bytes
from weft._home import LazyCache


@final
class Entry:
    """One call's place in the cache. `found`: the stored outputs, None if there are none."""

    __slots__ = ("_guard", "_use", "found")

    def __init__(self, use: CacheUse) -> None:
        self._use = use
        self._guard: Any = None
        self.found: Mapping[str, bytes] | None = None

    def __enter__(self) -> Entry:
        self.found = self._use.look_up()
        if self.found is None and self._use.serialize:
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

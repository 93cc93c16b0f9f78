"""How a call uses the cache: look up, run, store. One class for the nodes of a graph and for actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, final

from drawloom.interpreter.cache.keys import cache_key
from drawloom.interpreter.options import ResultCache
from drawloom.interpreter.program.graph import NodeKind
from drawloom.interpreter.program.program import TaskPlan
from drawloom.interpreter.record.references import References
from literals import MalformedError, WireError, canonical_bytes, pack_map, unpack_map


@final
class CacheLookup:
    """One call's place in the cache, as a context manager: `found` has the outputs of an identical call, or None.

    `store_in`: None means that nothing is found or kept. `serialize`: identical calls wait for the first, for as long as the
    block lasts. `overwrite`: do not read. `max_age`: seconds after which an entry does not count.
    """

    __slots__ = ("_guard", "found", "key", "max_age", "name", "overwrite", "serialize", "store_in")

    def __init__(  # noqa: PLR0917 - what a look-up is
        self, store_in: ResultCache | None, key: str, name: str, serialize: bool = False, overwrite: bool = False,  # noqa: FBT001, FBT002 - same
        max_age: float | None = None,
    ) -> None:  # fmt: skip
        self.store_in = store_in
        self.key = key
        self.name = name
        self.serialize = serialize and store_in is not None
        self.overwrite = overwrite
        self.max_age = max_age
        self.found: dict[str, bytes] | None = None
        self._guard: Any = None

    def lock(self) -> Any:
        """A context manager that one of all identical calls can be in; only where there is a store."""
        assert self.store_in is not None
        return self.store_in.lock(self.key)

    def hold(self, guard: object) -> None:
        """Have the lock, which was taken before the block."""
        self._guard = guard

    def __enter__(self) -> CacheLookup:
        self.found = self.look_up()
        if self.found is None and self.serialize and self._guard is None:
            guard = self.lock()
            guard.__enter__()
            self._guard = guard
            self.found = self.look_up()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        guard, self._guard = self._guard, None
        if guard is not None:
            guard.__exit__(kind, error, trace)

    def look_up(self) -> dict[str, bytes] | None:
        """The outputs of an identical call; None if there are none to be used."""
        if self.overwrite or self.store_in is None:
            return None
        found = self.store_in.get(self.key, self.max_age)
        if found is None:
            return None
        try:
            outputs = unpack_map(found)
            return outputs if all(map(References().are_whole, outputs.values())) else None
        except (MalformedError, WireError):
            return None

    def store(self, outputs: Mapping[str, bytes]) -> None:
        """Keep the outputs of this call."""
        if self.store_in is not None:
            self.store_in.put(self.key, pack_map(outputs), self.name)


def cache_rule(
    task: TaskPlan, kind: NodeKind | None, store: ResultCache, *, overwrite: bool
) -> Callable[[Mapping[str, bytes]], CacheLookup | None] | None:
    """How calls of `task` use `store`, by their inputs; None if neither the task nor its nodes ask for caching.

    What the rule gives is None for inputs that cannot be hashed.
    """
    meta = task.template.metadata
    asked, version, serialize = meta.discoverable, meta.discovery_version, meta.cache_serializable
    if kind is not None:
        asked = asked if kind.cacheable is None else kind.cacheable
        version = kind.cache_version or version
        serialize = serialize if kind.cache_serializable is None else kind.cache_serializable
    if not asked:
        return None
    name = f"{task.key.project}:{task.key.domain}:{task.key.name}"
    interface = canonical_bytes(task.template.interface)
    ignored = frozenset(meta.cache_ignore_input_vars)

    def use(inputs: Mapping[str, bytes]) -> CacheLookup | None:
        found = cache_key(name, interface, version, inputs, ignored)
        return CacheLookup(store, found, task.key.name, serialize, overwrite) if found is not None else None

    return use

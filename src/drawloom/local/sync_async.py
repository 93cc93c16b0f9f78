"""Functions with two forms: `f(...)` blocks, `await f.aio(...)` does not."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import Generic, ParamSpec, TypeVar, final

P = ParamSpec("P")
R = TypeVar("R")


@final
class SyncAsync(Generic[P, R]):
    """A blocking function with its awaitable twin as `aio`."""

    def __init__(self, blocking: Callable[P, R], aio: Callable[P, Awaitable[R]]) -> None:
        functools.update_wrapper(self, blocking)
        self._blocking = blocking
        self.aio = aio

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """The blocking form."""
        return self._blocking(*args, **kwargs)

    def __get__(self, owner: object, kind: type | None = None) -> SyncAsync[..., R]:
        if owner is None:
            return self
        return SyncAsync(functools.partial(self._blocking, owner), functools.partial(self.aio, owner))  # type: ignore[arg-type]


def with_aio(blocking: Callable[P, R]) -> SyncAsync[P, R]:
    """The pair of a function that never waits: its twin does the same at once."""

    async def aio(*args: P.args, **kwargs: P.kwargs) -> R:
        return blocking(*args, **kwargs)

    return SyncAsync(blocking, aio)

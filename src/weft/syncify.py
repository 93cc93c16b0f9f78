"""`@syncify`: an async function that may be called without await, with its awaitable form as `aio`."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec, TypeVar

from literals import WeftError, preview
from weft._both import Both
from weft._threads import blocking_thread

P = ParamSpec("P")
R = TypeVar("R")


class Syncify:
    """Makes the pairs. A blocking call runs the coroutine on a loop of its own, in a thread that ends with the call."""

    def __init__(self, name: str = "syncify") -> None:
        self.name = name

    def __call__(self, fn: Callable[P, Awaitable[R]]) -> Both[P, R]:
        """The pair of an async function, or of a method.

        Raises:
            WeftError: not an async function.
        """
        inner: Any = fn.__func__ if isinstance(fn, (classmethod, staticmethod)) else fn
        if not inspect.iscoroutinefunction(inner):
            raise WeftError("only an async function has a blocking form to be made", where="syncify", got=preview(fn))

        def blocking(*args: P.args, **kwargs: P.kwargs) -> R:
            import asyncio  # noqa: PLC0415 - costs more than all of weft, and only such a call needs it

            async def once() -> R:
                return await inner(*args, **kwargs)

            return blocking_thread(lambda: asyncio.run(once()))

        return Both(blocking, inner)


syncify = Syncify()

__all__ = ["Syncify", "syncify"]

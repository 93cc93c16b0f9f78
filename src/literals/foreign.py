"""The one place that catches everything: where drawloom calls code that is not its own.

A user's task function, module, transformer or `__repr__` may raise anything. Whoever calls one goes through `attempt` and
gets the error as a value; nowhere else in drawloom is a broad `except` (a test holds that). A `KeyboardInterrupt` is the
person's at the terminal, not the called code's, and an `asyncio` cancellation is the event loop's: both pass through.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar, final

T = TypeVar("T")


@final
class CallResult(Generic[T]):
    """What a call gave: `value`, or the `error` it raised."""

    __slots__ = ("error", "value")

    def __init__(self, value: T | None, error: BaseException | None) -> None:
        self.value = value
        self.error = error

    def unwrap(self) -> T:
        """The value.

        Raises:
            BaseException: the error itself, if the call raised one.
        """
        if self.error is not None:
            raise self.error
        return self.value  # pyright: ignore[reportReturnType] - without an error the value is the call's


def _passes(error: BaseException) -> bool:
    # Told by its name: importing asyncio would cost every `import drawloom`, and what is in `sys.modules` may be half a module
    # that another thread is importing. Any other cancellation is an `Exception`, or not asyncio's.
    return not isinstance(error, Exception) and any(
        kind.__name__ == "CancelledError" and kind.__module__ == "asyncio.exceptions" for kind in type(error).__mro__
    )


def attempt(call: Callable[..., T], /, *args: Any, **kwargs: Any) -> CallResult[T]:
    """Call foreign code; `SystemExit` is an outcome like any other error."""
    try:
        return CallResult(call(*args, **kwargs), None)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if _passes(error):
            raise
        return CallResult(None, error)


def attempt_all(call: Callable[[], T], /) -> CallResult[T]:
    """As `attempt`, where nothing can pass through, as in a thread of its own: whoever waits for it gets every error."""
    try:
        return attempt(call)
    except BaseException as error:  # noqa: BLE001 - what `attempt` lets through
        return CallResult(None, error)


def guarded(
    call: Callable[[Any], T],
    passing: tuple[type[BaseException], ...],
    failure: Callable[[Any, BaseException], Exception],
) -> Callable[[Any], T]:
    """`call`, whose argument's own code may run in it and fail: then `failure(argument, error)` is raised from that error.

    Errors of the classes `passing` are let through, as are those that `attempt` lets through and `SystemExit`.
    """

    def called(value: Any, /) -> T:
        try:
            return call(value)
        except passing:
            raise
        except Exception as error:
            if _passes(error):
                raise
            raise failure(value, error) from error

    return called


async def attempt_async(awaitable: Awaitable[T], /) -> CallResult[T]:
    """Await foreign code, as `attempt` calls it."""
    try:
        return CallResult(await awaitable, None)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if _passes(error):
            raise
        return CallResult(None, error)

"""`tool` marks what an agent may call. There is no agent here, so it marks nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, overload

T = TypeVar("T")


@overload
def tool(func: T, /, **options: object) -> T: ...


@overload
def tool(func: None = None, /, **options: object) -> Callable[[T], T]: ...


def tool(func: object = None, /, **options: object) -> object:
    """The function or task itself: there is no agent to call it. Options are an agent's business."""
    del options
    if func is not None:
        return func

    def unmarked(func: T) -> T:
        return func

    return unmarked

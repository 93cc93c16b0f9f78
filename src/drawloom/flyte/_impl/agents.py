"""`tool` marks what an agent may call. There is no agent here, so it marks nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def tool(func: Any = None, /, **options: Any) -> Any:
    """The function or task itself: there is no agent to call it. Options are an agent's business."""
    if func is not None:
        return func
    unmarked: Callable[[Any], Any] = lambda func: func  # noqa: E731 - the decorator with options
    del options
    return unmarked

"""Agents. Not here; every use says so. `tool` only marks what an agent may call, and marks nothing here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drawloom.unsupported import absent

NAMES = [
    "AccessDenied",
    "Agent",
    "AgentEvent",
    "AgentProtocol",
    "AgentResult",
    "AgentTool",
    "ConcurrencyError",
    "LLMCallable",
    "LLMMessage",
    "MCPServerSpec",
    "MemoryMeta",
    "MemoryStore",
    "MemoryStoreError",
    "ToolCallHandler",
    "ToolFn",
    "agent_progress_cb",
]
__getattr__ = absent(
    __name__,
    NAMES,
    why="a language model and a platform that serves the agent",
    instead="call the model from a task; `drawloom.trace` records each step",
)


def tool(func: Any = None, /, **options: Any) -> Any:
    """The function or task itself: there is no agent to call it. Options are an agent's business."""
    if func is not None:
        return func
    unmarked: Callable[[Any], Any] = lambda func: func  # noqa: E731 - the decorator with options
    del options
    return unmarked

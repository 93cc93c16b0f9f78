"""Agents. Not here; every use says so."""

from __future__ import annotations

from weft._absent import absent

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
    "tool",
]
__getattr__ = absent(
    __name__,
    NAMES,
    why="a language model and a platform that serves the agent",
    instead="call the model from a task; `weft.trace` records each step",
)

"""Tools of agents, served. Not here; every use says so."""

from __future__ import annotations

from drawloom.unsupported import absent

NAMES = [
    "ALL_MCP_TOOLS",
    "ALL_MCP_TOOL_GROUPS",
    "FlyteMCPAppEnvironment",
    "MCPAppEnvironment",
    "READ_ONLY_MCP_TOOLS",
    "TOOL_GROUP_MAPPING",
    "resolve_tools",
]
__getattr__ = absent(
    __name__,
    NAMES,
    why="a platform that serves applications",
    instead="start the server as a program of its own, and call drawloom.run from it",
)

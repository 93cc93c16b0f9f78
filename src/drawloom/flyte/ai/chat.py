"""Chat pages for agents. Not here; every use says so."""

from __future__ import annotations

from drawloom.unsupported import absent

NAMES = [
    "AgentChatAppEnvironment",
    "CHAT_HTML_TEMPLATE",
    "CUSTOM_THEME_CSS_TEMPLATE",
    "CustomTheme",
    "DEFAULT_CSS",
    "build_chat_html",
]
__getattr__ = absent(
    __name__,
    NAMES,
    why="a platform that serves applications",
    instead="start the server as a program of its own, and call drawloom.run from it",
)

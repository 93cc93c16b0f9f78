"""Loggers under flytekit's path."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.local.logging": "developer_logger=system_logger logger=system_logger user_space_logger=logger",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

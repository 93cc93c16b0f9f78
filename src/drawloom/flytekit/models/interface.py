"""Interfaces' messages."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.flytekit.models._messages": "Parameter ParameterMap TypedInterface Variable VariableMap",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

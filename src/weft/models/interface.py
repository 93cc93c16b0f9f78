"""Interfaces' messages."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "weft.models._messages": "Parameter ParameterMap TypedInterface Variable VariableMap",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

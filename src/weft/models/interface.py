"""Interfaces' messages."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "literals": """
            Parameter=pb.Parameter ParameterMap=pb.ParameterMap TypedInterface=pb.TypedInterface
            Variable=pb.Variable VariableMap=pb.VariableMap
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Conditions' messages."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "literals": """
            BooleanExpression=pb.BooleanExpression ComparisonExpression=pb.ComparisonExpression
            ConjunctionExpression=pb.ConjunctionExpression Operand=pb.Operand
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

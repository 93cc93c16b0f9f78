"""Comparisons of promises, as data: what `p > 3` and `(a == b) & (c < d)` are while a workflow is compiled.

Records only. Operands are promises or Python constants; conditional sections turn them into messages.
"""

from __future__ import annotations

import enum
from typing import Any

from compiler.errors import PromiseUseError
from compiler.source_location import here


class ComparisonOps(enum.Enum):
    """The operators, with the numbers of the wire."""

    EQ = 0
    NE = 1
    GT = 2
    GE = 3
    LT = 4
    LE = 5


class ConjunctionOps(enum.Enum):
    """How expressions are joined, with the numbers of the wire."""

    AND = 0
    OR = 1


_SIGNS = {
    ComparisonOps.EQ: "==",
    ComparisonOps.NE: "!=",
    ComparisonOps.GT: ">",
    ComparisonOps.GE: ">=",
    ComparisonOps.LT: "<",
    ComparisonOps.LE: "<=",
}


class _Joinable:
    """`&` and `|` join; truth has no answer before the run."""

    __slots__ = ()

    def __and__(self, other: object) -> ConjunctionExpression:
        return ConjunctionExpression(self, ConjunctionOps.AND, _checked(other, "&"))

    def __or__(self, other: object) -> ConjunctionExpression:
        return ConjunctionExpression(self, ConjunctionOps.OR, _checked(other, "|"))

    def __bool__(self) -> bool:
        raise PromiseUseError(
            f"the truth of `{self!r}` is not known while the workflow is compiled",
            expected="a value that is known while the workflow is compiled",
            got=f"the comparison {self!r}",
            fix='write conditional("name").if_(...).then(...).else_().then(...), and join with & and |, not and / or',
            location=here(keep_frame=True),
        )


def _checked(other: object, sign: str) -> Any:
    if isinstance(other, _Joinable):
        return other
    raise PromiseUseError(
        f"`{sign}` joins comparisons only",
        expected="a comparison",
        got=repr(other),
        fix="compare first, in parentheses: (a == 1) & (b.is_true())",
        location=here(2, keep_frame=True),
    )


class ComparisonExpression(_Joinable):
    """`lhs op rhs`."""

    __slots__ = ("lhs", "op", "rhs")

    def __init__(self, lhs: object, op: ComparisonOps, rhs: object) -> None:
        self.lhs = lhs
        self.op = op
        self.rhs = rhs

    def __repr__(self) -> str:
        return f"{self.lhs!r} {_SIGNS[self.op]} {self.rhs!r}"


class ConjunctionExpression(_Joinable):
    """`lhs and rhs`, `lhs or rhs`; both sides are expressions."""

    __slots__ = ("lhs", "op", "rhs")

    def __init__(self, lhs: object, op: ConjunctionOps, rhs: object) -> None:
        self.lhs = lhs
        self.op = op
        self.rhs = rhs

    def __repr__(self) -> str:
        return f"({self.lhs!r}) {'&' if self.op is ConjunctionOps.AND else '|'} ({self.rhs!r})"

"""Boolean expressions of branch nodes over literals.

Operands are primitives, None, or variables bound at the branch node. Enums compare by their text; a msgpack scalar (an
attribute of a dataclass) by its value; datetimes and durations exactly, in nanoseconds. Whether an optional value is None
can be asked of any type. `==` between different kinds is false, an order between them is an error. Unset operators are the first of their enum: EQ and AND.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgpack

import typeengine
from drawloom.interpreter.errors import ConditionError
from drawloom.interpreter.program.bindings import MSGPACK
from literals import pb, preview

_NANO = 1_000_000_000
_EQ, _NEQ, _GT, _GTE, _LT, _LTE = range(6)
_OR = 1
_NIL = msgpack.packb(None)


def holds(expression: pb.BooleanExpression, operands: Mapping[str, bytes], where: str) -> bool:
    """Whether the expression is true of the operands. Raises `ConditionError`."""
    if expression.WhichOneof("expr") == "conjunction":
        both = expression.conjunction
        left = holds(both.left_expression, operands, where)
        if both.operator == _OR:
            return left or holds(both.right_expression, operands, where)
        return left and holds(both.right_expression, operands, where)
    comparison = expression.comparison
    if comparison.operator in (_EQ, _NEQ) and (asked := _asked_for_none(comparison)) is not None:
        return _is_none(_bound(asked.var, operands, where)) == (comparison.operator == _EQ)
    left, right = (_operand(side, operands, where) for side in (comparison.left_value, comparison.right_value))
    if comparison.operator == _EQ:
        return _equal(left, right)
    if comparison.operator == _NEQ:
        return not _equal(left, right)
    if not _ordered(left, right):
        raise ConditionError(
            "these values have no order",
            where=where,
            expected="two numbers, two texts, two dates or two durations",
            got=f"{preview(left[1], 50)} and {preview(right[1], 50)}",
            fix="compare values of one type, or test for None with is_none() first",
        )
    return _compare(comparison.operator, left[1], right[1])


def _compare(operator: int, left: Any, right: Any) -> bool:
    if operator == _GT:
        return left > right
    if operator == _GTE:
        return left >= right
    if operator == _LT:
        return left < right
    return left <= right


def _equal(left: tuple[str, Any], right: tuple[str, Any]) -> bool:
    return left[0] == right[0] and left[1] == right[1]


def _ordered(left: tuple[str, Any], right: tuple[str, Any]) -> bool:
    return left[0] == right[0] and left[0] != "none"


def _asked_for_none(comparison: pb.ComparisonExpression) -> pb.Operand | None:
    """The variable that is compared with a constant None, whatever its value is."""
    for one, other in (
        (comparison.left_value, comparison.right_value),
        (comparison.right_value, comparison.left_value),
    ):
        if one.WhichOneof("val") == "var" and other.scalar.WhichOneof("value") == "none_type":
            return one
    return None


def _is_none(literal: pb.Literal) -> bool:
    while literal.scalar.WhichOneof("value") == "union":
        literal = literal.scalar.union.value
    scalar = literal.scalar
    return scalar.WhichOneof("value") == "none_type" or (scalar.binary.tag == MSGPACK and scalar.binary.value == _NIL)


def _bound(name: str, operands: Mapping[str, bytes], where: str) -> pb.Literal:
    """The value of a variable. Raises `ConditionError` where the branch node does not bind it."""
    if name not in operands:
        raise ConditionError(
            f"the condition reads {name!r}, which the branch node does not bind",
            where=where,
            expected=preview(sorted(operands)),
            got=name,
            fix="compile the workflow again",
        )
    return pb.Literal.FromString(typeengine.inlined(operands[name]))


def _operand(operand: pb.Operand, operands: Mapping[str, bytes], where: str) -> tuple[str, Any]:
    kind = operand.WhichOneof("val")
    if kind == "var":
        literal = _bound(operand.var, operands, where)
        if literal.WhichOneof("value") != "scalar":
            raise _incomparable(operand.var, where, literal)
        return _scalar(literal.scalar, operand.var, where)
    if kind == "scalar":
        return _scalar(operand.scalar, "a constant", where)
    return _primitive(operand.primitive)


def _scalar(scalar: pb.Scalar, name: str, where: str) -> tuple[str, Any]:
    kind = scalar.WhichOneof("value")
    if kind == "primitive":
        return _primitive(scalar.primitive)
    if kind == "union":
        value = scalar.union.value
        if value.WhichOneof("value") == "scalar":
            return _scalar(value.scalar, name, where)
        raise _incomparable(name, where, value)
    if kind == "none_type":
        return "none", None
    if kind == "binary" and scalar.binary.tag == MSGPACK:
        value: Any = msgpack.unpackb(scalar.binary.value, strict_map_key=False)
        if value is None:
            return "none", None
        for kinds, word in ((bool, "bool"), ((int, float), "number"), (str, "text")):
            if isinstance(value, kinds):
                return word, value
    raise _incomparable(name, where, scalar)


def _primitive(primitive: pb.Primitive) -> tuple[str, Any]:
    kind = primitive.WhichOneof("value")
    if kind == "integer":
        return "number", primitive.integer
    if kind == "float_value":
        return "number", primitive.float_value
    if kind == "boolean":
        return "bool", primitive.boolean
    if kind == "datetime":
        return "datetime", primitive.datetime.seconds * _NANO + primitive.datetime.nanos
    if kind == "duration":
        return "duration", primitive.duration.seconds * _NANO + primitive.duration.nanos
    return ("text", primitive.string_value) if kind == "string_value" else ("none", None)


def _incomparable(name: str, where: str, got: object) -> ConditionError:
    return ConditionError(
        f"{name!r} is not a value that a condition can compare",
        where=where,
        expected="a number, text, bool, date, duration, enum or None",
        got=preview(str(got).strip()),
        fix="compute a bool in a task and test that",
    )

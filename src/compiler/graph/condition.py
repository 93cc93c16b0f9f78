"""Comparisons as messages: operands, their names, and what may be compared.

A promise in a condition is an input of the branch node; its operand is that input's name, `<node id>.<output>` (`.x` for
the workflow input x). Where two paths below one output meet in one conditional, the path is part of the name, so
that the operands stay apart. Constants are primitives; None is a scalar.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator
from typing import Any

from compiler.errors import AuthoringError, FlyteAssertion, PromiseUseError
from compiler.graph.bind import Bound
from compiler.graph.expression import ComparisonExpression, ComparisonOps, ConjunctionExpression
from compiler.graph.member_path import ANYTHING
from compiler.graph.promise import Promise, VoidPromise
from compiler.source_location import SourceLocation, here
from literals import pb, preview, takes_none, type_text
from typeengine import default_engine

_SIMPLE_KINDS = {1: "number", 2: "number", 3: "text", 4: "number", 5: "time", 6: "duration"}
_KINDS = (
    (bool, "number"),
    (int, "number"),
    (float, "number"),
    (str, "text"),
    (dt.date, "time"),
    (dt.timedelta, "duration"),
)
_INT64 = 1 << 63
_SAMENESS = {ComparisonOps.EQ, ComparisonOps.NE}


def check_expression(expression: object, name: str, location: SourceLocation | None) -> None:
    """Refuse what is not a comparison, and comparisons that no server can evaluate.

    Raises:
        FlyteAssertion: a bare promise, a bool, None; a value that is not a primitive; operands of different kinds.
    """
    if isinstance(expression, ConjunctionExpression):
        check_expression(expression.lhs, name, location)
        check_expression(expression.rhs, name, location)
        return
    if not isinstance(expression, ComparisonExpression):
        raise _no_expression(expression, name, location)
    if _asks_for_none(expression):
        return
    left, right = _kind(expression.lhs, name, location), _kind(expression.rhs, name, location)
    if left and right and left != right:
        raise FlyteAssertion(
            f"a {left} is compared with a {right}",
            where=f'conditional "{name}"',
            got=repr(expression),
            fix="compare values of one type; convert in a task",
            location=location,
            expected="two values of one type",
        )


def reference(promise: Promise) -> tuple[Any, str, tuple[str | int, ...], Any]:
    """Node, output, attribute path and type of a promise, also where fields of the type hide its members."""
    node, var, path, hint = (getattr(promise, f"drawloom_{part}") for part in ("node", "var", "path", "hint"))
    return node, var, path, hint


def operands(expression: object) -> Iterator[Promise]:
    """The promises of an expression, left to right."""
    if isinstance(expression, Promise):
        yield expression
    elif isinstance(expression, (ComparisonExpression, ConjunctionExpression)):
        yield from operands(expression.lhs)
        yield from operands(expression.rhs)


class OperandNames:
    """The inputs of one branch node: a name for each value that its conditions read."""

    def __init__(self, expressions: list[Any]) -> None:
        paths_of: dict[tuple[Any, str], dict[tuple[str | int, ...], Promise]] = {}
        for expression in expressions:
            for promise in operands(expression):
                node, var, path, _ = reference(promise)
                paths_of.setdefault((node, var), {}).setdefault(path, promise)
        self.bound: list[tuple[str, Bound]] = []
        self._names: dict[tuple[Any, str, tuple[str | int, ...]], str] = {}
        taken: set[str] = set()
        for (node, var), paths in paths_of.items():
            for path, promise in paths.items():
                suffix = "".join(f".{step}" for step in path) if len(paths) > 1 else ""
                name = f"{node.id}.{var}{suffix}"
                while name in taken:  # ["a.b"] is not ["a"]["b"]
                    name += "_"
                taken.add(name)
                self._names[node, var, path] = name
                self.bound.append((name, promise))
        self.bound.sort(key=lambda pair: pair[0])

    def of(self, promise: Promise) -> str:
        """The operand name of a promise."""
        node, var, path, _ = reference(promise)
        return self._names[node, var, path]


def write_expression(expression: Any, names: OperandNames, into: pb.BooleanExpression) -> None:
    """Write a checked expression."""
    if isinstance(expression, ConjunctionExpression):
        conjunction: Any = into.conjunction
        conjunction.operator = expression.op.value
        write_expression(expression.lhs, names, conjunction.left_expression)
        write_expression(expression.rhs, names, conjunction.right_expression)
        return
    comparison: Any = into.comparison
    comparison.operator = expression.op.value
    _write_operand(expression.lhs, names, comparison.left_value)
    _write_operand(expression.rhs, names, comparison.right_value)


def write_never(into: pb.BooleanExpression) -> None:
    """Write a condition that is never true: 0 == 1."""
    into.comparison.left_value.primitive.integer = 0
    into.comparison.right_value.primitive.integer = 1


def _write_operand(operand: Any, names: OperandNames, into: pb.Operand) -> None:
    if isinstance(operand, Promise):
        into.var = names.of(operand)
        return
    value = operand.value if isinstance(operand, enum.Enum) else operand
    if value is None:
        into.scalar.none_type.SetInParent()
    elif isinstance(value, bool):
        into.primitive.boolean = value
    elif isinstance(value, int):
        into.primitive.integer = value
    elif isinstance(value, float):
        into.primitive.float_value = value
    elif isinstance(value, str):
        into.primitive.string_value = value
    elif isinstance(value, dt.date):
        value = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
        # A time without zone is UTC, as everywhere on the wire.
        into.primitive.datetime.FromDatetime(value if value.tzinfo is None else value.astimezone(dt.timezone.utc))
    else:
        into.primitive.duration.FromTimedelta(value)


def _kind(operand: object, name: str, location: SourceLocation | None) -> str:
    """What an operand can be compared with: number, text, time, duration; "" when only the run will tell."""
    if isinstance(operand, Promise):
        return _promise_kind(operand, name, location)
    value = operand.value if isinstance(operand, enum.Enum) else operand
    if value is None:
        return ""
    if isinstance(value, int) and not -_INT64 <= value < _INT64:
        raise _no_operand(operand, name, location, "an integer of 64 bits")
    for kind, text in _KINDS:
        if isinstance(value, kind):
            return text
    raise _no_operand(operand, name, location, "int, float, str, bool, datetime, timedelta, None, or a promise of one")


def _asks_for_none(expression: ComparisonExpression) -> bool:
    """Whether an optional value of any type is compared with None: no value but None is that, so its type does not matter."""
    pair = (expression.lhs, expression.rhs)
    promises = [side for side in pair if isinstance(side, Promise)]
    if expression.op not in _SAMENESS or len(promises) != 1 or all(side is not None for side in pair):
        return False
    hint = reference(promises[0])[3]
    return hint is not ANYTHING and takes_none(default_engine().codec(hint).literal_type)


def _promise_kind(promise: Promise, name: str, location: SourceLocation | None) -> str:
    hint = reference(promise)[3]
    if hint is ANYTHING:
        return ""
    literal_type = default_engine().codec(hint).literal_type
    variants = list(literal_type.union_type.variants) if literal_type.HasField("union_type") else [literal_type]
    kinds = {_type_kind(variant) for variant in variants if not _is_none(variant)}
    if not kinds or "" not in kinds:
        return kinds.pop() if len(kinds) == 1 else ""
    raise FlyteAssertion(
        "only primitive values can be compared",
        where=f'conditional "{name}"',
        expected="int, float, str, bool, datetime, timedelta or an enum",
        got=f"{promise!r} of type {type_text(literal_type)}",
        fix="compare one of its attributes, ask an optional one `p.is_none()`, or compute a bool in a task",
        location=location,
    )


def _is_none(literal_type: pb.LiteralType) -> bool:
    return literal_type.WhichOneof("type") == "simple" and literal_type.simple == pb.SimpleType.Value("NONE")


def _type_kind(literal_type: pb.LiteralType) -> str:
    if literal_type.HasField("enum_type"):
        return "text"
    return _SIMPLE_KINDS.get(literal_type.simple, "")


def _no_operand(operand: object, name: str, location: SourceLocation | None, expected: str) -> AuthoringError:
    return FlyteAssertion(
        "a condition compares with something that is not a primitive",
        where=f'conditional "{name}"',
        expected=expected,
        got=preview(operand),
        fix="compare with a value of that type, or an output that has it",
        location=location,
    )


def _no_expression(expression: Any, name: str, location: SourceLocation | None) -> AuthoringError:
    where = f'conditional "{name}"'
    if isinstance(expression, Promise):
        return PromiseUseError(
            "a promise alone is not a condition",
            where=where,
            got=repr(expression),
            fix="write if_(p.is_true()), or compare it: if_(p > 3)",
            location=location,
            expected="a comparison",
        )
    if isinstance(expression, VoidPromise):
        return PromiseUseError(
            f"`{expression.task_name}` has no output, so there is nothing to compare",
            where=where,
            expected="a task with an output",
            got="a task without outputs",
            fix="let the task return the value that decides",
            location=location,
        )
    return FlyteAssertion(
        "a condition is not a comparison",
        where=where,
        expected="a comparison with a promise, such as p > 3, joined with & and |",
        got=preview(expression),
        fix="a choice that is known while compiling is Python's: write if ...: outside conditional()",
        location=location or here(keep_frame=True),
    )

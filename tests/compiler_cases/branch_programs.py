"""Random conditionals as data: traced into a workflow, and evaluated by twenty lines of plain Python."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Any

from compiler import conditional, task

LOG: list[tuple[str, int]] = []
SIGNS = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


@task
def probe(n: int) -> int:
    LOG.append(("probe", n))
    return n + 1


@task
def work(n: int) -> int:
    LOG.append(("work", n))
    return n * 10


@dataclass
class Arm:
    condition: Any
    result: Any


@dataclass
class Branch:
    arms: list[Arm]
    otherwise: Any


def trace_branch(program: Branch, n: Any, m: Any) -> Any:
    def operand(what):
        return {"n": lambda: n, "m": lambda: m, "probe": lambda: probe(n=n)}.get(what, lambda: what)()

    def condition(made):
        sign, left, right = made
        if sign == "and":
            return condition(left) & condition(right)
        if sign == "or":
            return condition(left) | condition(right)
        return SIGNS[sign](operand(left), operand(right))

    def result(made):
        kind, what = made
        if kind == "call":
            return work(n=operand(what))
        if kind == "chain":
            return work(n=work(n=operand(what)))
        if kind == "branch":
            return trace_branch(what, n, m)
        return what if kind == "constant" else operand(what)

    section = conditional("c")
    case = section.if_(condition(program.arms[0].condition))
    for index, arm in enumerate(program.arms):
        if index:
            case = case.elif_(condition(arm.condition))
        case = case.fail(arm.result[1]) if arm.result[0] == "fail" else case.then(result(arm.result))
    return case.else_().then(result(program.otherwise))


def evaluate(program: Branch, n: int, m: int) -> tuple[Any, list[tuple[str, int]]]:
    calls: list[tuple[str, int]] = []

    def operand(what):
        if what == "probe":
            calls.append(("probe", n))
            return n + 1
        return {"n": n, "m": m}.get(what, what)

    def condition(made):
        sign, left, right = made
        if sign in {"and", "or"}:
            first, second = condition(left), condition(right)  # calls in conditions always run
            return (first and second) if sign == "and" else (first or second)
        return SIGNS[sign](operand(left), operand(right))

    def work_on(value):
        calls.append(("work", value))
        return value * 10

    def result(made):
        kind, what = made
        if kind == "call":
            return work_on(operand(what))
        if kind == "chain":
            return work_on(work_on(operand(what)))
        if kind == "branch":
            return run(what)
        return what if kind in {"constant", "fail"} else operand(what)

    def run(branch):
        truths = [condition(arm.condition) for arm in branch.arms]
        for arm, truth in zip(branch.arms, truths):
            if truth:
                return result(arm.result)
        return result(branch.otherwise)

    return run(program), calls

"""Conditionals of any shape run exactly what plain Python would run, and nothing else."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from compiler_cases.branch_programs import LOG, Arm, Branch, evaluate, trace_branch
from drawloom import workflow
from drawloom.interpreter import BranchFailedError

values = st.integers(-2, 2)
operands = st.sampled_from(["n", "m", "probe"])


def conditions(depth):
    leaf = st.tuples(st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), operands, values | operands)
    if depth == 0:
        return leaf
    below = conditions(depth - 1)
    return leaf | st.tuples(st.sampled_from(["and", "or"]), below, below)


def results(depth):
    leaf = st.one_of(
        st.tuples(st.just("call"), operands),
        st.tuples(st.just("chain"), operands),
        st.tuples(st.just("value"), operands),
        st.tuples(st.just("constant"), values),
    )
    if depth == 0:
        return leaf
    return leaf | st.tuples(st.just("branch"), branches(depth - 1))


def branches(depth):
    arm = st.builds(Arm, conditions(1), results(depth) | st.tuples(st.just("fail"), st.just("refused")))
    return st.builds(Branch, st.lists(arm, min_size=1, max_size=3), results(depth))


@settings(max_examples=max(1, settings.default.max_examples // 4), suppress_health_check=[HealthCheck.too_slow])
@given(branches(2), values, values)
def test_a_conditional_runs_what_python_would_run(program, n, m):
    @workflow
    def wf(n: int, m: int) -> int:
        return trace_branch(program, n, m)

    expected, calls = evaluate(program, n, m)
    LOG.clear()
    try:
        got = wf(n=n, m=m)
    except BranchFailedError as error:
        got = str(error)
    assert got == expected
    assert sorted(LOG) == sorted(calls)

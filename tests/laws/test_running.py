"""Running what was compiled is what plain Python gives: sequential, parallel, from bytes, and resumed after a kill."""

from __future__ import annotations

import os

import flow_builder
import flow_tasks
import oracle
from compiler import compile_bundle
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from interpreter import RunOptions, load, run
from literals import pb
from strategies.workflows import SAFE, flows

SETTINGS = settings(max_examples=int(os.environ.get("WEFT_LAW_EXAMPLES", "60")), deadline=None, suppress_health_check=list(HealthCheck))
inputs = st.integers(-5, 5)


def literal(value):
    return pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=value)))


def outcome(compiled, x, **options):
    """Run once; what came out, in the oracle's terms."""
    flow_tasks.reset()
    program = load(compiled.bundle.SerializeToString())
    result = run(
        program,
        {"x": literal(x)},
        entities=compiled.entities,
        entity=next(iter(program.mains)),
        options=RunOptions(raise_errors=False, **options),
    )
    if result.error is not None:
        return (type(result.error).__name__, text_of(result.error)), dict(flow_tasks.HANDLED), None
    value = result.literal("o0").scalar.primitive.integer
    return value, dict(flow_tasks.HANDLED), dict(flow_tasks.MARKS)


def text_of(error):
    return str(error)


def expected(flow, x):
    answer = oracle.evaluate(flow, x)
    if answer.failure is None:
        return answer.value, dict(answer.handled), dict(answer.marks)
    kind = answer.failure.kind
    if answer.failure.text.startswith("no "):
        kind = "BranchFailedError"
    return (kind, answer.failure.text), dict(answer.handled), None


@SETTINGS
@given(flows(kinds=SAFE), inputs)
def test_running_the_bundle_is_calling_plain_python(flow, x):
    compiled = compile_bundle([flow_builder.build(flow)])
    assert outcome(compiled, x) == expected(flow, x)


@SETTINGS
@given(flows(), inputs)
def test_sequential_and_parallel_runs_agree_with_the_oracle(flow, x):
    compiled = compile_bundle([flow_builder.build(flow)])
    wanted = expected(flow, x)
    assert outcome(compiled, x, max_parallelism=1) == wanted
    assert outcome(compiled, x, max_parallelism=8) == wanted

"""Running what was compiled is what plain Python gives: sequential, parallel, from bytes, and resumed after a kill."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import flow_builder
import flow_tasks
import oracle
from compiler import compile_bundle
from drawloom.interpreter import RunOptions, load, read_run, resume, run
from literals import pb
from strategies.workflows import SAFE, flows

SETTINGS = settings(
    max_examples=max(1, settings.default.max_examples // 4), deadline=None, suppress_health_check=list(HealthCheck)
)
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
        options=RunOptions(raise_errors=False, sleeps=False, ask=lambda request: True, **options),
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


def agree(got, wanted):
    """The same value and calls; or the same error, and at least the handlers of a sequential run.

    Where something fails, a sub-workflow further on may have started, and run its own handler, by then.
    """
    value, handled, marks = got
    assert (value, marks) == (wanted[0], wanted[2])
    assert handled == wanted[1] if marks is not None else not Counter(wanted[1]) - Counter(handled)


@SETTINGS
@given(flows(kinds=SAFE), inputs)
def test_running_the_bundle_is_calling_plain_python(flow, x):
    compiled = compile_bundle([flow_builder.build(flow)])
    agree(outcome(compiled, x), expected(flow, x))


@SETTINGS
@given(flows(), inputs)
def test_sequential_and_parallel_runs_agree_with_the_oracle(flow, x):
    compiled = compile_bundle([flow_builder.build(flow)])
    wanted = expected(flow, x)
    agree(outcome(compiled, x, max_parallelism=1), wanted)
    agree(outcome(compiled, x, max_parallelism=8), wanted)


@SETTINGS
@given(flows(), inputs, st.floats(0, 1), st.booleans())
def test_a_run_that_is_resumed_from_any_prefix_of_its_journal_ends_the_same(flow, x, cut, torn):
    compiled = compile_bundle([flow_builder.build(flow)])
    wanted = expected(flow, x)
    with tempfile.TemporaryDirectory() as folder:
        run_dir = Path(folder) / "run"
        agree(outcome(compiled, x, run_dir=run_dir), wanted)
        journal = run_dir / "journal.wal"
        kept = journal.read_bytes()[: int(cut * journal.stat().st_size)]
        journal.write_bytes(kept + b"\x00\x00\x01" * torn)
        finished = finished_calls(run_dir)
        flow_tasks.reset()
        result = resume(
            run_dir,
            entities=compiled.entities,
            options=RunOptions(raise_errors=False, sleeps=False, ask=lambda request: True),
        )
        if result.error is None:
            assert result.literal("o0").scalar.primitive.integer == wanted[0]
            assert sum(flow_tasks.MARKS.values()) + finished <= sum(wanted[2].values())
        else:
            assert (type(result.error).__name__, str(result.error)) == wanted[0]


def finished_calls(run_dir):
    """How many calls of marked tasks the journal has the end of: each successful attempt is one mark."""
    frames = read_run(run_dir)[3]
    ended = [f for f in frames if f["k"] == "out"]
    names = {f["a"]: f["e"].rpartition(".")[2] for f in frames if f["k"] == "ev" and f.get("e")}
    return sum(
        names.get(f["a"]) not in {None, "inc", "odd", "grow"} and "arraynode" not in names[f["a"]] for f in ended
    )

"""A task runs in several ways: in the run's own thread without a job, as a job there, on workers, in an executor, recorded
or not. Whichever it is, what comes out, what is said of it and what the task sees are the same.

An observer, even one that does nothing, keeps a run from the shortest way; so that is the general one here.
"""

from __future__ import annotations

import asyncio
import contextvars
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import List, NamedTuple, Tuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import flow_builder
import flow_tasks
from compiler import PythonFunctionTask, compile_bundle
from drawloom import FlyteContextManager, ctx, current_context, map_task, task, workflow
from drawloom.interpreter import FlyteRecoverableException, NodeRun, RunOptions, State, load, open_cache, read_run, run
from drawloom.testing import task_mock
from literals import DrawloomError, pb
from strategies.workflows import flows

COLOUR = contextvars.ContextVar("colour", default="none")
TRIES: List[int] = []


def literal(value):
    return pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=value)))


def told(result, *, nodes=True):
    """Everything that a result says, but for times."""
    failure = result.failure
    said = {
        "state": result.state,
        "outputs": dict(result.outputs),
        "error": failure
        and (
            type(failure.error).__name__,
            str(failure.error),
            failure.kind,
            failure.recoverable,
            [str(step) for step in failure.trail],
            failure.traceback and failure.traceback.tb_frame.f_code.co_name,
            [other.message() for other in failure.others],
        ),
    }
    if nodes:
        said["nodes"] = [(n.address, n.state, n.name, n.entity, n.attempts, n.detail) for n in result.nodes.values()]
        assert all(n.started <= n.ended for n in result.nodes.values() if n.ended)
    return said


def in_any_order(said):
    """An executor's one worker gets the next node before the first has ended, so more may have run when one fails."""
    return {**said, "nodes": sorted(said["nodes"], key=str) if said["state"] is State.SUCCEEDED else []}


def going(made, x, **options):
    flow_tasks.reset()
    TRIES.clear()
    program = load(made.bundle.SerializeToString())
    chosen = RunOptions(raise_errors=False, sleeps=False, ask=lambda request: True, **options)
    return run(program, {"x": literal(x)}, entity=program.mains[0], entities=made.entities, options=chosen)


def ignore(event):
    del event


def frames(folder):
    return [{key: value for key, value in frame.items() if key != "t"} for frame in read_run(folder)[3]]


@settings(
    max_examples=max(1, settings.default.max_examples // 4), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(flows(), st.integers(-5, 5))
def test_generated_workflows_say_the_same_in_every_way(flow, x):
    made = compile_bundle([flow_builder.build(flow)])
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as pool:
        short, general = Path(folder) / "short", Path(folder) / "general"
        plain = told(going(made, x, max_parallelism=1))
        assert told(going(made, x, max_parallelism=1, observers=(ignore,))) == plain
        assert in_any_order(told(going(made, x, max_parallelism=1, executor=pool))) == in_any_order(plain)
        assert told(going(made, x, max_parallelism=1, run_dir=short, name="r")) == plain
        assert told(going(made, x, max_parallelism=1, run_dir=general, name="r", observers=(ignore,))) == plain
        assert frames(short) == frames(general)
        wide = told(going(made, x, max_parallelism=8), nodes=False)
        assert wide == {key: value for key, value in plain.items() if key != "nodes"}


class Two(NamedTuple):
    a: int
    b: str


@task
def inc(x: int) -> int:
    return x + 1


@task
def look(x: int) -> str:
    """All that a task may ask of its surroundings."""
    seen = COLOUR.get()
    COLOUR.set(f"set by {x}")
    here = current_context()
    state = FlyteContextManager.current_context()
    assert current_context() is here
    return (
        f"{seen} {here.raw_output_prefix} {here.checkpoint is not None} {state.execution_state.mode}"
        f" {FlyteContextManager.size()} {ctx()}"
    )


@task
def leaves_context(x: int) -> int:
    FlyteContextManager.push_context(FlyteContextManager.current_context())
    return x


@task
def size(x: int, before: int) -> int:
    return FlyteContextManager.size()


@task
def text(x: int) -> int:
    return "no int"


@task
def short(x: int) -> Tuple[int, int]:
    return (x,)


@task
def both(x: int) -> Two:
    return Two(x, "b")


@task
def nothing(x: int) -> None:
    return None


@task
def exits(x: int) -> int:
    raise SystemExit(3)


@task
def drawloom_error(x: int) -> int:
    raise DrawloomError("of the user's own", where="here")


@task(retries=2)
def third(x: int) -> int:
    TRIES.append(x)
    if len(TRIES) < 3:
        raise FlyteRecoverableException(f"try {len(TRIES)}")
    return len(TRIES)


@task(retries=1)
def never(x: int) -> int:
    raise FlyteRecoverableException("never")


@task
async def later(x: int) -> int:
    await asyncio.sleep(0)
    return x + 1


@task
async def later_fails(x: int) -> int:
    await asyncio.sleep(0)
    raise KeyError("later")


@task(timeout=timedelta(seconds=30))
def timed(x: int) -> int:
    return x + 1


@task(environment={"DRAWLOOM_TEST_WAY": "1"})
def with_environment(x: int) -> str:
    import os

    return os.environ.get("DRAWLOOM_TEST_WAY", "")


@task(cache=True, cache_version="1")
def cached(x: int) -> int:
    TRIES.append(x)
    return x + 1


@task
def halves(xs: List[int]) -> int:
    return sum(xs)


def lone(body):
    """A workflow of `inc`, then the task, so that it is reached by way of another."""

    @workflow
    def wf(x: int) -> int:
        first = inc(x=x)
        last = body(x=first)
        first >> last
        return inc(x=first)

    return wf


@workflow
def looks(x: int) -> Tuple[str, str, str]:
    a, b, c = look(x=x), look(x=x), look(x=x)
    a >> b >> c
    return a, b, c


@workflow
def leaks(x: int) -> int:
    return size(x=x, before=leaves_context(x=x))


@workflow
def several(x: int) -> Tuple[int, str]:
    a, b = both(x=inc(x=x))
    return a, b


@workflow
def mapped(x: int) -> List[int]:
    return map_task(inc)(x=[x, inc(x=x), 3])


@workflow
def inner(x: int) -> int:
    return inc(x=inc(x=x))


@workflow
def nested(x: int) -> int:
    return inner(x=inner(x=inc(x=x)))


@workflow
def spread(x: int) -> int:
    return halves(xs=[inc(x=x), inc(x=x), later(x=x), third(x=x), timed(x=x)])


BODIES = [
    text, short, nothing, exits, drawloom_error, third, never, later, later_fails, timed, with_environment, cached,
]  # fmt: skip
WORKFLOWS = [*(lone(body) for body in BODIES), looks, leaks, several, mapped, nested, spread]
NAMES = [*(body.name.rpartition(".")[2] for body in BODIES), "looks", "leaks", "several", "mapped", "nested", "spread"]


@pytest.mark.parametrize("flow", WORKFLOWS, ids=NAMES)
def test_each_kind_of_task_says_the_same_in_every_way(flow, tmp_path):
    made = compile_bundle([flow])
    plain = told(going(made, 1, max_parallelism=1))
    with ThreadPoolExecutor(2) as pool:
        ways = {
            "observed": {"observers": (ignore,)},
            "recorded": {"run_dir": tmp_path / "short"},
            "both": {"run_dir": tmp_path / "general", "observers": (ignore,)},
            "executor": {"executor": pool},
            "cached": {"cache": open_cache(tmp_path / "cache.db")},
        }
        for name, options in ways.items():
            got = told(going(made, 1, max_parallelism=1, **options))
            if name == "executor":
                assert in_any_order(got) == in_any_order(plain)
            else:
                assert (name, got) == (name, plain)
    wide = going(made, 1, max_parallelism=8)
    if plain["state"] is State.SUCCEEDED:
        assert sorted(told(wide)["nodes"], key=str) == sorted(plain["nodes"], key=str)
    assert told(wide, nodes=False) == {key: value for key, value in plain.items() if key != "nodes"}


def test_what_a_task_sets_in_a_context_variable_is_its_own():
    made = compile_bundle([looks])
    with_one = going(made, 1, max_parallelism=1)
    assert all(value.startswith("none ") for value in with_one.values().values())


def test_an_observer_is_told_of_every_start_and_end_in_order():
    events = []
    going(compile_bundle([nested]), 1, observers=(lambda event: events.append((event.address, event.state.value)),))
    starts = [address for address, state in events if state == "RUNNING" and address]
    ends = [address for address, state in events if state == "SUCCEEDED" and address]
    assert sorted(starts) == sorted(ends)
    assert len(starts) == 7


def test_workers_share_a_wide_row_of_tasks_and_end_with_the_run():
    before = threading.active_count()
    barrier = threading.Barrier(4, timeout=20)

    @task
    def meet(x: int) -> int:
        return barrier.wait() // 4 + x

    @workflow
    def wf(x: int) -> int:
        return halves(xs=[meet(x=x) for _ in range(64)])

    result = going(compile_bundle([wf]), 1, max_parallelism=4)
    assert result.value("o0") == 64
    assert threading.active_count() <= before + 1  # the process's own loop may have been started by another test


@pytest.mark.parametrize("width", [2, 3, 8])
def test_no_more_tasks_run_at_once_than_the_run_allows(width):
    lock, now, most = threading.Lock(), [0], [0]
    pause = threading.Event()

    def counted(change):
        with lock:
            now[0] += change
            most[0] = max(most[0], now[0])

    @task
    def plain(x: int) -> int:
        counted(1)
        pause.wait(0.001)
        counted(-1)
        return x

    @task
    async def waits(x: int) -> int:
        counted(1)
        await asyncio.sleep(0.001)
        counted(-1)
        return x

    @task(timeout=timedelta(seconds=30))
    def limited(x: int) -> int:
        counted(1)
        pause.wait(0.001)
        counted(-1)
        return x

    @workflow
    def wf(x: int) -> int:
        return halves(xs=[each(x=x) for _ in range(20) for each in (plain, waits, limited)])

    result = going(compile_bundle([wf]), 1, max_parallelism=width)
    assert result.value("o0") == 60
    assert most[0] <= width


def test_a_failure_keeps_what_was_handed_out_behind_it_from_running():
    ran = []
    go = threading.Event()

    @task
    def first(x: int) -> int:
        go.wait(20)
        raise ValueError("first")

    @task
    def other(x: int, n: int) -> int:
        ran.append(n)
        if n == 1:
            go.set()
            threading.Event().wait(0.3)
        return n

    @workflow
    def wf(x: int) -> int:
        return halves(xs=[first(x=x), *(other(x=x, n=n) for n in range(1, 60))])

    result = going(compile_bundle([wf]), 1, max_parallelism=2)
    assert isinstance(result.error, ValueError)
    states = {run.state for run in result.nodes.values()}
    assert states <= {State.FAILED, State.SUCCEEDED, State.ABORTED, State.SKIPPED}
    assert sum(run.state is State.SUCCEEDED for run in result.nodes.values()) == len(ran)


@task
def interrupted(x: int) -> int:
    raise KeyboardInterrupt


@workflow
def stops(x: int) -> int:
    return interrupted(x=inc(x=x))


def test_a_record_shows_the_task_that_ran_when_the_run_was_interrupted(tmp_path):
    made = compile_bundle([stops])
    for name, options in (("short", {}), ("general", {"observers": (ignore,)})):
        with pytest.raises(KeyboardInterrupt):
            going(made, 1, run_dir=tmp_path / name, name="r", **options)
    short, general = frames(tmp_path / "short"), frames(tmp_path / "general")
    assert short == general
    assert [(each["a"], each["s"]) for each in short if each["k"] == "ev"][-2:] == [("n1", "RUNNING"), ("", "ABORTED")]


def count(x: int) -> int:
    return x + 1


class Doubled(PythonFunctionTask):
    def execute(self, **kwargs):
        return 2 * super().execute(**kwargs)


doubled = Doubled(None, count)


@workflow
def doubles(x: int) -> int:
    return doubled(x=doubled(x=x))


def test_a_task_whose_execute_is_not_the_functions_own_is_executed():
    made = compile_bundle([doubles])
    assert going(made, 1).value("o0") == 10
    with task_mock(doubled) as mock:
        mock.side_effect = lambda x: x - 1
        assert going(made, 1).value("o0") == -1
    assert going(made, 1).value("o0") == 10


def test_a_mocked_task_is_its_mock():
    made = compile_bundle([inner])
    with task_mock(inc) as mock:
        mock.return_value = 7
        assert going(made, 1).value("o0") == 7
    assert going(made, 1).value("o0") == 3


@pytest.mark.parametrize(
    ("started", "ended", "took"), [(2.0, 5.0, 3.0), (5.0, 2.0, 0.0), (2.0, 0.0, 0.0), (0.0, 5.0, 0.0)]
)
def test_a_node_takes_time_from_its_start_to_its_end(started, ended, took):
    """A clock that was set back is no negative time."""
    assert NodeRun("n0", State.SUCCEEDED, started=started, ended=ended).seconds == took

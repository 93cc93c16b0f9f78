"""Order, overlap, determinism, async tasks, event loops, interrupts."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
import threading
import time
from typing import List

import pytest

from drawloom import WorkflowFailurePolicy, map_task, task, workflow
from drawloom.interpreter import RunOptions, State, TaskExitError
from running import outcome, quiet, value

GATE = threading.Barrier(3, timeout=20)
SEEN = []
LOCK = threading.Lock()


def seen(what):
    with LOCK:
        SEEN.append(what)


@pytest.fixture(autouse=True)
def clean():
    SEEN.clear()


@task
def meet(n: int) -> int:
    GATE.wait()  # passes only when three calls run at once
    return n


@task
def note(n: int, after: float) -> int:
    time.sleep(after)
    seen(n)
    return n


@task
def total(xs: List[int]) -> int:
    return sum(xs)


@task
def thread_name(n: int) -> str:
    return threading.current_thread().name


@workflow
def three(n: int) -> int:
    return total(xs=[meet(n=n), meet(n=n), meet(n=n)])


@workflow
def mapped(xs: List[int]) -> List[int]:
    return map_task(meet)(n=xs)


@workflow
def ordered() -> None:
    a = note(n=1, after=0.05)
    b = note(n=2, after=0.0)
    c = note(n=3, after=0.0)
    a >> b
    b >> c


@workflow
def one(n: int) -> str:
    return thread_name(n=n)


def test_ready_nodes_run_at_once():
    assert value(three, outcome(three, n=2)) == 6


def test_items_of_a_map_run_at_once():
    assert value(mapped, outcome(mapped, xs=[1, 2, 3])) == [1, 2, 3]


def test_order_without_data_is_kept():
    assert outcome(ordered).ok
    assert SEEN == [1, 2, 3]


def test_a_single_ready_node_runs_in_the_callers_thread():
    assert value(one, outcome(one, n=1)) == threading.current_thread().name


@workflow
def declared() -> int:
    return total(xs=[note(n=1, after=0.0), note(n=2, after=0.0), note(n=3, after=0.0)])


def test_one_worker_runs_in_declared_order():
    for _ in range(5):
        SEEN.clear()
        assert outcome(declared, quiet(max_parallelism=1)).ok
        assert SEEN == [1, 2, 3]


@task
def fails_late(n: int) -> int:
    time.sleep(0.1)
    raise KeyError("late")


@task
def fails_soon(n: int) -> int:
    raise ValueError("soon")


@workflow
def two_failures(n: int) -> int:
    return total(xs=[fails_late(n=n), fails_soon(n=n), note(n=n, after=0.0)])


@workflow(failure_policy=WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE)
def all_failures(n: int) -> int:
    a = fails_late(n=n)
    b = fails_soon(n=n)
    c = note(n=n, after=0.0)
    d = note(n=c, after=0.0)
    return total(xs=[a, b, d])


def test_the_error_is_that_of_the_first_node_in_declared_order_whatever_the_timing():
    for parallel in (1, 2, 8):
        result = outcome(two_failures, quiet(max_parallelism=parallel), n=1)
        assert isinstance(result.error, KeyError)
        assert result.failures[0].trail[-1].task.endswith("fails_late")


def test_a_patient_policy_runs_what_it_can_and_lists_every_failure():
    result = outcome(all_failures, n=7)
    assert [type(f.error) for f in result.failures] == [KeyError, ValueError]
    assert SEEN == [7, 7]
    assert result.nodes["n4"].state is State.SKIPPED
    assert any("also failed: ValueError: soon" in note for note in result.error.__notes__)


@task
async def slow_async(n: int) -> int:
    await asyncio.sleep(0.01)
    return n + 1


@workflow
def async_chain(n: int) -> int:
    return total(xs=[slow_async(n=slow_async(n=n)), slow_async(n=n)])


def test_async_tasks_run_on_one_loop_beside_sync_ones():
    assert value(async_chain, outcome(async_chain, n=1)) == 5


def test_a_run_inside_a_running_loop_a_thread_and_a_task_does_not_hang():
    async def inside():
        return value(async_chain, outcome(async_chain, n=1))

    assert asyncio.run(inside()) == 5
    box = []
    thread = threading.Thread(target=lambda: box.append(value(async_chain, outcome(async_chain, n=1))))
    thread.start()
    thread.join(20)
    assert box == [5]


@task
async def runs_a_workflow(n: int) -> int:
    return value(async_chain, outcome(async_chain, n=n))  # blocks the loop's own thread, and must not wait for itself


@task
def own_loop(n: int) -> int:
    async def later():
        await asyncio.sleep(0)
        return n

    return asyncio.run(later())


@workflow
def nested_run(n: int) -> int:
    return total(xs=[runs_a_workflow(n=n), own_loop(n=n)])


def test_a_workflow_inside_an_async_task_and_a_loop_inside_a_sync_one_do_not_hang():
    assert value(nested_run, outcome(nested_run, n=1)) == 6


@task
def leaves(n: int) -> int:
    sys.exit(3)
    return n


@workflow
def wf_leaves(n: int) -> int:
    return leaves(n=n)


def test_sys_exit_in_a_task_is_an_error_of_that_task():
    error = outcome(wf_leaves, n=1).error
    assert isinstance(error, TaskExitError)
    assert isinstance(error.__cause__, SystemExit)
    assert "leaves" in str(error)


def test_observers_see_each_node_start_and_end_in_order():
    events = []
    outcome(declared, RunOptions(max_parallelism=1, observers=(events.append,)))
    assert [str(e.state) for e in events if e.address == "n0"] == ["RUNNING", "SUCCEEDED"]
    assert [str(e.state) for e in events if e.address == ""] == ["RUNNING", "SUCCEEDED"]


def test_ctrl_c_stops_the_run_and_leaves_a_record_that_can_go_on(tmp_path):
    (tmp_path / "interrupted_module.py").write_text(
        textwrap.dedent("""
            import time, os
            from drawloom import task, workflow
            @task
            def first(n: int) -> int:
                open("first.log", "a").write("x")
                return n + 1
            @task
            def second(n: int) -> int:
                if not os.path.exists("go"):
                    open("started", "w").close()
                    time.sleep(60)
                return n * 10
            @workflow
            def wf(n: int) -> int:
                return second(n=first(n=n))
        """)
    )
    code = textwrap.dedent("""
        import signal, sys
        signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell ignores for what it starts behind it
        from compiler import compile_bundle
        from drawloom.interpreter import RunOptions, run, resume
        import interrupted_module as m
        from literals import pb
        made = compile_bundle([m.wf])
        one = pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=4)))
        if sys.argv[1] == "run":
            run(made.bundle, {"n": one}, entity="wf", options=RunOptions(run_dir="record"))
        else:
            print(resume("record").literal("o0").scalar.primitive.integer)
    """)
    paths = ":".join([str(tmp_path), *(p for p in sys.path if p.endswith("src"))])
    settings = {"env": {"PYTHONPATH": paths, "PATH": "/usr/bin"}, "cwd": tmp_path}
    running = subprocess.Popen([sys.executable, "-c", code, "run"], stderr=subprocess.PIPE, text=True, **settings)
    while not (tmp_path / "started").exists():
        assert running.poll() is None
        time.sleep(0.02)
    running.send_signal(2)
    _, err = running.communicate(timeout=20)
    assert "KeyboardInterrupt" in err
    (tmp_path / "go").touch()
    done = subprocess.run(
        [sys.executable, "-c", code, "resume"], capture_output=True, text=True, check=False, **settings
    )
    assert done.stdout.strip() == "50", done.stderr
    assert (tmp_path / "first.log").read_text() == "x"

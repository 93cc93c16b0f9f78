"""Retries, timeouts, caching, environment: what a task's metadata and its node's overrides ask for is what happens."""

from __future__ import annotations

import asyncio
import datetime
import os
import pathlib
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import List

import pytest

from drawloom import LaunchPlan, map_task, task, workflow
from drawloom.interpreter import (
    NOT_SIMULATED,
    FlyteRecoverableException,
    OverrunError,
    RunOptions,
    State,
    TaskTimeoutError,
    open_cache,
    with_limit,
)
from running import compiled, outcome, quiet, value

CALLS = []
LOCK = threading.Lock()


@pytest.fixture(autouse=True)
def clean():
    CALLS.clear()


def called(what):
    with LOCK:
        CALLS.append(what)
        return len(CALLS)


@task(retries=2)
def recovers(fails: int) -> int:
    if called("r") <= fails:
        raise FlyteRecoverableException("again")
    return len(CALLS)


@task(retries=5)
def never_recovers(n: int) -> int:
    called("n")
    raise ValueError("no")


@workflow
def wf_recovers(fails: int) -> int:
    return recovers(fails=fails)


@workflow
def wf_more(fails: int) -> int:
    return recovers(fails=fails).with_overrides(retries=4)


@workflow
def wf_never(n: int) -> int:
    return never_recovers(n=n)


@pytest.mark.parametrize("fails", [0, 1, 2])
def test_a_recoverable_error_gets_exactly_so_many_extra_attempts(fails):
    result = outcome(wf_recovers, fails=fails)
    assert value(wf_recovers, result) == fails + 1
    assert result.nodes["n0"].attempts == fails + 1


def test_when_the_attempts_are_used_up_the_error_is_raised_with_their_number():
    result = outcome(wf_recovers, fails=9)
    assert isinstance(result.error, FlyteRecoverableException)
    assert len(CALLS) == 3
    assert result.failures[0].trail[-1].attempt == 3


def test_a_nodes_override_counts_instead_of_the_tasks_retries():
    assert value(wf_more, outcome(wf_more, fails=4)) == 5


def test_an_error_that_is_not_recoverable_is_never_tried_again():
    assert isinstance(outcome(wf_never, n=1).error, ValueError)
    assert CALLS == ["n"]


@task(timeout=datetime.timedelta(seconds=1))
def spins(n: int) -> int:
    called("s")
    while n:
        pass
    return n


@task(timeout=datetime.timedelta(seconds=2), retries=1)
def sleeps(n: int) -> int:
    if called("z") == 1:
        time.sleep(6)
    return n


@task(timeout=datetime.timedelta(milliseconds=200))
async def awaits(n: int) -> int:
    try:
        await asyncio.sleep(30)
    finally:
        called("cancelled")
    return n


@workflow
def wf_spins(n: int) -> int:
    return spins(n=n)


@workflow
def wf_sleeps(n: int) -> int:
    return sleeps(n=n)


@workflow
def wf_awaits(n: int) -> int:
    return awaits(n=n)


@workflow
def wf_override(n: int) -> int:
    return spins(n=n).with_overrides(timeout=datetime.timedelta(milliseconds=100))


def test_a_timeout_ends_code_that_never_yields():
    result = outcome(wf_spins, n=1)
    assert isinstance(result.error, TaskTimeoutError)
    assert isinstance(result.error, TimeoutError)
    assert result.nodes["n0"].state is State.TIMED_OUT
    assert "0.1 s" in str(outcome(wf_override, n=1).error)


def test_a_timeout_counts_for_each_attempt_and_may_be_tried_again():
    result = outcome(wf_sleeps, n=3)
    assert value(wf_sleeps, result) == 3
    assert result.nodes["n0"].attempts == 2


def test_a_timeout_cancels_an_async_task():
    assert isinstance(outcome(wf_awaits, n=1).error, TaskTimeoutError)
    for _ in range(100):
        if CALLS:
            break
        time.sleep(0.02)
    assert CALLS == ["cancelled"]


def test_a_task_within_its_time_is_not_disturbed():
    assert value(wf_spins, outcome(wf_spins, n=0)) == 0


@pytest.mark.parametrize("call", [lambda work: work(), lambda work: ThreadPoolExecutor(1).submit(work).result()])
def test_any_call_can_have_a_time_on_any_thread(call):
    assert call(lambda: with_limit(lambda: 3, 5)) == 3
    with pytest.raises(KeyError):
        call(lambda: with_limit(lambda: {}["x"], 5))
    with pytest.raises(OverrunError):
        call(lambda: with_limit(lambda: time.sleep(1), 0.05))


@task(cache=True, cache_version="1", cache_ignore_input_vars=("label",))
def remembered(n: int, label: str = "") -> int:
    called(n)
    return n * 2


@task
def forgotten(n: int) -> int:
    called(n)
    return n * 2


@workflow
def wf_remembered(n: int, label: str) -> int:
    return forgotten(n=remembered(n=n, label=label))


@workflow
def wf_other_version(n: int) -> int:
    return remembered(n=n, label="").with_overrides(cache_version="2")


def test_nothing_is_cached_unless_the_task_asks(tmp_path):
    cache = open_cache(tmp_path / "c.db")
    first = outcome(wf_remembered, quiet(cache=cache), n=1, label="a")
    again = outcome(wf_remembered, quiet(cache=cache), n=1, label="b")
    assert value(wf_remembered, first) == value(wf_remembered, again) == 4
    assert CALLS == [1, 2, 2]
    assert again.nodes["n0"].state is State.CACHED
    assert again.nodes["n1"].state is State.SUCCEEDED


def test_without_a_cache_every_task_runs():
    outcome(wf_remembered, n=1, label="a")
    outcome(wf_remembered, n=1, label="a")
    assert CALLS == [1, 2, 1, 2]


def test_the_version_is_part_of_the_key_and_overwrite_runs_again(tmp_path):
    cache = open_cache(tmp_path / "c.db")
    outcome(wf_remembered, quiet(cache=cache), n=1, label="a")
    outcome(wf_other_version, quiet(cache=cache), n=1)
    assert CALLS == [1, 2, 1]
    outcome(wf_remembered, quiet(cache=cache, overwrite_cache=True), n=1, label="a")
    assert CALLS == [1, 2, 1, 1, 2]


@task(cache=True, cache_version="1", cache_serialize=True)
def once(n: int) -> int:
    called(n)
    time.sleep(0.05)
    return n


@workflow
def wf_once(xs: List[int]) -> List[int]:
    return map_task(once)(n=xs)


def test_identical_serialized_calls_run_once(tmp_path):
    result = outcome(wf_once, quiet(cache=open_cache(tmp_path / "c.db"), max_parallelism=6), xs=[5] * 6)
    assert value(wf_once, result) == [5] * 6
    assert CALLS == [5]


@task(cache=True, cache_version="1", cache_serialize=True)
async def once_async(n: int) -> int:
    called(n)
    await asyncio.sleep(0.02)
    return n


@workflow
def wf_once_async(xs: List[int]) -> List[int]:
    return map_task(once_async)(n=xs)


def test_identical_serialized_async_calls_run_once(tmp_path):
    result = outcome(wf_once_async, quiet(cache=open_cache(tmp_path / "c.db"), max_parallelism=6), xs=[5] * 6)
    assert value(wf_once_async, result) == [5] * 6
    assert CALLS == [5]


@task(environment={"DRAWLOOM_TEST_COLOUR": "red"})
def red(n: int) -> str:
    time.sleep(0.01)
    return os.environ["DRAWLOOM_TEST_COLOUR"]


@task(environment={"DRAWLOOM_TEST_COLOUR": "blue"})
def blue(n: int) -> str:
    time.sleep(0.01)
    return os.environ["DRAWLOOM_TEST_COLOUR"]


@task
def joined(xs: List[str]) -> str:
    return ",".join(xs)


@workflow
def wf_colours(n: int) -> str:
    return joined(xs=[red(n=n), blue(n=n), red(n=n), blue(n=n)])


def test_each_task_sees_its_own_environment_and_nothing_is_left_behind():
    assert value(wf_colours, outcome(wf_colours, n=1)) == "red,blue,red,blue"
    assert "DRAWLOOM_TEST_COLOUR" not in os.environ


def test_what_is_not_simulated_is_said_in_one_table():
    assert "resources" in NOT_SIMULATED
    document = (pathlib.Path(__file__).parents[4] / "docs" / "running.md").read_text(encoding="utf-8")
    assert all(f"| {field} | {why} |" in document for field, why in NOT_SIMULATED.items())


@workflow
def wf_inner(n: int) -> str:
    return red(n=n)


plan_of_inner = LaunchPlan.get_or_create(wf_inner, "plan_of_inner", max_parallelism=2)


@workflow
def wf_outer(n: int) -> str:
    return joined(xs=[wf_inner(n=n).with_overrides(retries=1), plan_of_inner(n=n)])


def test_what_a_node_of_a_workflow_asks_for_in_vain_is_said_once(caplog, monkeypatch):
    monkeypatch.setattr("drawloom.interpreter.tasks.not_simulated._said", set())
    with caplog.at_level("WARNING", logger="drawloom"):
        assert value(wf_outer, outcome(wf_outer, n=1)) == "red,red"
        outcome(wf_outer, n=1)
    said = [record.getMessage() for record in caplog.records]
    assert len([line for line in said if "timeouts and retries of a node" in line]) == 1
    assert len([line for line in said if "max_parallelism" in line]) == 1


def test_an_executor_of_concurrent_futures_can_run_the_tasks():
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2, thread_name_prefix="mine") as pool:
        made = compiled(wf_names)
        result = outcome(wf_names, RunOptions(executor=pool), made, xs=[1, 2, 3])
    assert all(name.startswith("mine") for name in value(wf_names, result))


@task
def my_thread(n: int) -> str:
    return threading.current_thread().name


@workflow
def wf_names(xs: List[int]) -> List[str]:
    return map_task(my_thread)(n=xs)


def test_processes_of_their_own_run_tasks_and_are_killed_when_they_overrun(tmp_path, monkeypatch):
    (tmp_path / "isolated_module.py").write_text(
        textwrap.dedent("""
            import os, time
            from datetime import timedelta
            from typing import List
            from drawloom import dynamic, map_task, task, workflow
            class Mine(Exception): pass
            @task
            def pid(n: int) -> int:
                return os.getpid()
            @task
            def breaks(n: int) -> int:
                raise Mine("in there")
            @task(timeout=timedelta(seconds=1.5))
            def stuck(n: int) -> int:
                time.sleep(600)
                return n
            @task
            def double(n: int) -> int:
                return 2 * n
            @dynamic
            def grow(n: int) -> List[int]:
                return [double(n=i) for i in range(n)]
            @workflow
            def pids(n: int) -> int: return pid(n=n)
            @workflow
            def broken(n: int) -> int: return breaks(n=n)
            @workflow
            def stucks(n: int) -> int: return stuck(n=n)
            @workflow
            def doubles(xs: List[int]) -> List[int]: return map_task(double)(n=xs)
            @workflow
            def grows(n: int) -> List[int]: return grow(n=n)
        """)
    )
    monkeypatch.syspath_prepend(tmp_path)
    import isolated_module as m

    alone = quiet(isolation="process", max_parallelism=2)
    assert value(m.pids, outcome(m.pids, alone, n=1)) != os.getpid()
    assert value(m.doubles, outcome(m.doubles, alone, xs=[1, 2])) == [2, 4]
    assert value(m.grows, outcome(m.grows, alone, n=2)) == [0, 2]
    failed = outcome(m.broken, alone, n=1)
    assert isinstance(failed.error, m.Mine)
    late = outcome(m.stucks, quiet(isolation="timeouts"), n=1)
    assert isinstance(late.error, TaskTimeoutError)
    assert "killed" in str(late.error)

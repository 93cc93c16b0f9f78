"""Runs that overlap in one process: their variables, and what is left of them."""

import asyncio
import os
import threading

import pytest

import drawloom
from drawloom.actions.env_vars import RunVariablesError
from drawloom.interpreter import EnvVars

env = drawloom.TaskEnvironment("overlapping")
started = threading.Event()
go_on = threading.Event()


@env.task
def look() -> str:
    return os.environ.get("OF_A_RUN", "unset")


@env.task
def hold() -> str:
    started.set()
    go_on.wait(30)
    return os.environ.get("OF_A_RUN", "unset")


@env.task
def look_inside() -> str:
    inner = drawloom.with_runcontext(env_vars={"OF_A_RUN": "inner"}).run(look).outputs()[0]
    return f"{inner} then {os.environ['OF_A_RUN']}"


@env.task
async def awaits_sync_tasks() -> int:
    names = await asyncio.gather(*(look.aio() for _ in range(5)))
    return len(names)


@pytest.fixture
def held(monkeypatch):
    """A run with OF_A_RUN=one that goes on until it is told to end."""
    monkeypatch.delenv("OF_A_RUN", raising=False)
    started.clear()
    go_on.clear()
    results = []
    thread = threading.Thread(
        target=lambda: results.append(drawloom.with_runcontext(name="holder", env_vars={"OF_A_RUN": "one"}).run(hold))
    )
    thread.start()
    assert started.wait(30)
    yield results
    go_on.set()
    thread.join()
    assert results[0].outputs()[0] == "one"
    assert "OF_A_RUN" not in os.environ


def test_a_run_that_contradicts_one_going_on_is_refused_by_name(held):
    with pytest.raises(RunVariablesError, match=r"'holder'.*one environment") as caught:
        drawloom.with_runcontext(env_vars={"OF_A_RUN": "two"}).run(look)
    assert "OF_A_RUN" in str(caught.value)
    assert os.environ["OF_A_RUN"] == "one"


def test_runs_that_agree_run_at_once(held):
    assert drawloom.with_runcontext(env_vars={"OF_A_RUN": "one"}).run(look).outputs()[0] == "one"
    assert os.environ["OF_A_RUN"] == "one"


def test_a_run_started_by_a_task_may_replace_its_variables(monkeypatch):
    monkeypatch.delenv("OF_A_RUN", raising=False)
    run = drawloom.with_runcontext(env_vars={"OF_A_RUN": "outer"}).run(look_inside)
    assert run.outputs()[0] == "inner then outer"
    assert "OF_A_RUN" not in os.environ


@pytest.mark.parametrize("before", [None, "before"])
def test_variables_are_what_they_were_whichever_block_ends_first(monkeypatch, before):
    monkeypatch.delenv("OF_A_BLOCK", raising=False)
    if before is not None:
        monkeypatch.setenv("OF_A_BLOCK", before)
    first, second = EnvVars({"OF_A_BLOCK": "1"}), EnvVars({"OF_A_BLOCK": "2"})
    first.__enter__()
    second.__enter__()
    first.__exit__()
    assert os.environ["OF_A_BLOCK"] == "2"
    second.__exit__()
    assert os.environ.get("OF_A_BLOCK") == before


def test_no_thread_is_left_after_sync_tasks_were_awaited():
    before = set(threading.enumerate())
    assert drawloom.run(awaits_sync_tasks).outputs()[0] == 5
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize(
    "given",
    [
        {"project": 5},
        {"queue": ["q"]},
        {"interruptible": "no"},
        {"run_start_time": "now"},
        {"version": 1},
        {"domain": b"d"},
    ],
)
def test_a_parameter_of_the_wrong_type_is_refused_by_name(given):
    with pytest.raises(ValueError, match=f"with_runcontext.{next(iter(given))}"):
        drawloom.with_runcontext(**given)

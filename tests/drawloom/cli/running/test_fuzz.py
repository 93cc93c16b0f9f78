"""`drawloom fuzz` and `given_inputs`: what goes wrong is found, made small, and printed as a test that fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest
from hypothesis import settings

from drawloom import task, workflow
from drawloom.local.fuzzing import as_test, fuzz
from drawloom.testing import given_inputs

PROGRAM = """
import dataclasses
import enum
import itertools

import drawloom
from drawloom import task, workflow

COUNTER = itertools.count()

class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"

@dataclasses.dataclass
class Order:
    n: int
    color: Color

@task
def crashes(order: Order, names: list[str]) -> int:
    return 1 // (0 if len(names) > 1 and order.color is Color.BLUE else 1)

@task
def nonsense(n: int) -> int:
    return str(n)

@task(cache=True, cache_version="1")
def counts(n: int) -> int:
    return next(COUNTER)

@task
def fine(order: Order, ratio: float, done: bool) -> Order:
    return order

@task
def counts_uncached(n: int) -> int:
    return next(COUNTER)

env = drawloom.TaskEnvironment(name="e")

@env.task
async def action(n: int) -> int:
    if n > 10:
        raise KeyError(n)
    return n

cached = drawloom.TaskEnvironment(name="c", cache=drawloom.Cache(behavior="override", version_override="1"))

@cached.task
def counting(n: int) -> int:
    return next(COUNTER)

@workflow
def wf(order: Order) -> int:
    return crashes(order=order, names=["a", "b"])
"""
CASES = [
    ("crashes", "crash", "ZeroDivisionError", "order=prog.Order(n=0, color=prog.Color.BLUE), names=['', '']"),
    ("nonsense", "crash", "TypeTransformerFailedError", "n=0"),
    ("counts", "not deterministic", "output o0", "n=0"),
    ("counting", "not deterministic", "output o0", "n=0"),
    ("action", "crash", "KeyError", "n=11"),
    ("wf", "crash", "ZeroDivisionError", "order=prog.Order(n=0, color=prog.Color.BLUE)"),
]


def call(folder, *arguments):
    (folder / "prog.py").write_text(PROGRAM)
    path = os.pathsep.join([str(folder), *filter(None, sys.path)])
    environment = {**os.environ, "PYTHONPATH": path, "DRAWLOOM_HOME": str(folder / "home")}
    return subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        capture_output=True, text=True, check=False, cwd=folder, env=environment,
    )  # fmt: skip


def test_each_fault_is_found_small_and_as_a_test_that_fails(tmp_path):
    done = call(
        tmp_path, "drawloom", "fuzz", "prog.py", "crashes", "nonsense", "counts", "counting", "action", "wf", "--json"
    )
    assert done.returncode == 1, done.stderr
    found = {each["entity"].rpartition(".")[2]: each for each in json.loads(done.stdout)["findings"]}
    assert set(found) == {case[0] for case in CASES}
    for name, kind, why, inputs in CASES:
        assert found[name]["kind"] == kind
        assert why in found[name]["why"]
        assert inputs in found[name]["test"]
        (tmp_path / f"test_{name}.py").write_text(found[name]["test"])
    run = call(tmp_path, "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", tmp_path)
    assert "6 failed" in run.stdout, run.stdout


def test_what_is_right_has_no_findings(tmp_path):
    done = call(tmp_path, "drawloom", "fuzz", "prog.py", "fine", "counts_uncached", "--examples", "30")
    assert (done.returncode, done.stdout) == (0, "prog.fine: nothing found\nprog.counts_uncached: nothing found\n")


def test_without_names_every_task_is_run(tmp_path):
    done = call(tmp_path, "drawloom", "fuzz", "prog.py", "--examples", "5", "--json")
    tried = {name.rpartition(".")[2] for name in json.loads(done.stdout)["tried"]}
    assert tried == {"crashes", "nonsense", "counts", "fine", "counts_uncached", "action", "counting"}


@task
def half(n: int) -> float:
    return n / 2


@workflow
def halved(n: int, m: bool = False) -> float:
    return half(n=n)


SEEN: list[tuple[int, bool]] = []


@given_inputs(halved)
def test_inputs_are_given_by_their_types(n, m):
    SEEN.append((n, m))
    assert halved(n=n, m=m) == n / 2
    assert type(n) is int
    assert type(m) is bool


SLOW: list[int] = []


def _slow(n):
    SLOW.append(n)
    if len(SLOW) == 1:
        time.sleep(0.5)  # more than hypothesis allows an example, which would call the test flaky


test_a_task_may_be_slow = given_inputs(half)(lambda n: _slow(n))


@pytest.mark.parametrize("above", [True, False])
def test_settings_of_ones_own_take_the_place_of_those_of_given_inputs(above):
    drawn = []
    few = settings(max_examples=3, deadline=None, database=None)

    def check(n):
        drawn.append(n)

    (few(given_inputs(half)(check)) if above else given_inputs(half)(few(check)))()
    assert 0 < len(drawn) <= 3


def test_a_finding_is_none_where_nothing_is_wrong():
    assert fuzz(half, examples=20) is None


@pytest.mark.parametrize("seed", [0, 1])
def test_equal_seeds_give_equal_findings(seed):
    @task
    def picky(n: int) -> int:
        return 1 // (n < 10)

    first, second = fuzz(picky, seed=seed), fuzz(picky, seed=seed)
    assert first == second
    assert first is not None
    assert "picky(n=10)" in as_test(first, picky, "m", "picky")

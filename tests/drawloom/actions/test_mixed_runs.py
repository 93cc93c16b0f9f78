"""Runs that mix workflows and tasks of environments: one record, one resume."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import drawloom
from drawloom.interpreter import RunOptions, State, read_info, read_run, resume, run
from running import compiled

env = drawloom.TaskEnvironment("mixes")
ran = []
state = {"fail": False}


@drawloom.task
def plus(n: int) -> int:
    ran.append(f"plus {n}")
    return n + 1


@env.task
def leaf(n: int) -> int:
    ran.append(f"leaf {n}")
    return n * 10


@env.task
def fan(n: int) -> int:
    ran.append(f"fan {n}")
    return leaf(n) + leaf(n + 1)


@drawloom.task
def last(n: int) -> int:
    ran.append(f"last {n}")
    if state["fail"]:
        raise ValueError("not yet")
    return n


@drawloom.workflow
def wf(n: int) -> int:
    return last(n=fan(n=plus(n=n)))


@env.task
def main(n: int) -> int:
    ran.append("main")
    return wf(n=n) + wf(n=n) + leaf(7)


@pytest.fixture(autouse=True)
def _fresh():
    ran.clear()
    state["fail"] = False


def test_an_action_that_calls_workflows_is_one_record_and_one_resume(tmp_path):
    state["fail"] = True
    with pytest.raises(ValueError, match="not yet"):
        drawloom.with_runcontext(run_base_dir=tmp_path / "r", name="r").run(main, n=1)
    assert ran == ["main", "plus 1", "fan 2", "leaf 2", "leaf 3", "last 50"]
    recorded = read_run(tmp_path / "r")
    events = {(frame["e"].rpartition(".")[2], frame["s"]) for frame in recorded.frames if frame["k"] == "ev"}
    assert {("plus", "SUCCEEDED"), ("fan", "SUCCEEDED"), ("leaf", "SUCCEEDED"), ("last", "FAILED")} <= events
    ran.clear()
    state["fail"] = False
    assert drawloom.resume(tmp_path / "r").outputs()[0] == 50 + 50 + 70
    # What had ended is taken, be it a node or an action; the second call of the workflow has a place of its own.
    assert ran == ["main", "last 50", "plus 1", "fan 2", "leaf 2", "leaf 3", "last 50", "leaf 7"]
    ran.clear()
    assert drawloom.resume(tmp_path / "r").outputs()[0] == 170
    assert ran == []


def test_the_actions_of_a_node_are_taken_from_the_workflows_record(tmp_path):
    @env.task
    def breaks(n: int) -> int:
        ran.append(f"breaks {n}")
        total = leaf(n) + leaf(n + 1)
        if state["fail"]:
            raise ValueError("not yet")
        return total

    @drawloom.workflow
    def flow(n: int) -> int:
        return breaks(n=plus(n=n))

    made = compiled(flow)
    state["fail"] = True
    options = RunOptions(run_dir=tmp_path / "r", name="r", raise_errors=False)
    first = run(made.bundle, {"n": 1}, entity="flow", entities=made.entities, options=options)
    assert first.state is State.FAILED
    callers = {
        frame.get("p") for frame in read_run(tmp_path / "r").frames if frame["k"] == "ev" and frame["e"] == "mixes.leaf"
    }
    assert callers == {"n1"}
    ran.clear()
    state["fail"] = False
    assert resume(tmp_path / "r", entities=made.entities).literal("o0").scalar.primitive.integer == 50
    assert ran == ["breaks 2"]
    assert read_info(tmp_path / "r").state is State.SUCCEEDED


def test_a_node_whose_code_has_changed_runs_again_and_so_does_what_gets_other_inputs(tmp_path):
    def program(factor):
        def times(n: int) -> int:
            ran.append("times")
            return n * 2

        def times_three(n: int) -> int:
            ran.append("times")
            return n * 3

        chosen = times if factor == 2 else times_three
        chosen.__name__ = chosen.__qualname__ = "times"
        step = drawloom.task(chosen)

        @drawloom.workflow
        def changing(n: int) -> int:
            return last(n=step(n=plus(n=n)))

        return compiled(changing)

    made = program(2)
    options = RunOptions(run_dir=tmp_path / "r", name="r")
    result = run(made.bundle, {"n": 1}, entity="changing", entities=made.entities, options=options)
    assert result.literal("o0").scalar.primitive.integer == 4
    ran.clear()
    assert resume(tmp_path / "r", entities=made.entities).literal("o0").scalar.primitive.integer == 4
    assert ran == []
    again = resume(tmp_path / "r", entities=program(3).entities)
    assert again.literal("o0").scalar.primitive.integer == 6
    assert ran == ["times", "last 6"]


def test_a_failed_run_has_its_trail_in_the_record(tmp_path):
    made = compiled(wf)
    state["fail"] = True
    options = RunOptions(run_dir=tmp_path / "r", name="r", raise_errors=False)
    result = run(made.bundle, {"n": 1}, entity="wf", entities=made.entities, options=options)
    end = read_run(tmp_path / "r").frames[-1]
    assert (end["s"], end["d"]) == ("FAILED", "ValueError: not yet")
    assert end["tr"] == [str(step) for step in result.failure.trail]
    assert "test_mixed_runs.py" in end["tr"][0]


@pytest.mark.parametrize("what", ["main", "outer"])
def test_kills_at_random_moments_lose_nothing_and_repeat_nothing(tmp_path, what):
    kills = os.environ.get("DRAWLOOM_KILLS", "24")
    child = Path(__file__).with_name("mixed_child.py")
    paths = os.pathsep.join(p for p in sys.path if p.endswith(("src", "tests")))
    done = subprocess.run(
        [sys.executable, str(child), str(tmp_path), kills, what],
        capture_output=True, text=True, check=False, timeout=300,
        env={**os.environ, "PYTHONPATH": paths, "DRAWLOOM_HOME": str(tmp_path / "home")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    *looked_at, last_line = done.stdout.splitlines()
    assert last_line == f"result {sum(10 * (3 * (n + 2) + 3) for n in range(3)) + 1000}"
    assert looked_at

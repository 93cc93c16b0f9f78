"""Recorded runs as trees and traces; and what a failed run and a narrow terminal say."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import sys

import pytest

from drawloom.cli.terminal.run_tree import indented, spans, written_name
from drawloom.interpreter import read_run

PROGRAM = """
import drawloom
from drawloom import map_task, task, workflow

@task
def invert(n: int) -> float:
    return 1 / n

@task
def total(parts: list[float | None]) -> float:
    return sum(part or 0 for part in parts)

@workflow
def inner(numbers: list[int]) -> float:
    return total(parts=map_task(invert, min_success_ratio=0.5)(n=numbers))

@workflow
def wf(numbers: list[int]) -> float:
    return inner(numbers=numbers)

@workflow
def bad() -> float:
    return invert(n=0)

env = drawloom.TaskEnvironment(name="e")

@env.task
def leaf(n: int) -> int:
    return n + 1

@env.task
def act(n: int) -> int:
    return leaf(leaf(n))
"""
WF = ("run", "--name", "first", "prog.py", "wf", "--numbers", "[1, 0, 2]")


def environment(folder, **more):
    path = os.pathsep.join(filter(None, sys.path))
    return {**os.environ, "PYTHONPATH": path, "DRAWLOOM_HOME": str(folder / "home"), **more}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("tree")
    (made / "prog.py").write_text(PROGRAM)
    assert call(made, *WF).returncode == 0
    assert call(made, "run", "--name", "acts", "prog.py", "act", "--n", "1").returncode == 0
    return made


def call(folder, *arguments):
    command = [sys.executable, "-m", "drawloom", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=environment(folder))


def in_terminal(folder, *arguments, **variables):
    """What a terminal is shown."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "drawloom", *arguments]
    where = {"stdin": subprocess.DEVNULL, "stdout": theirs, "stderr": theirs, "cwd": folder}
    with subprocess.Popen(command, env=environment(folder, **variables), **where):
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # the other end was closed
            while part := os.read(ours, 65536):
                shown += part
    os.close(ours)
    return shown.decode()


def shape(folder, run):
    return [
        (depth, span.name or span.address, span.state) for depth, span in indented(spans(read_run(folder / "home/runs" / run)))
    ]  # fmt: skip


def test_a_run_of_a_workflow_is_a_tree(folder):
    assert shape(folder, "first") == [
        (0, "prog.wf", "SUCCEEDED"),
        (1, "prog.inner", "SUCCEEDED"),
        (2, "n0/n0", "SUCCEEDED"),
        (3, "prog.map(invert)", "SUCCEEDED"),
        (3, "prog.map(invert)", "FAILED"),
        (3, "prog.map(invert)", "SUCCEEDED"),
        (2, "prog.total", "SUCCEEDED"),
    ]


def test_a_run_of_an_environments_task_is_a_tree(folder):
    assert shape(folder, "acts") == [
        (0, "e.act", "SUCCEEDED"),
        (1, "e.act", "SUCCEEDED"),
        (2, "e.leaf", "SUCCEEDED"),
        (2, "e.leaf", "SUCCEEDED"),
    ]


def test_the_command_shows_inputs_outputs_and_errors(folder):
    lines = call(folder, "runs", "show", "first").stdout.splitlines()
    assert "  numbers = [1, 0, 2]" in lines
    assert any("map(invert) failed" in line for line in lines)
    assert "ZeroDivisionError: division by zero" in [line.strip() for line in lines]
    assert "o0 = 0.5" in [line.strip() for line in lines]
    events = call(folder, "runs", "show", "first", "--events").stdout
    assert "RUNNING" in events


@pytest.mark.parametrize("run", ["first", "acts"])
def test_a_perfetto_trace_has_every_span_and_lanes_do_not_overlap(folder, run):
    events = json.loads(call(folder, "runs", "export", run).stdout)["traceEvents"]
    found = [event for event in events if event["ph"] == "X"]
    assert len(found) == len(shape(folder, run))
    assert all(event["dur"] >= 0 for event in found)
    for lane in {event["tid"] for event in found}:
        times = sorted((event["ts"], event["ts"] + event["dur"]) for event in found if event["tid"] == lane)
        assert all(before[1] <= after[0] + 1 for before, after in zip(times, times[1:], strict=False))


@pytest.mark.parametrize("run", ["first", "acts"])
def test_spans_of_opentelemetry_are_one_trace_below_one_root(folder, run):
    target = folder / f"{run}.json"
    assert call(folder, "runs", "export", run, "--format", "otlp", "-o", target).returncode == 0
    (resource,) = json.loads(target.read_text())["resourceSpans"]
    found = resource["scopeSpans"][0]["spans"]
    ids = {span["spanId"] for span in found}
    assert len(ids) == len(found) == len(shape(folder, run))
    assert len({span["traceId"] for span in found}) == 1
    assert [span["name"] for span in found if "parentSpanId" not in span] == [shape(folder, run)[0][1]]
    assert all(span["parentSpanId"] in ids for span in found if "parentSpanId" in span)
    assert all(len(span["traceId"]) == 32 and len(span["spanId"]) == 16 for span in found)
    assert all(int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"]) for span in found)
    failed = [span for span in found if span["status"]["code"] == 2]
    assert [span["status"]["message"] for span in failed] == (
        ["ZeroDivisionError: division by zero"] if run == "first" else []
    )


def test_a_failed_run_says_how_to_go_on_and_that_works(folder):
    done = call(folder, "run", "--name", "broken", "prog.py", "bad")
    assert done.returncode == 1
    said = [line for line in done.stderr.splitlines() if line.startswith("go on with: drawloom ")]
    assert said == ["go on with: drawloom resume broken"]
    assert call(folder, *said[0].split()[4:]).returncode == 1
    assert "go on with" not in call(folder, "run", "--no-record", "prog.py", "bad").stderr


@pytest.mark.parametrize("columns", [20, 40, 200])
def test_names_of_runs_are_whole_on_any_terminal(folder, columns):
    name = "a-name-of-a-run-that-is-rather-long"
    if not (folder / "home" / "runs" / name).exists():
        assert call(folder, "run", "--name", name, "prog.py", "act", "--n", "1").returncode == 0
    assert name in in_terminal(folder, "runs", COLUMNS=str(columns), TERM="xterm")


def test_progress_names_tasks_as_they_were_written_with_and_without_colour(folder):
    plain = call(folder, *WF[:1], "--no-record", *WF[3:]).stderr
    assert "prog.map(invert)" in plain
    assert "arraynode" not in plain
    for variables in ({"TERM": "xterm"}, {"TERM": "xterm", "NO_COLOR": "1"}):
        shown = in_terminal(folder, "run", "--no-record", *WF[3:], **variables)
        assert "map(invert)" in shown
        assert ("\x1b[32m" in shown) is ("NO_COLOR" not in variables)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("m.map_sq_6b3b5a0c1d2e3f405162738495a6b7c8-arraynode", "m.map(sq)"),
        ("m.map_sq_x", "m.map_sq_x"),
        ("m.sq", "m.sq"),
    ],
)
def test_the_task_that_a_map_makes_has_the_name_that_was_written(name, written):
    assert written_name(name) == written

"""A run as a tree while it goes on, for workflows and tasks of environments; gates that are answered from elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from datetime import timedelta

import pytest
from rich.console import Console

import drawloom
from drawloom import approve, task, workflow
from drawloom.cli import main
from drawloom.cli.terminal.live_tree import LiveTree, took
from drawloom.cli.terminal.output import Output
from drawloom.cli.terminal.progress import ProgressLines
from drawloom.interpreter import Event, State, send_signal
from drawloom.ir import Key

HASH = "6b3b5a0c1d2e3f405162738495a6b7c8"
env = drawloom.TaskEnvironment(name="tree")


@task
def one(name: str = "n") -> int:
    return len(name)


@workflow
def gated() -> int:
    return approve(one(), "release", timeout=timedelta(minutes=5))


@env.task
async def double(n: int) -> int:
    return 2 * n


@env.task
async def main_task(n: int) -> int:
    return await double(n=n) + await double(n=n + 1)


def event(address, state, name="", time=1.0, **more):
    entity = Key("task", "p", "d", f"mod.{name}", "v") if name else None
    return Event(address, state, name, entity, more.pop("attempt", 1), time, **more)


def tree(*events):
    made = LiveTree()
    for each in events:
        made.take(each)
    return made


def texts(made, now=3.0, height=50):
    return [
        f"{'  ' * line.depth}{line.sign} {line.label}" + (f" {line.time}" if line.time else "")
        for line in made.lines(now, height)
    ]


RUN = [
    event("n0", State.SUCCEEDED, "inner", 1.5),
    event("n1", State.RUNNING, f"map_sq_{HASH}-arraynode", 1.0),
    *(event(f"n1[{i}]", State.SUCCEEDED, f"map_sq_{HASH}", 2.0) for i in range(10)),
    event("n1[10]", State.RUNNING, f"map_sq_{HASH}", 2.5),
    event("n1[11]", State.FAILED, f"map_sq_{HASH}", 2.5, attempt=2, detail="ValueError: no\nmore"),
]


def test_a_tree_has_states_times_and_names_as_they_were_written():
    assert texts(tree(*RUN)) == [
        "✓ n0 inner 0.00s",
        "▸ n1 map(sq) 2.00s",
        "  ▸ [10] map(sq) 0.50s",
        "  ✗ [11] map(sq) (attempt 2) 0.00s",
        "  ✓ 10 of 12 done",
    ]


def test_what_has_ended_is_folded_away_where_the_screen_is_short():
    short = texts(tree(*RUN, *(event(f"n{i}", State.SUCCEEDED, "t") for i in range(2, 9))), height=5)
    assert len(short) <= 5
    assert "✓ 8 of 9 done" in short
    assert "  ✗ [11] map(sq) (attempt 2) 0.00s" in short
    cut = texts(tree(*(event(f"n{i}", State.RUNNING, "t") for i in range(9))), height=4)
    assert cut[-1] == "… 6 more"
    assert len(cut) == 4


def test_actions_stand_below_the_action_that_called_them():
    made = tree(
        event("a1", State.RUNNING, "main"),
        event("b2", State.RUNNING, "double", parent="a1"),
        event("b2", State.SUCCEEDED, "double", 2.0, parent="a1", seconds=1.0),
    )
    assert texts(made) == ["▸ main 2.00s", "  ✓ double 1.00s"]


@pytest.mark.parametrize("width", [12, 30, 80])
@pytest.mark.parametrize("colour", [True, False])
def test_no_line_is_wider_than_the_terminal(width, colour):
    output = Output()
    output.err = Console(width=width, force_terminal=True, no_color=not colour, file=sys.stderr)
    progress = ProgressLines(output)
    for each in RUN:
        progress(each)
    with output.err.capture() as captured:
        output.err.print(progress, end="")
    plain = Console(width=width, color_system=None)
    with plain.capture() as bare:
        plain.print(progress, end="")
    assert all(len(line.rstrip()) <= width for line in bare.get().splitlines())
    assert ("\x1b[32m" in captured.get()) is colour


def call(capsys, *arguments):
    with pytest.raises(SystemExit) as end:
        main([*map(str, arguments)])
    captured = capsys.readouterr()
    return end.value.code, captured.out, captured.err


def test_tasks_of_environments_say_how_far_they_are(capsys):
    code, out, err = call(capsys, "run", "--no-record", __file__, "main_task", "--n", 2)
    assert (code, out) == (0, "o0 = 10\n")
    lines = [line.split() for line in err.splitlines()]
    assert [(words[0], words[1]) for words in lines] == [
        ("succeeded", "tree.double"),
        ("succeeded", "tree.double"),
        ("succeeded", "tree.main_task"),
    ]


def test_a_gate_waits_for_an_answer_from_elsewhere(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("DRAWLOOM_HOME", str(tmp_path))
    folder = tmp_path / "runs" / "g"

    def answer():
        while not (folder / "run.json").exists():
            time.sleep(0.01)
        send_signal(folder, "release", True)

    other = threading.Thread(target=answer)
    other.start()
    code, out, err = call(capsys, "run", "--name", "g", "--gates", "wait", __file__, "gated")
    other.join()
    assert (code, out) == (0, "o0 = 1\n"), err
    assert "drawloom signal g ID VALUE" in err
    assert "Approve" not in err


def test_answers_from_elsewhere_need_a_record(capsys):
    code, _, err = call(capsys, "run", "--no-record", "--gates", "wait", __file__, "gated")
    assert code == 2
    assert "--gates wait and --no-record" in err


def test_an_option_that_an_input_is_called_as_says_whose_it_is(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("DRAWLOOM_HOME", str(tmp_path))
    code, out, err = call(capsys, "run", __file__, "one", "--name", "first")
    assert (code, out) == (0, "o0 = 1\n")
    assert "note: --name is the run's own option; the input `name` is --input.name" in err
    code, out, err = call(capsys, "run", __file__, "one", "--input.name", "first")
    assert (code, out) == (0, "o0 = 5\n")
    assert "note:" not in err
    _, out, _ = call(capsys, "run", __file__, "one", "--help")
    assert "The input of this name is --input.name." in " ".join(out.split())


@pytest.mark.parametrize(
    ("seconds", "said"), [(-1, "0.00s"), (0.256, "0.26s"), (59.9, "59.90s"), (184, "3m 04s"), (7500, "2h 05m")]
)
def test_times_are_said_as_people_say_them(seconds, said):
    assert took(seconds) == said

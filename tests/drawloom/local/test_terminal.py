"""Answers of a person at a terminal, as text on standard input."""

from __future__ import annotations

import datetime as dt
import io
import os
import sys
import threading

import pytest

from compiler import LiveSettings, compile_bundle
from drawloom import task, wait_for_input, workflow
from drawloom.interpreter import GateUnansweredError, RunOptions, run
from drawloom.local.terminal import ask_at_terminal
from literals import pb


@task
def shown(value: bool) -> str:
    return str(value)


@workflow
def asks() -> str:
    return shown(value=wait_for_input("go", dt.timedelta(minutes=1), bool))


@pytest.mark.parametrize(
    ("text", "value"),
    [("y", True), ("Yes", True), ("true", True), ("True", True), ("n", False), ("NO", False), ("false", False)],
)
def test_a_truth_value_is_answered_as_an_approval_is(monkeypatch, capsys, text, value):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{text}\n"))
    assert asks() == str(value)
    assert "Input for go (bool) [y/n]: " in capsys.readouterr().err


def test_what_is_neither_is_asked_again(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("perhaps\ny\n"))
    assert asks() == "True"
    assert capsys.readouterr().err.count("Input for go") == 2


def test_the_end_of_the_input_is_an_error(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("perhaps\n"))
    with pytest.raises(GateUnansweredError):
        asks()


@workflow
def asks_twice() -> str:
    return both(
        a=wait_for_input("first", dt.timedelta(minutes=1), int),
        b=wait_for_input("second", dt.timedelta(minutes=1), int),
    )


@task
def both(a: int, b: int) -> str:
    return f"{a}+{b}"


class AnswersTheFirst:
    """Signals: the first gate is answered while its question stands."""

    def __init__(self):
        self.polls = 0

    def poll(self, request):
        self.polls += request.signal == "first"
        late = request.signal == "first" and self.polls > 5
        return pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=1))).SerializeToString() if late else None


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo terminals")
def test_a_question_that_was_answered_elsewhere_gives_the_terminal_back(monkeypatch, capsys):
    keyboard, screen = os.openpty()
    with os.fdopen(screen) as terminal:
        monkeypatch.setattr("sys.stdin", terminal)
        options = RunOptions(signals=AnswersTheFirst(), ask=ask_at_terminal, cache=None)
        typing = threading.Timer(1.0, lambda: os.write(keyboard, b"2\n"))
        typing.start()
        data = compile_bundle([asks_twice], LiveSettings())
        result = run(data.data, entity=asks_twice.name, entities=data.entities, options=options)
        typing.join()
    os.close(keyboard)
    assert asks_twice.python_interface.output_codecs["o0"].decode(result.outputs["o0"]) == "1+2"
    asked = capsys.readouterr().err
    assert asked.index("Input for first") < asked.index("Input for second")

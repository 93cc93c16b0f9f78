"""Answers of a person at a terminal, as text on standard input."""

from __future__ import annotations

import datetime as dt
import io

import pytest

from drawloom import task, wait_for_input, workflow
from drawloom.interpreter import GateUnansweredError


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

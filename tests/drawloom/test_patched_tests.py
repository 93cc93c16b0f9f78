"""`@patch(task)` over a test of pytest's: the mock comes first, fixtures after it."""

from __future__ import annotations

import pytest

from drawloom import task, workflow
from drawloom.testing import patch


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    return one(a=a)


@patch(one)
def test_the_mock_stands_for_the_task(mock):
    mock.return_value = 7
    assert wf(a=1) == 7
    mock.assert_called_once_with(a=1)


@patch(one)
def test_fixtures_follow_the_mock(mock, tmp_path, monkeypatch):
    mock.return_value = 8
    assert tmp_path.is_dir()
    assert wf(a=1) == 8


@pytest.mark.parametrize("expected", [9, 10])
@patch(one)
def test_so_do_parameters(mock, expected):
    mock.return_value = expected
    assert wf(a=1) == expected


def test_the_task_is_itself_again():
    assert wf(a=1) == 1

"""A value that a task returns and does not declare is dropped, and the log says so."""

from __future__ import annotations

import logging

import pytest

from drawloom import task


@task
def gives(a: int):
    return a


@task
def gives_nothing(a: int):
    if a > 10:
        return


@pytest.mark.parametrize(("entity", "told"), [(gives, True), (gives_nothing, False)])
def test_the_log_names_the_task_and_the_cure(entity, told, caplog):
    with caplog.at_level(logging.WARNING, logger="drawloom"):
        assert entity(a=1) is None
    assert any("declares no output" in r.getMessage() and "annotate" in r.getMessage() for r in caplog.records) is told

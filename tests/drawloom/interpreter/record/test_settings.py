"""A run is gone on with as it was started; what its record says of a process that is gone is the truth."""

from __future__ import annotations

import os
import sys

import pytest

from compiler import compile_bundle
from drawloom.interpreter import RunOptions, list_runs, read_info, read_run, resume, run
from drawloom.interpreter.events import State
from drawloom.interpreter.record.journal import JOURNAL, Journal
from literals import pb

PROGRAM = """
import os, pathlib
from drawloom import task, workflow

@task
def where(flag: str) -> int:
    if not pathlib.Path(flag).exists():
        pathlib.Path(flag).touch()
        raise ValueError("not yet")
    return os.getpid()

@workflow
def wf(flag: str) -> int:
    return where(flag=flag)
"""


@pytest.fixture
def bundle(tmp_path, monkeypatch):
    (tmp_path / "settings_program.py").write_text(PROGRAM)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    import settings_program

    yield compile_bundle([settings_program.wf]).bundle
    sys.modules.pop("settings_program")


@pytest.mark.parametrize(("again", "is_here"), [(RunOptions(), False), (RunOptions(isolation="timeouts"), True)])
def test_a_run_is_gone_on_with_in_the_isolation_that_it_had(bundle, tmp_path, again, is_here):
    folder = tmp_path / "runs" / "mine"
    first = run(
        bundle, {"flag": str(tmp_path / "flag")}, entity="settings_program.wf",
        options=RunOptions(run_dir=folder, isolation="process", max_parallelism=2, raise_errors=False),
    )  # fmt: skip
    assert first.state is State.FAILED
    assert read_run(folder).settings == {"isolation": "process", "max_parallelism": 2}
    found = pb.Literal.FromString(resume(folder, options=again).outputs["o0"])
    assert (found.scalar.primitive.integer == os.getpid()) == is_here


def test_a_run_whose_process_is_gone_is_not_said_to_be_running(bundle, tmp_path):
    folder = tmp_path / "runs" / "mine"
    (tmp_path / "flag").touch()
    run(bundle, {"flag": str(tmp_path / "flag")}, entity="settings_program.wf", options=RunOptions(run_dir=folder))
    whole = (folder / JOURNAL).read_bytes()
    (folder / JOURNAL).write_bytes(whole[: len(whole) - 10])  # the end of the run was not written
    info = read_info(folder)
    assert info.state is State.ABORTED
    assert "drawloom resume" in info.detail
    journal = Journal(folder, "outputs")
    assert read_info(folder).state is State.RUNNING
    assert [each.state for each in list_runs(tmp_path / "runs")] == [State.RUNNING]
    journal.close()
    assert read_info(folder).state is State.ABORTED

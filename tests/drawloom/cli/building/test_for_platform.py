"""`--for flyte1`: what a cluster would refuse is refused; without it, compiling warns."""

from __future__ import annotations

import pathlib
import sys
from typing import NamedTuple

import pytest

from compiler import compile_bundle, write_folder
from drawloom.cli import main

PROGRAM = """
from drawloom import LaunchPlan, map_task, task, workflow

@task
def half(x: int) -> float:
    return x / 2

@workflow
def fine(x: int) -> float:
    return half(x=x)

@workflow
def passes(x: int) -> int:
    return x

@workflow
def mapped(xs: list[int]) -> list[float]:
    return map_task(LaunchPlan.get_default_launch_plan(None, fine))(x=xs)
"""


@pytest.fixture
def program(tmp_path):
    (tmp_path / "for_platform.py").write_text(PROGRAM)
    return tmp_path / "for_platform.py"


class Done(NamedTuple):
    exit_code: int
    stderr: str


@pytest.fixture
def drawloom(capsys, monkeypatch):
    def call(*arguments):
        monkeypatch.delitem(sys.modules, "for_platform", raising=False)
        with pytest.raises(SystemExit) as end:
            main([*map(str, arguments)])
        return Done(end.value.code, capsys.readouterr().err)

    return call


def test_compiling_warns_where_only_a_cluster_refuses(drawloom, program, tmp_path):
    done = drawloom("compile", program, "-o", tmp_path / "all.pb")
    assert done.exit_code == 0
    assert "warning: flyte1 would refuse this: workflow for_platform.passes" in done.stderr
    assert "(workflow-empty)" in done.stderr
    assert drawloom("verify", tmp_path / "all.pb").exit_code == 0
    refused = drawloom("verify", tmp_path / "all.pb", "--for", "flyte1")
    assert refused.exit_code == 1
    assert "(workflow-empty)" in refused.stderr
    assert "to fix: call a task in it" in refused.stderr


def test_compiling_for_a_cluster_refuses_and_writes_nothing(drawloom, program, tmp_path):
    done = drawloom("compile", program, "-o", tmp_path / "all.pb", "--for", "flyte1")
    assert done.exit_code == 1
    assert "(array-launch-plan)" in done.stderr
    assert not (tmp_path / "all.pb").exists()
    done = drawloom("compile", program, "fine", "-o", tmp_path / "fine.pb", "--for", "flyte1")
    assert (done.exit_code, done.stderr) == (0, "")
    assert drawloom("verify", tmp_path / "fine.pb", "--for", "flyte1").exit_code == 0


def test_what_can_be_written_in_another_form_is(drawloom, program, tmp_path):
    done = drawloom("compile", program, "passes", "-o", tmp_path / "passes", "--for", "flyte1")
    assert (done.exit_code, done.stderr) == (0, "")
    assert drawloom("verify", tmp_path / "passes", "--for", "flyte1").exit_code == 0
    assert drawloom("verify", program, "--for", "flyte1").exit_code == 1
    (tmp_path / "for_platform.py").write_text(PROGRAM.partition("@workflow\ndef mapped")[0])
    assert drawloom("verify", program, "--for", "flyte1").exit_code == 0


def test_python_warns_when_it_writes_what_only_a_cluster_refuses(program, tmp_path, monkeypatch, caplog):
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "for_platform", raising=False)
    import for_platform

    write_folder(compile_bundle([for_platform.fine]), tmp_path / "fine")
    assert caplog.messages == []
    write_folder(compile_bundle([for_platform.passes]), tmp_path / "passes")
    (said,) = caplog.messages
    assert said.startswith("flyte1 would refuse this: workflow for_platform.passes")
    write_folder(compile_bundle([for_platform.passes]), tmp_path / "silent", warn_for=None)
    assert len(caplog.messages) == 1


@pytest.mark.parametrize("name", ["hello", "wine", "custom_type", "fanout"])
def test_an_example_is_what_a_cluster_takes(drawloom, name):
    example = pathlib.Path(__file__).parents[4] / "examples" / f"{name}.py"
    done = drawloom("verify", example, "--for", "flyte1")
    assert (done.exit_code, done.stderr) == (0, "")


def test_a_platform_that_nobody_knows_is_refused(drawloom, program, tmp_path):
    done = drawloom("compile", program, "-o", tmp_path / "all.pb", "--for", "flyte9")
    assert done.exit_code == 2
    assert "flyte1" in done.stderr

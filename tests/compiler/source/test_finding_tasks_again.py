"""Every way to make a task: run here, written for a container, and run from what was written by another process.

A task that is written is found again as the same object, and its run from the file gives what its run here gave; one that
cannot be found again is refused when it is written, or already where it is declared, with what to write instead.
"""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from compiler import LiveSettings, ResolverError, default_task_resolver
from drawloom import task, workflow
from literals import DrawloomError
from ways_to_make_tasks import FACTORY, WAYS

TESTS = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """What each way gives: `declared`, `live`, `written` and `file`, each a value or an error's text."""
    folder = tmp_path_factory.mktemp("ways")
    (folder / "factory_of_tasks.py").write_text(FACTORY, encoding="utf-8")
    for name, way in WAYS.items():
        (folder / f"way_{name}.py").write_text(way.source, encoding="utf-8")
    found = {}
    for step in ("write", "read"):
        command = [sys.executable, TESTS / "ways_to_make_tasks.py", step, folder, *WAYS]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
        assert done.returncode == 0, done.stderr
        for name, outcome in json.loads(done.stdout.splitlines()[-1]).items():
            found.setdefault(name, {}).update(outcome)
    return found


@pytest.mark.parametrize("name", WAYS)
def test_a_way_to_make_a_task(outcomes, name):
    way, got = WAYS[name], outcomes[name]
    if way.declared:
        assert way.declared in got["declared"]
        assert "to fix:" in got["declared"]
        assert ".py:" in got["declared"]
        assert "live" not in got
        return
    assert got["declared"] == "ok"
    assert got["live"] == way.live
    if way.written:
        assert way.written in got["written"]
        assert "to fix:" in got["written"]
        assert ".py:" in got["written"]
        assert "file" not in got
    else:
        assert got["written"] == "ok"
        assert got["file"] == way.live


def program(tmp_path, source):
    path = tmp_path / "program.py"
    path.write_text(textwrap.dedent(source), encoding="utf-8")
    return path


SCRIPT = """
from compiler import compile_bundle
from drawloom import task, workflow
{before}
if __name__ == "__main__":
    @task
    def guarded(x: int) -> int:
        return x + 1

    @workflow
    def wf(x: int) -> int:
        return {called}(x=x)

    print(wf(x=1))
    print(compile_bundle([wf]).bundle.workflows[0].tasks[0].template.container.args[-4:])
"""
ABOVE = "@task\ndef free(x: int) -> int:\n    return x + 1\n"


def test_a_task_of_a_script_is_found_by_the_name_of_its_file(tmp_path):
    path = program(tmp_path, SCRIPT.format(before=ABOVE, called="free"))
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["2", "['task-module', 'program', 'task-name', 'free']"], done.stderr


def test_a_task_below_the_guard_of_a_script_is_refused(tmp_path):
    path = program(tmp_path, SCRIPT.format(before="", called="guarded"))
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=False)
    assert done.stdout == "2\n"
    assert "declared below `if __name__ ==" in done.stderr
    assert "to fix: move it above" in done.stderr


def test_a_task_of_a_notebook_or_a_prompt_runs_there_and_is_refused_when_it_is_written():
    source = SCRIPT.format(before=ABOVE, called="free")
    done = subprocess.run([sys.executable, "-"], input=source, capture_output=True, text=True, check=False)
    assert done.stdout == "2\n"
    assert "declared in a notebook or at a prompt" in done.stderr
    assert "to fix: move it to a module" in done.stderr


def test_a_variable_that_no_longer_holds_a_task_is_an_error_of_the_resolver(monkeypatch):
    monkeypatch.setitem(globals(), "not_a_task", len)
    with pytest.raises(ResolverError, match="`not_a_task` of module .* is not a task"):
        default_task_resolver.load_task(["task-module", __name__, "task-name", "not_a_task"])


def plain(x: int) -> int:
    return x + 1


def test_a_task_that_a_test_makes_is_written_by_the_name_of_its_function():
    made = task(plain)
    assert default_task_resolver.loader_args(None, made) == ["task-module", __name__, "task-name", "plain"]


def test_a_workflow_that_no_variable_holds_keeps_the_tasks_of_its_body_for_this_process():
    @workflow
    def wf(x: int) -> int:
        @task
        def inner(x: int) -> int:
            return x + 1

        return inner(x=x)

    assert wf(x=1) == 2
    (made,) = wf.get_all_tasks()
    assert f"{__name__}." in made.get_default_command(LiveSettings())
    with pytest.raises(DrawloomError, match="no variable of module"):
        made.get_default_command(None)

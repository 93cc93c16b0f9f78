"""Names of runs: one run of a name at a time on the machine, and one record of a name in a place."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import drawloom
from drawloom.errors import RunNameError
from drawloom.interpreter import State, read_info

env = drawloom.TaskEnvironment("names")
begun = threading.Event()
go_on = threading.Event()

ELSEWHERE = """
import sys, tempfile, drawloom

tempfile.tempdir = sys.argv[1]
env = drawloom.TaskEnvironment("names")


@env.task
def wait() -> int:
    print("begun", flush=True)
    return len(sys.stdin.readline())


options = {"name": "mine"}
if len(sys.argv) > 2:
    options |= {"run_base_dir": sys.argv[2], "copy_style": "none", "version": "1"}
drawloom.with_runcontext(**options).run(wait)
"""


@env.task
def quick() -> int:
    return 1


@pytest.fixture
def elsewhere(tmp_path):
    """Starts a run named `mine` in another process and gives that process while the run is going on."""
    started = []

    def start(*arguments):
        process = subprocess.Popen(
            [sys.executable, "-c", ELSEWHERE, str(tmp_path), *map(str, arguments)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )  # fmt: skip
        started.append(process)
        assert process.stdout.readline() == "begun\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_a_chosen_name_is_taken_while_a_run_of_another_process_has_it(elsewhere):
    process = elsewhere()
    with pytest.raises(RunNameError, match="'mine' is going on"):
        drawloom.with_runcontext(name="mine").run(quick)
    process.communicate("\n")
    assert process.returncode == 0
    assert drawloom.with_runcontext(name="mine").run(quick).name == "mine"


def test_who_is_killed_gives_the_name_up(elsewhere):
    process = elsewhere()
    process.kill()
    process.wait()
    assert drawloom.with_runcontext(name="mine").run(quick).name == "mine"


def test_a_folder_is_one_runs_also_for_other_processes(elsewhere, tmp_path):
    process = elsewhere(tmp_path / "r")
    with pytest.raises(RunNameError, match="a run named 'mine' already"):
        drawloom.with_runcontext(name="mine", run_base_dir=tmp_path / "r").run(quick)
    with pytest.raises(OSError, match="going on in another process"):
        drawloom.resume(tmp_path / "r", task=quick_with_the_name_of_wait())
    process.communicate("\n")
    assert read_info(tmp_path / "r").state is State.SUCCEEDED


def quick_with_the_name_of_wait():
    def wait() -> int:
        return 1

    return drawloom.TaskEnvironment("names").task(wait)


def test_a_name_that_is_recorded_already_is_refused_and_nothing_is_overwritten(tmp_path):
    first = drawloom.with_runcontext(name="mine", run_base_dir=tmp_path / "r").run(quick)
    before = (tmp_path / "r" / "run.json").read_bytes()
    with pytest.raises(RunNameError, match="choose another name"):
        drawloom.with_runcontext(name="mine", run_base_dir=tmp_path / "r").run(quick)
    assert (tmp_path / "r" / "run.json").read_bytes() == before
    assert first.url == str(tmp_path / "r")


def test_further_runs_in_one_folder_have_folders_of_their_own_in_it(tmp_path):
    runs = [drawloom.with_runcontext(run_base_dir=tmp_path / "r").run(quick) for _ in range(3)]
    runs.append(drawloom.with_runcontext(run_base_dir=tmp_path / "r", name="named").run(quick))
    places = [run.url for run in runs]
    assert places[0] == str(tmp_path / "r")
    assert places[1:] == [str(tmp_path / "r" / run.name) for run in runs[1:]]
    for run in runs:
        assert json.loads((tmp_path.joinpath(run.url) / "run.json").read_text())["name"] == run.name


def test_of_many_runs_that_want_one_folder_at_once_each_gets_its_own(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(lambda _: drawloom.with_runcontext(run_base_dir=tmp_path / "r").run(quick), range(24)))
    assert len({run.url for run in runs}) == 24
    assert len({run.name for run in runs}) == 24


def test_of_many_runs_of_one_name_and_folder_one_runs(tmp_path):
    def start(_):
        try:
            return drawloom.with_runcontext(run_base_dir=tmp_path / "r", name="mine").run(quick).url
        except RunNameError:
            return None

    with ThreadPoolExecutor(8) as pool:
        urls = list(pool.map(start, range(24)))
    assert [url for url in urls if url] == [str(tmp_path / "r")]


def test_a_bundle_that_cannot_be_built_leaves_the_name_free(tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    runner = drawloom.with_runcontext(run_base_dir=tmp_path / "r", name="mine", copy_style="all")
    with pytest.raises(drawloom.DrawloomError, match="no source file"):
        runner.run(quick)
    (tmp_path / "empty" / "code.py").write_text("")
    assert runner.run(quick).url == str(tmp_path / "r")


def test_a_task_sees_the_folder_of_its_record(tmp_path):
    @env.task
    async def where() -> str:
        await asyncio.sleep(0)
        return drawloom.ctx().run_base_dir

    runner = drawloom.with_runcontext(run_base_dir=tmp_path / "r")
    for _ in range(2):
        run = runner.run(where)
        assert run.outputs()[0] == run.url


def test_runs_of_one_name_after_each_other_are_fine_where_no_folder_was_named():
    assert [drawloom.with_runcontext(name="mine").run(quick).name for _ in range(2)] == ["mine", "mine"]

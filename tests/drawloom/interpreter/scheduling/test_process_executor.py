"""`process://N`: workers that die, overrun or are not needed any more are ended and replaced, and the run goes on."""

import os
import socket
import subprocess
import sys

import psutil
import pytest

import executor_program as program
from drawloom.interpreter import RunOptions, State, TaskInterruptedError, load, resume, run
from drawloom.interpreter.executors.pace import PATIENCE, Pace
from drawloom.interpreter.executors.protocol import ExecutorError
from drawloom.interpreter.tasks.attempt_record import AttemptResult
from literals import DrawloomError
from running import compiled, value


def going(entity, executor="process://2", inputs=None, **options):
    made = compiled(entity)
    codecs = entity.python_interface.input_codecs
    given = {name: codecs[name].encode(each) for name, each in (inputs or {}).items()}
    chosen = RunOptions(executor=executor, raise_errors=False, **options)
    return run(load(made.bundle.SerializeToString()), given, entity=entity.name, options=chosen)


def workers():
    return [
        child.pid
        for child in psutil.Process().children(recursive=True)
        if any("executors.worker" in part for part in child.cmdline())
    ]


def test_a_worker_that_dies_takes_one_attempt_with_it_and_is_replaced(tmp_path):
    given = going(program.survives_wf, inputs={"folder": str(tmp_path)})
    assert given.ok, given.error
    assert value(program.survives_wf, given) == [0, 1, 2, 3]
    assert given.nodes["n0"].attempts == 2
    assert [given.nodes[f"n{each}"].attempts for each in (1, 2, 3)] == [1, 1, 1]
    assert workers() == []


def test_a_worker_that_always_dies_ends_the_run_with_node_and_attempt_and_it_can_be_resumed(tmp_path, monkeypatch):
    monkeypatch.setenv("DRAWLOOM_TEST_DIES", "1")
    failed = going(program.dies_wf, "process://1", run_dir=tmp_path / "run")
    assert type(failed.error) is TaskInterruptedError
    assert f"n1, {program.dies.name} (attempt 4)" in failed.error.where
    assert "signal 9" in failed.error.got
    monkeypatch.delenv("DRAWLOOM_TEST_DIES")
    again = resume(tmp_path / "run")
    assert value(program.dies_wf, again) == 2
    assert again.nodes["n0"].state is State.RECOVERED


def test_code_that_cannot_be_interrupted_is_killed_when_its_time_is_over():
    late = going(program.deaf_wf)
    assert "its process was killed" in str(late.error)
    assert workers() == []


def test_a_failure_ends_what_is_under_way_elsewhere(tmp_path):
    failed = going(program.one_fails_wf, inputs={"folder": str(tmp_path)})
    assert type(failed.error) is program.OwnError
    assert workers() == []
    assert not (tmp_path / "ended").exists()


def test_a_deck_comes_back_into_the_record(tmp_path):
    assert going(program.decked_wf, run_dir=tmp_path / "run").ok
    assert "<b>shown</b>" in (tmp_path / "run" / "decks" / "n0" / "1" / "deck.html").read_text()


def test_elements_travel_in_batches_and_each_fails_and_is_tried_again_by_itself():
    given = going(program.many_wf, inputs={"n": 300})
    assert value(program.many_wf, given) == list(range(300))
    assert given.nodes["n1[7]"].attempts == 1


@pytest.mark.parametrize("most", [1, 2])
def test_no_more_batches_are_under_way_than_max_parallelism(tmp_path, most):
    given = going(program.overlap_wf, "process://4", {"folder": str(tmp_path)}, max_parallelism=most)
    assert given.ok, given.error
    assert value(program.overlap_wf, given) <= most


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("process://0", "process://N with N from 1"),
        ("process://two", "process://N with N from 1"),
        ("nowhere", "this is not an address of an executor"),
        ("ray://", "this is not an address of an executor"),
        (3, "this is not an executor"),
    ],
)
def test_what_is_no_executor_is_refused_before_anything_is_recorded(tmp_path, address, says):
    with pytest.raises(ExecutorError, match=says):
        going(program.fails_wf, address, run_dir=tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("more", [{"isolation": "process"}, {"python": sys.executable}])
def test_an_executor_and_isolation_exclude_each_other(more):
    with pytest.raises(DrawloomError, match="leave one of them out"):
        RunOptions(executor="process://1", **more)


SCRIPT = """
from drawloom import task, workflow
from drawloom.local.call import compiled_program, local_options
from drawloom.interpreter import run

@task
def double(n: int) -> int:
    print("in a task")
    return 2 * n

@workflow
def wf() -> int:
    return double(n=double(n=1))

{guard}
    made, loaded = compiled_program(wf)
    print(run(loaded, {{}}, entity=wf.name, options=local_options(executor="process://1")).ok)
"""


def ran(tmp_path, guard):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(guard=guard))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "DRAWLOOM_HOME": str(tmp_path)}
    return subprocess.run([sys.executable, script], capture_output=True, text=True, env=environment, check=False)


def test_a_script_runs_in_workers_and_what_its_tasks_print_is_seen(tmp_path):
    done = ran(tmp_path, 'if __name__ == "__main__":')
    assert done.stdout.splitlines() == ["in a task", "in a task", "True"], done.stderr


def test_a_script_that_would_start_itself_again_in_each_worker_is_told_how_not_to(tmp_path):
    done = ran(tmp_path, "if True:")
    assert done.returncode == 1
    assert 'start the run below `if __name__ == "__main__":`' in " ".join(done.stderr.split())


def took(seconds):
    return [AttemptResult({}, seconds=seconds)]


def test_a_few_elements_go_by_themselves_until_it_is_known_how_long_they_take():
    pace = Pace()
    assert [pace.size(1000, each, 2) for each in range(5)] == [1, 1, 1, 1, 0]
    assert 0 < pace.patience() <= PATIENCE
    pace.took(took(0.001))
    assert pace.size(996, 4, 2) == 250
    assert pace.size(3996, 4, 2) == 250
    assert pace.size(100, 0, 2) == 25


def test_long_elements_go_by_themselves():
    pace = Pace()
    pace.took(took(2.0))
    assert pace.size(1000, 0, 2) == 1


def test_elements_that_take_longer_than_patience_go_by_themselves(monkeypatch):
    pace = Pace()
    assert pace.size(10, 0, 1) == 1
    monkeypatch.setattr("drawloom.interpreter.executors.pace.PATIENCE", 0.0)
    assert [pace.size(10, each, 1) for each in range(4)] == [1, 1, 1, 1]


def test_a_worker_whose_run_is_gone_ends_without_a_word():
    """Its end of the connection is closed by the system when the run is killed."""
    ours, theirs = socket.socketpair()
    command = "import sys; from drawloom.interpreter.executors.worker import serve; serve(int(sys.argv[1]))"
    with ours, theirs:
        worker = subprocess.Popen(
            [sys.executable, "-c", command, str(theirs.fileno())],
            pass_fds=(theirs.fileno(),), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
    said, _ = worker.communicate(timeout=60)
    assert (worker.returncode, said) == (0, b"")

"""Tasks of environments on executors: whatever makes their attempts, results, errors, retries, the cache and the record are those
of threads. A task that calls others stays in the run's process.
"""

import os
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

import action_executor_program as program
import drawloom
from action_tasks import env, recorded_actions
from dask_cluster import DaskCluster
from drawloom.actions.placement import names_tasks
from drawloom.errors import TaskInterruptedError, UnsupportedHereError
from drawloom.interpreter import ExecutorError, RunOptions, UnsupportedTaskError, load, resume, run
from running import compiled, value

SECRET = "_FSEC_OF_THE_TEST"
EXPECTED = {
    "plus_one": "[2, 3]",
    "mapped": "[2, 3, 4]",
    "recovers": "2",
    "checkpoints": "1 2",
    "reports": "7",
    "secret": "hush",
    "cached": "[1, 1]",
    "traces": "8",
    "hidden": "3",
    "slow": "MaxRuntimeExceededError False ['elsewhere.slow']",
    "late": "DeadlineExceededError False ['elsewhere.late']",
    "exits": "TaskExitError False ['elsewhere.exits']",
    "gives_another_type": "RuntimeDataValidationError False ['elsewhere.gives_another_type']",
    "fails": "OwnError True ['elsewhere.fails']",
    "hides_what_fails": "OwnError True ['elsewhere.hides_what_fails', 'elsewhere.fails']",
}


@pytest.fixture(scope="module")
def secret():
    """For the workers that start with this process's variables."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SECRET, "hush")
        yield


@pytest.fixture(scope="module")
def processes(secret):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


@pytest.fixture(scope="module")
def dask(tmp_path_factory, secret):
    """Module-scoped: a cluster costs more than all that runs on it here. Its workers have the secret of their own."""
    pytest.importorskip("distributed")
    made = DaskCluster(tmp_path_factory.mktemp("dask"))
    try:
        yield made.wait().address
    finally:
        made.close()


@pytest.fixture(params=["none", "threads", "processes", "process://2", "dask://"])
def executor(request):
    found = {"none": lambda: None, "threads": lambda: ThreadPoolExecutor(4), "process://2": lambda: "process://2"}
    made = found.get(request.param) or (lambda: request.getfixturevalue(request.param.removesuffix("://")))
    given = made()
    yield given
    if request.param == "threads":
        given.shutdown()


def told(folder):
    """What a record says of each action, whatever order they ended in, by names that no input is part of."""
    frames = recorded_actions(folder)
    tasks = {frame["a"]: frame["e"] for frame in frames}
    return sorted(
        (frame["e"], frame["s"], frame["n"], tasks.get(frame.get("p"), ""), frame.get("g", ""), len(frame.get("f", ())))
        for frame in frames
    )


@pytest.fixture(scope="module")
def of_threads():
    """What the record of a run without an executor says, once it was made."""
    return {}


def test_everything_is_as_with_threads(executor, tmp_path, monkeypatch, of_threads):
    monkeypatch.setenv(SECRET, "hush")
    monkeypatch.setenv("DRAWLOOM_HOME", str(tmp_path / "home"))
    made = drawloom.with_runcontext(
        executor=executor,
        name="of-the-table",
        version="7",
        run_base_dir=tmp_path / "run",
        raw_data_path=tmp_path / "raw",
        env_vars={"DRAWLOOM_TEST_OF_RUN": "run"},
        custom_context={"k": "v"},
    ).run(program.everything, str(tmp_path))
    looked = f"env run {tmp_path / 'raw'} v 7 of-the-table local"
    assert made.outputs()[0] == {**EXPECTED, "looks": looked}
    [page] = [each for each in (tmp_path / "run").glob("*/report.html")]
    assert "<b>shown 7</b>" in page.read_text()
    assert "DRAWLOOM_TEST_OF_RUN" not in os.environ
    said = told(tmp_path / "run")
    assert ("elsewhere.plus_one", "SUCCEEDED", 1, "elsewhere.hides_what_it_calls", "", 0) in said
    if executor is None:
        of_threads["said"] = said
    else:
        assert said == of_threads.setdefault("said", said)


def test_leaves_are_made_elsewhere_and_who_calls_stays(tmp_path):
    found = drawloom.with_runcontext(executor="process://2").run(program.where, 6).outputs()[0]
    assert found["here"] == os.getpid()
    assert found["elsewhere"] == found["all"]
    assert drawloom.with_runcontext(executor="process://1").run(program.pid_of, 1).outputs()[0] != os.getpid()


def test_a_worker_that_dies_is_made_good_though_the_task_asks_for_no_retries(tmp_path):
    made = drawloom.with_runcontext(executor="process://1", run_base_dir=tmp_path / "run")
    assert made.run(program.calls_one_that_dies, str(tmp_path)).outputs()[0] == 1
    assert [frame["n"] for frame in recorded_actions(tmp_path / "run")] == [2, 1]


def test_one_that_always_dies_is_an_error_with_its_trail():
    with pytest.raises(TaskInterruptedError) as lost:
        drawloom.with_runcontext(executor="process://1").run(program.calls_one_that_always_dies)
    assert lost.value.code == "WorkerLost"
    assert [(step.task, step.attempt) for step in lost.value.drawloom_trail] == [
        ("elsewhere.calls_one_that_always_dies", 1),
        ("elsewhere.dies_always", 4),
    ]


def test_a_cancelled_call_frees_its_worker(tmp_path):
    made = drawloom.with_runcontext(executor="process://1").run(program.gives_up_waiting, str(tmp_path))
    assert made.outputs()[0] == "True 2"
    assert not (tmp_path / "ended").exists()


def test_the_limit_of_a_run_counts_what_is_made_elsewhere(tmp_path):
    made = drawloom.with_runcontext(executor="process://3", max_action_concurrency=1)
    assert made.run(program.one_by_one, str(tmp_path)).outputs()[0] == 1


def test_what_a_worker_without_the_runs_files_cannot_do_is_refused(dask, tmp_path):
    made = drawloom.with_runcontext(executor=dask, raw_data_path=tmp_path / "raw")
    with pytest.raises(UnsupportedHereError, match="a cached task is called within an attempt on a worker"):
        made.run(program.hides_a_cached_one, str(tmp_path))


def test_a_task_that_no_other_process_finds_is_refused_where_threads_take_it():
    @env.task
    def local(n: int) -> int:
        return n

    with pytest.raises(UnsupportedTaskError, match="another process cannot find this task"):
        drawloom.with_runcontext(executor="process://1").run(local, 1)
    with ThreadPoolExecutor(1) as pool:
        assert drawloom.with_runcontext(executor=pool).run(local, 1).outputs()[0] == 1


def test_a_copy_with_other_options_is_made_elsewhere(tmp_path):
    copy = program.pid_of.override(retries=3, max_inline_io_bytes=1000)
    assert drawloom.with_runcontext(executor="process://1").run(copy, 1).outputs()[0] != os.getpid()


@pytest.mark.parametrize("executor", ["process://0", "nowhere://", 7])
def test_what_is_no_executor_is_refused_before_anything_is_recorded(executor, tmp_path):
    with pytest.raises(ExecutorError):
        drawloom.with_runcontext(executor=executor, run_base_dir=tmp_path / "run").run(program.pid_of, 1)
    assert not (tmp_path / "run" / "run.json").exists()


def test_a_resumed_run_has_its_executor_again_and_makes_nothing_twice(tmp_path):
    made = drawloom.with_runcontext(executor="process://1", run_base_dir=tmp_path / "run").run(program.where, 2)
    before = made.outputs()[0]
    again = drawloom.resume(tmp_path / "run")
    assert again.outputs()[0] == before
    assert {frame["s"] for frame in recorded_actions(tmp_path / "run")} >= {"RECOVERED"}
    assert drawloom.resume(tmp_path / "run", executor="process://2").outputs()[0] == before


@pytest.mark.parametrize("executor", [None, "process://2"])
def test_nodes_that_are_tasks_of_environments_record_what_they_call(executor, tmp_path, of_threads):
    made = compiled(program.of_nodes)
    options = RunOptions(executor=executor, run_dir=tmp_path / "run", name="nodes")
    inputs = {"folder": program.of_nodes.python_interface.input_codecs["folder"].encode(str(tmp_path))}
    result = run(load(made.bundle.SerializeToString()), inputs, entity=program.of_nodes.name, options=options)
    assert value(program.of_nodes, result) == 8 + (1 if executor is None else 2) + 10
    said = [each for each in told(tmp_path / "run") if each[0].startswith(("elsewhere.", "step"))]
    said = sorted({(each[0], each[1], each[4]) for each in said})
    assert ("step", "SUCCEEDED", "steps") in said
    assert said == of_threads.setdefault("nodes", said)
    assert value(program.of_nodes, resume(tmp_path / "run")) == value(program.of_nodes, result)


TASK = drawloom.TaskEnvironment("placed").task


@TASK
def leaf(n: int) -> int:
    return n


def helper(n):
    return leaf(n)


class Holder:
    held = {"leaf": [leaf]}

    def call(self, n):
        return helper(n)


def _through_a_closure():
    found = leaf

    def inner(n: int) -> int:
        return found(n)

    return inner


CALLERS = {
    "by name": lambda n: leaf(n),
    "through a helper": lambda n: helper(n),
    "through a module": lambda n: program.plus_one(n),
    "through a container": lambda n: Holder.held["leaf"][0](n),
    "through a method": lambda n: Holder().call(n),
    "through a closure": _through_a_closure(),
    "in a nested function": lambda n: [x for x in map(lambda m: leaf(m), [n])],
    "of another condition": lambda n: drawloom.new_condition("c"),
    "a run of its own": lambda n: drawloom.run(None, n),
    "by an import in the function": lambda n: __import__("sys") and _imports(n),
}


def _imports(n):
    import action_executor_program

    return action_executor_program.plus_one(n)


@pytest.mark.parametrize("how", CALLERS)
def test_who_calls_tasks_is_told_by_its_code(how):
    assert names_tasks(CALLERS[how])


LEAVES = {
    "plain": lambda n: n + len(str(Path("x"))),
    "forwards": lambda n: leaf.forward(n),
    "a library's run": lambda n: os.path.join(str(drawloom.ctx()), "run"),
    "traces": program.traces.func,
    "hides": program.hides_what_it_calls.func,
}


@pytest.mark.parametrize("how", LEAVES)
def test_leaves_are_told_by_their_code(how):
    assert not names_tasks(LEAVES[how])

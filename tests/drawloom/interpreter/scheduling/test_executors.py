"""What a task finds and gives is the same wherever it runs: threads, process isolation, a process pool, `process://`, an executor
that takes equal calls for one, and a Dask cluster of processes: a table of features by executors.
"""

import logging
import os
import pickle
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from datetime import datetime
from multiprocessing import get_context

import pytest

import executor_program as program
from dask_cluster import DaskCluster
from drawloom.context import FileAccessProvider, LogSettings, logging_as
from drawloom.interpreter import (
    MaxRuntimeExceededError,
    RunOptions,
    State,
    TaskInterruptedError,
    TaskProcessError,
    UnsupportedTaskError,
    load,
    open_cache,
    resume,
    run,
)
from running import compiled, value


class OnceForEqualCalls:
    """As a cluster does that names work by its content: equal calls are one, and all travel as bytes."""

    def __init__(self):
        self.pool = ThreadPoolExecutor(4)
        self.known = {}

    def submit(self, call, *args):
        key = pickle.dumps((call, args))
        if key not in self.known:
            self.known[key] = self.pool.submit(lambda: pickle.loads(pickle.dumps(self.run(key))))
        return self.known[key]

    @staticmethod
    def run(key):
        call, args = pickle.loads(key)
        return call(*args)


@pytest.fixture(scope="module")
def secret():
    """For workers, which start with this process's variables."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("_FSEC_TABLE_KEY", "hush")
        yield


@pytest.fixture(scope="module")
def processes(secret):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


@pytest.fixture(scope="module")
def dask(tmp_path_factory, secret):
    """Module-scoped: a cluster costs more than all that runs on it here."""
    pytest.importorskip("distributed")
    made = DaskCluster(tmp_path_factory.mktemp("dask"))
    try:
        yield made.wait().address
    finally:
        made.close()


@pytest.fixture(params=["none", "isolation", "threads", "once", "processes", "process://2", "dask://"])
def executor(request):
    if request.param == "dask://":
        return request.getfixturevalue("dask")
    if request.param in {"isolation", "process://2"}:
        return request.param
    if request.param == "processes":
        return request.getfixturevalue("processes")
    return {"none": lambda: None, "threads": lambda: ThreadPoolExecutor(2), "once": OnceForEqualCalls}[request.param]()


def going(entity, executor, inputs=None, **options):
    """The result of running from bytes, so that every task is found by its resolver."""
    made = compiled(entity)
    codecs = entity.python_interface.input_codecs
    given = {name: codecs[name].encode(each) for name, each in (inputs or {}).items()}
    if executor == "isolation":
        executor, options = None, {"isolation": "process", **options}
    chosen = RunOptions(**{"executor": executor, "raise_errors": False, **options})
    return run(load(made.bundle.SerializeToString()), given, entity=entity.name, options=chosen)


def result(entity, executor, inputs=None, **options):
    given = going(entity, executor, inputs, **options)
    assert given.ok, given.error
    return value(entity, given)


def test_equal_calls_are_calls_of_their_own(executor):
    assert len(set(result(program.draws, executor))) == 4


def test_failed_attempts_are_tried_again(executor, tmp_path):
    assert result(program.recovers_wf, executor, {"folder": str(tmp_path)}) == 3


def test_a_dynamic_task_becomes_its_graph(executor):
    assert result(program.grows_wf, executor, {"n": 3}) == [0, 10, 20]


def test_a_checkpoint_is_read_by_the_next_attempt(executor):
    assert result(program.checkpoints_wf, executor) == "1 2"


def test_variables_and_raw_data_are_the_runs(executor, tmp_path):
    access = FileAccessProvider(tmp_path / "sandbox", str(tmp_path / "raw"))
    found = result(program.looks_wf, executor, state={"file_access": access, "custom_context": {"k": "v"}})
    assert found == f"on {tmp_path / 'raw'}/ v"
    assert "DRAWLOOM_TEST_EXECUTOR" not in os.environ


def test_a_cached_result_is_not_made_again(executor, tmp_path):
    cache = open_cache(tmp_path / "cache.db")
    assert result(program.cached_wf, executor, {"folder": str(tmp_path)}, cache=cache) == 1
    again = going(program.cached_wf, executor, {"folder": str(tmp_path)}, cache=cache)
    assert value(program.cached_wf, again) == 1
    assert again.nodes["n0"].state is State.CACHED


def test_an_overrun_is_an_error_and_frees_the_worker(executor):
    late = going(program.slow_wf, executor)
    assert type(late.error) is MaxRuntimeExceededError
    assert len(set(result(program.draws, executor))) == 4


def test_the_users_error_is_its_own_class_with_its_trail(executor):
    failed = going(program.fails_wf, executor)
    assert type(failed.error) is program.OwnError
    assert failed.error.args == (7,)
    assert [step.task for step in failed.error.drawloom_trail] == [program.fails.name]


def test_an_error_that_cannot_travel_is_told(processes):
    failed = going(program.fails_unpicklably_wf, processes)
    assert type(failed.error) is TaskProcessError
    assert "LocalError: stays here" in str(failed.error)


def test_members_of_the_context_are_the_runs(executor):
    given = {"execution_date": datetime(2026, 1, 2), "stats": program.told}
    assert result(program.members_wf, executor, parameters=given) == "2026 told"


@pytest.mark.parametrize("executor", ["isolation", "processes", "process://2"], indirect=True)
def test_members_of_the_context_that_cannot_travel_are_refused(executor):
    given = {"stats": lambda: "told"}
    with pytest.raises(UnsupportedTaskError, match="stats of current_context"):
        result(program.members_wf, executor, parameters=given, raise_errors=True)


def test_a_secret_is_found(executor, secret):
    assert result(program.secret_wf, executor) == "hush"


def test_a_deck_is_in_the_record(executor, tmp_path):
    assert going(program.decked_wf, executor, run_dir=tmp_path / "run").ok
    assert "<b>shown</b>" in (tmp_path / "run" / "decks" / "n0" / "1" / "deck.html").read_text()


def test_lines_are_logged_as_the_run_says(executor):
    with logging_as(LogSettings(logging.DEBUG, logging.WARNING, "json"), preserve_root=False):
        assert result(program.logs_wf, executor) == "10 30 json"
    present = LogSettings.present()  # another test of this process may have left a level
    assert result(program.logs_wf, executor) == f"{present.level} {present.user_level} {present.form}"


@pytest.mark.parametrize("executor", ["isolation", "process://2", "dask://"], indirect=True)
def test_a_worker_that_dies_is_replaced(executor, tmp_path):
    """The system's failure, which a task need not ask to repeat."""
    survived = going(program.survives_wf, executor, {"folder": str(tmp_path)})
    assert survived.ok, survived.error
    assert value(program.survives_wf, survived) == [0, 1, 2, 3]


def test_a_pool_that_lost_a_process_takes_no_work_so_the_run_ends_and_can_go_on_elsewhere(tmp_path):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        failed = going(program.survives_wf, pool, {"folder": str(tmp_path)}, run_dir=tmp_path / "run")
    assert failed.error.code == "ExecutorLost"
    assert value(program.survives_wf, resume(tmp_path / "run")) == [0, 1, 2, 3]


def test_a_given_pool_cannot_be_made_to_end_what_it_began_so_the_run_goes_on_without_it():
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    try:
        late = going(program.deaf_wf, pool)
        assert type(late.error) is MaxRuntimeExceededError
        [left] = pool._processes.values()
        assert left.is_alive()
    finally:
        left.kill()
        pool.shutdown(cancel_futures=True)


def test_an_async_task_and_a_map_run(executor):
    assert result(program.mapped_wf, executor, {"xs": [1, 2, 3]}) == [2, 3, 4]


def test_a_worker_that_dies_is_an_error_with_node_and_attempt_and_the_run_can_go_on(tmp_path):
    os.environ["DRAWLOOM_TEST_DIES"] = "1"
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            failed = going(program.dies_wf, pool, run_dir=tmp_path / "run")
    finally:
        del os.environ["DRAWLOOM_TEST_DIES"]
    assert type(failed.error) is TaskInterruptedError
    assert f"n1, {program.dies.name} (attempt 1)" in failed.error.where
    assert "terminated abruptly" in str(failed.error.__cause__)
    assert value(program.dies_wf, resume(tmp_path / "run")) == 2


class Refuses:
    """An executor whose scheduler is gone: every future is cancelled from outside, or nothing is taken any more."""

    def __init__(self, by):
        self.by = by

    def submit(self, call, *args):
        if self.by == "submit":
            raise RuntimeError("cannot schedule new futures after shutdown")
        future = Future()
        if self.by == "cancelled":
            future.cancel()
            future.set_running_or_notify_cancel()
        else:
            future.set_exception(OSError("connection lost"))
        return future


@pytest.mark.parametrize("by", ["submit", "cancelled", "error"])
def test_an_executor_that_is_gone_ends_the_run(by):
    assert type(going(program.fails_wf, Refuses(by)).error) is TaskInterruptedError

"""`dask://`: a cluster of processes in which none of the user's code is."""

import importlib
import sys
import threading
import time

import pytest

import executor_program as program
from dask_cluster import DaskCluster
from drawloom.context import RawDataPath
from drawloom.interpreter import RunOptions, State, TaskInterruptedError, load, resume, run
from drawloom.interpreter.executors.dask import DaskExecutor
from drawloom.interpreter.executors.protocol import ExecutorError
from on_clusters import does_what_threads_do, going
from running import compiled, value

pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    made = DaskCluster(tmp_path_factory.mktemp("dask"), resources="GPU=1")
    try:
        yield made.wait()
    finally:
        made.close()


def test_what_threads_do_a_cluster_does(cluster, tmp_path):
    does_what_threads_do(cluster.address, tmp_path)
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("drawloom-dask")] == []


def test_changed_code_is_shipped_anew_and_the_same_code_once(cluster, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    for version in (1, 2, 2):
        (tmp_path / "drifting.py").write_text(
            "from drawloom import task, workflow\nfrom drifting_part import PART\n"
            "@task\ndef tells() -> int:\n    return PART\n@workflow\ndef wf() -> int:\n    return tells()\n"
        )
        (tmp_path / "drifting_part.py").write_text(f"PART = {version}  # {'x' * version}\n")
        for name in ("drifting", "drifting_part"):
            sys.modules.pop(name, None)
        importlib.invalidate_caches()
        drifting = importlib.import_module("drifting")
        assert value(drifting.wf, going(drifting.wf, cluster.address, tmp_path)) == version
    for name in ("drifting", "drifting_part"):
        sys.modules.pop(name, None)
    assert len(list((tmp_path / "raw" / "code").iterdir())) == 2


def test_a_task_gets_a_worker_that_has_what_it_asks_for_and_too_much_is_refused(cluster, tmp_path):
    assert value(program.on_gpu_wf, going(program.on_gpu_wf, cluster.address, tmp_path)) == 1
    refused = going(program.on_gpus_wf, cluster.address, tmp_path)
    assert type(refused.error) is ExecutorError
    assert "no worker of the cluster has as much of GPU" in str(refused.error)


def test_a_client_is_an_executor_and_stays_open(cluster, tmp_path):
    from distributed import Client

    with Client(cluster.scheduler_address(), set_as_default=False) as client:
        assert value(program.mapped_wf, going(program.mapped_wf, client, tmp_path, {"xs": [1]})) == [2]
        assert client.status == "running"


def test_a_client_that_the_run_made_is_closed_with_it(cluster):
    executor = DaskExecutor.at(cluster.address.removeprefix("dask://"), cluster.address)
    client = executor._client
    assert client.status == "running"
    executor.close()
    assert client.status == "closed"


def test_storage_that_workers_do_not_reach_is_refused_before_anything_is_recorded(cluster, tmp_path):
    state = {"raw_data_path": RawDataPath("memory://bucket/raw")}
    with pytest.raises(ExecutorError, match="cannot read what the run wrote") as refused:
        going(program.fails_wf, cluster.address, tmp_path, state=state, run_dir=tmp_path / "run")
    assert "--raw-data-path" in refused.value.fix
    assert not (tmp_path / "run").exists()


def test_where_nobody_answers_is_said():
    with pytest.raises(ExecutorError, match="no scheduler of Dask's answers"):
        run_nowhere()


def run_nowhere():
    made = compiled(program.fails_wf)
    run(load(made.bundle.SerializeToString()), {}, options=RunOptions(executor="dask://127.0.0.1:9"))


def test_workers_that_die_are_made_good_and_a_lost_scheduler_ends_the_run(tmp_path):
    cluster = DaskCluster(tmp_path, workers=2, threads=1)
    try:
        cluster.wait()
        given = going(program.survives_wf, cluster.address, tmp_path, {"folder": str(tmp_path)})
        assert value(program.survives_wf, given) == [0, 1, 2, 3]

        def kill():
            while not (tmp_path / "began").exists():
                time.sleep(0.05)
            cluster.kill_scheduler()

        killer = threading.Thread(target=kill)
        killer.start()
        failed = going(
            program.one_then_waits_wf, cluster.address, tmp_path, {"folder": str(tmp_path)}, run_dir=tmp_path / "run"
        )
        killer.join()
        assert type(failed.error) is TaskInterruptedError
        assert failed.error.code == "ExecutorLost"
        (tmp_path / "began").rename(tmp_path / "goes_on")
        again = resume(tmp_path / "run", options=RunOptions(executor="process://1"))
        assert value(program.one_then_waits_wf, again) == 2
        assert again.nodes["n0"].state is State.RECOVERED
    finally:
        cluster.close()

"""`ray://`: a cluster of processes in which none of the user's code is. Runs where Ray is installed."""

import os
import threading
import time

import pytest

import action_executor_program as actions
import drawloom
import executor_program as program
from drawloom.context import RawDataPath
from drawloom.interpreter import ExecutorError, TaskInterruptedError
from on_clusters import does_what_threads_do, going
from running import value

pytest.importorskip("ray", reason="the extra `ray` is not installed, and there is no cluster to try ray:// on")
from ray_cluster import RayCluster  # noqa: E402 - it needs Ray's own dependencies


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Module-scoped: a cluster costs far more than all that runs on it here. Ray's sockets need a short path."""
    made = RayCluster(tmp_path_factory.mktemp("r"))
    try:
        yield made
    finally:
        made.close()


def test_what_threads_do_a_cluster_does(cluster, tmp_path):
    does_what_threads_do(cluster.address, tmp_path)


def test_tasks_of_environments_are_made_on_a_cluster(cluster, tmp_path):
    made = drawloom.with_runcontext(
        executor=cluster.address, raw_data_path=tmp_path / "raw", run_base_dir=tmp_path / "run"
    )
    found = made.run(actions.where, 4).outputs()[0]
    assert found["here"] == os.getpid()
    assert found["elsewhere"] == found["all"] >= 1
    assert made.run(actions.hides_what_it_calls, 1).outputs()[0] == 3


def test_a_worker_that_dies_is_made_good(cluster, tmp_path):
    given = going(program.survives_wf, cluster.address, tmp_path, {"folder": str(tmp_path)})
    assert value(program.survives_wf, given) == [0, 1, 2, 3]
    assert given.nodes["n0"].attempts == 2


def test_a_failure_ends_what_is_under_way(cluster, tmp_path):
    failed = going(program.one_fails_wf, cluster.address, tmp_path, {"folder": str(tmp_path)})
    assert type(failed.error) is program.OwnError
    assert not (tmp_path / "ended").exists()


def test_more_than_any_machine_has_is_refused(cluster, tmp_path):
    refused = going(program.on_gpus_wf, cluster.address, tmp_path)
    assert type(refused.error) is ExecutorError
    assert "no machine of the cluster has as much of GPU" in str(refused.error)


def test_storage_that_workers_do_not_reach_is_refused_before_anything_is_recorded(cluster, tmp_path):
    state = {"raw_data_path": RawDataPath("memory://bucket/raw")}
    with pytest.raises(ExecutorError, match="cannot read what the run wrote"):
        going(program.fails_wf, cluster.address, tmp_path, state=state, run_dir=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_process_has_one_connection(cluster, tmp_path):
    import ray

    ray.init(cluster.address, log_to_driver=False)
    try:
        with pytest.raises(ExecutorError, match="connected to a Ray cluster already"):
            going(program.fails_wf, cluster.address, tmp_path)
    finally:
        ray.shutdown()


def test_a_lost_cluster_ends_the_run(tmp_path, tmp_path_factory):
    cluster = RayCluster(tmp_path_factory.mktemp("l"))
    try:

        def kill():
            while not (tmp_path / "began").exists():
                time.sleep(0.05)
            cluster.close()

        killer = threading.Thread(target=kill)
        killer.start()
        failed = going(program.one_then_waits_wf, cluster.address, tmp_path, {"folder": str(tmp_path)})
        killer.join()
        assert type(failed.error) is TaskInterruptedError
    finally:
        cluster.close()


def test_where_nobody_answers_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("RAY_CLIENT_MAX_CONNECTION_RETRIES", "1")
    with pytest.raises(ExecutorError, match="no Ray cluster answers"):
        going(program.fails_wf, "ray://127.0.0.1:9", tmp_path)

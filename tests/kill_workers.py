"""Workers and schedulers that are killed, counted: `python tests/kill_workers.py [--kills N] [--schedulers N]` prints a table.

While runs go on, a worker that is taken at random is killed (`kill -9`) every so often, on `process://` and on a Dask cluster; every
run has to end with the right values, and nobody may wait for ever. Then schedulers are killed in the middle of runs: each run has to
end with an error that says so, and to be gone on with to the right values on another executor.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]

import psutil

import kill_program as program
from compiler import compile_bundle
from dask_cluster import DaskCluster
from drawloom.context import RawDataPath
from drawloom.interpreter import RunOptions, load, resume, run

TASKS = 24
ELEMENTS = 60
EVERY = 0.4
"""Seconds between kills, about."""


def expected():
    return sum(range(TASKS)) + sum(range(ELEMENTS))


def process_workers():
    """The workers of `process://` that this process has."""
    return [
        child.pid
        for child in psutil.Process().children(recursive=True)
        if any("executors.worker" in part for part in child.cmdline())
    ]


def going(executor, folder, **options):
    made = compile_bundle([program.wf])
    state = {"raw_data_path": RawDataPath(str(folder / "raw"))}
    chosen = RunOptions(executor=executor, raise_errors=False, state=state, **options)
    return run(load(made.bundle.SerializeToString()), {}, entity=program.wf.name, options=chosen)


def value(result):
    codec = program.wf.python_interface.output_codecs["o0"]
    return codec.decode(result.outputs["o0"])


class Killer:
    """Kills one worker of those that `workers()` gives, every `EVERY` seconds, until it is told to stop or has killed enough."""

    def __init__(self, workers, kills):
        self.workers = workers
        self.left = kills
        self.killed = 0
        self.chance = random.Random(1)
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.work, daemon=True)

    def work(self):
        while self.left and not self.stop.wait(self.chance.uniform(0.5, 1.5) * EVERY):
            found = self.workers()
            if found:
                try:
                    os.kill(self.chance.choice(found), signal.SIGKILL)
                except ProcessLookupError:
                    continue
                self.left -= 1
                self.killed += 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()


def killed_workers(executor, workers, kills, folder):
    """Run until so many workers were killed; gives (kills, runs, runs that ended wrongly, attempts that were lost)."""
    runs = wrong = lost = 0
    with Killer(workers, kills) as killer:
        while killer.left:
            result = going(executor, folder)
            runs += 1
            good = result.ok and value(result) == expected()
            # Whoever is hit four times in a row has had its attempts: that is the one other right end.
            gave_up = not result.ok and getattr(result.error, "code", "") == "WorkerLost"
            wrong += not (good or gave_up)
            lost += sum(max(0, node.attempts - 1) for node in result.nodes.values())
    return killer.killed, runs, wrong, lost


def killed_scheduler(folder):
    """Kill a scheduler in the middle of a run; gives whether the run said so, and whether it was gone on with rightly."""
    cluster = DaskCluster(folder, workers=1, threads=1)
    try:
        cluster.wait()
        record = folder / "run"

        def kill():
            while not any(record.glob("journal*")) or not list((folder / "raw").rglob("*.tar.gz")):
                time.sleep(0.02)
            time.sleep(random.uniform(0.2, 1.5))
            cluster.kill_scheduler()

        killer = threading.Thread(target=kill, daemon=True)
        killer.start()
        result = going(cluster.address, folder, run_dir=record)
        killer.join()
        said = not result.ok and getattr(result.error, "code", "") == "ExecutorLost"
    finally:
        cluster.close()
    again = resume(record, options=RunOptions(executor="process://2", raise_errors=False))
    return said, again.ok and value(again) == expected()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--schedulers", type=int, default=5)
    given = parser.parse_args()
    bad = 0
    print("| killed | kills | runs | ended wrongly | attempts made again by the run |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        kills, runs, wrong, lost = killed_workers("process://2", process_workers, given.kills, Path(folder))
        print(f"| workers of process://2 | {kills} | {runs} | {wrong} | {lost} |", flush=True)
        bad += wrong
    with tempfile.TemporaryDirectory() as folder:
        cluster = DaskCluster(folder, workers=3, threads=1)
        try:
            cluster.wait()
            kills, runs, wrong, lost = killed_workers(cluster.address, cluster.worker_pids, given.kills, Path(folder))
        finally:
            cluster.close()
        print(f"| workers of dask:// | {kills} | {runs} | {wrong} | {lost} |", flush=True)
        bad += wrong
    said = right = 0
    for _ in range(given.schedulers):
        with tempfile.TemporaryDirectory() as folder:
            one, other = killed_scheduler(Path(folder))
            said, right = said + one, right + other
    print(f"| schedulers of dask:// | {given.schedulers} | {given.schedulers} | {given.schedulers - said} | |")
    print(f"| ... and the run gone on with | | {given.schedulers} | {given.schedulers - right} | |")
    return int(bool(bad or said < given.schedulers or right < given.schedulers))


if __name__ == "__main__":
    sys.exit(main())

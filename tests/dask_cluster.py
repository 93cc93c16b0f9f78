"""A Dask cluster of processes on this machine: a scheduler, and workers with a nanny each, in a folder where no user's code is."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import drawloom

SRC = str(Path(drawloom.__file__).resolve().parent.parent)
_WAIT = 90.0


class DaskCluster:
    """`address` is what `--executor` takes."""

    def __init__(self, folder, workers=2, threads=2, resources=""):
        self.folder = Path(folder)
        self.file = self.folder / "scheduler.json"
        environment = {**os.environ, "PYTHONPATH": SRC, "DRAWLOOM_HOME": str(self.folder / "home")}
        common = {
            "cwd": self.folder,
            "env": environment,
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
            "start_new_session": True,
        }
        start = [sys.executable, "-m", "dask"]
        self.scheduler = subprocess.Popen(
            [
                *start,
                "scheduler",
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--no-dashboard",
                "--scheduler-file",
                self.file,
            ],
            **common,
        )
        more = ["--resources", resources] if resources else []
        self.nannies = subprocess.Popen(
            [
                *start, "worker", "--scheduler-file", self.file, "--nworkers", str(workers), "--nthreads", str(threads),
                "--host", "127.0.0.1", "--no-dashboard", "--local-directory", str(self.folder / "scratch"), *more,
            ],
            **common,
        )  # fmt: skip
        self.wanted = workers
        self.address = "dask://" + self.scheduler_address().removeprefix("tcp://")

    def scheduler_address(self):
        end = time.monotonic() + _WAIT
        while time.monotonic() < end:
            if self.file.exists():
                try:
                    return json.loads(self.file.read_text())["address"]
                except ValueError:
                    pass
            time.sleep(0.1)
        raise TimeoutError("no scheduler")

    def wait(self):
        """Until all workers are there."""
        from distributed import Client

        with Client(self.scheduler_address(), timeout=_WAIT, set_as_default=False) as client:
            client.wait_for_workers(self.wanted, timeout=_WAIT)
        return self

    def worker_pids(self):
        """The processes that make attempts: the children of the nannies'."""
        import psutil

        try:
            found = psutil.Process(self.nannies.pid).children(recursive=True)
            return [each.pid for each in found if any("spawn_main" in part for part in each.cmdline())]
        except psutil.Error:
            return []

    def kill_scheduler(self):
        self.scheduler.send_signal(signal.SIGKILL)
        self.scheduler.wait()

    def close(self):
        for process in (self.nannies, self.scheduler):
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()

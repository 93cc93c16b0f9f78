"""A Ray cluster of processes on this machine, in a folder where no user's code is. Ray's own commands start and end it."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import ray

import drawloom

SRC = str(Path(drawloom.__file__).resolve().parent.parent)
RAY = str(Path(ray.__file__).resolve().parent.parent)
"""Where Ray is, which may be beside the environment and not in it."""
_WAIT = 180.0


def _free_ports(count):
    held = [socket.socket() for _ in range(count)]
    for each in held:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


class RayCluster:
    """`address` is what `--executor` takes."""

    def __init__(self, folder, cpus=2):
        self.folder = Path(folder)
        self.said = self.folder / "head.err"
        client, agent, gcs = _free_ports(3)
        self.address = f"ray://127.0.0.1:{client}"
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([SRC, RAY]),
            "DRAWLOOM_HOME": str(self.folder / "home"),
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_CLIENT_SERVER_CHECK_CHANNEL_TIMEOUT_S": "20",  # of a client's own server, which dies now and then
        }
        with self.said.open("w") as said:
            self.head = subprocess.Popen(
                [
                    sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block", "--node-ip-address", "127.0.0.1",
                    "--port", str(gcs), "--ray-client-server-port", str(client), "--runtime-env-agent-port", str(agent),
                    "--num-cpus", str(cpus), "--object-store-memory", "100000000", "--include-dashboard", "false",
                    "--disable-usage-stats", "--temp-dir", str(self.folder / "r"),
                ],
                cwd=self.folder, env=environment, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True,
            )  # fmt: skip
        end = time.monotonic() + _WAIT
        while time.monotonic() < end and self.head.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", client)) == 0:
                    return
            time.sleep(0.2)
        self.close()
        raise TimeoutError(f"no head: {self.said.read_text()[-2000:]}")

    def processes(self):
        """All of the cluster's processes."""
        try:
            return psutil.Process(self.head.pid).children(recursive=True)
        except psutil.Error:
            return []

    def close(self):
        """Kill what this cluster started, and nothing else."""
        started = self.processes()
        for process in started:
            try:
                process.kill()
            except psutil.Error:
                pass
        self.head.send_signal(signal.SIGKILL)
        self.head.wait()

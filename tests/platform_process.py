"""A Flyte 1 platform in a process of its own (`drawloom/remote/platform_server.py`), and programs to register with it."""

import contextlib
import importlib
import json
import os
import pathlib
import subprocess
import sys
import urllib.request

from drawloom.remote import FlyteRemote, PlatformSettings

PROGRAM_OF_GATES = """
from datetime import timedelta
from drawloom import LaunchPlan, approve, task, wait_for_input, workflow

@task
def double(x: int) -> int:
    return 2 * x

@task
def times(x: int, factor: int) -> int:
    return x * factor

@workflow
def doubled(x: int) -> int:
    return double(x=x)

@workflow
def gated(x: int) -> int:
    factor = wait_for_input("factor", timeout=timedelta(minutes=5), expected_type=int)
    return approve(times(x=x, factor=factor), "ok", timeout=timedelta(minutes=5))

plan = LaunchPlan.get_or_create(doubled, name="gates_program." + __file__.split("/")[-2], fixed_inputs={"x": 2})
"""


class Server:
    """The process, its addresses, and what it was called for."""

    def __init__(self, process, folder):
        self.process = process
        self.folder = folder
        self.port, self.store = map(int, process.stdout.readline().split())
        self.endpoint = f"127.0.0.1:{self.port}"

    def seen(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.store}/") as answer:
            return json.load(answer)

    def remote(self, **more):
        return FlyteRemote(PlatformSettings(self.endpoint, insecure=True, **more), "p", "d", timeout=1.0)


@contextlib.contextmanager
def a_server(folder, **faults):
    """The platform, with faults by the names of calls; what is registered may be of modules in the folder."""
    path = os.pathsep.join([str(folder), *filter(None, sys.path)])
    server = pathlib.Path(__file__).parent / "drawloom" / "remote" / "platform_server.py"
    process = subprocess.Popen(
        [sys.executable, str(server), json.dumps(faults)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    try:
        yield Server(process, folder)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@contextlib.contextmanager
def a_program(folder, monkeypatch, name, text):
    """A module of that text, imported from the folder, and forgotten afterwards."""
    (folder / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, name, raising=False)
    yield importlib.import_module(name)
    del sys.modules[name]

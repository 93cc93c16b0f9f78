"""Fresh processes: what importing costs over a bare interpreter, in time and in memory, and a task's cold start in a container."""

import os
import pathlib
import statistics
import subprocess
import sys
import time

from benchmarks import environments

TASKS = """
import dataclasses
from {library} import task, workflow

@dataclasses.dataclass
class Row:
    x: int
    y: float

@task
def make(x: int) -> Row:
    return Row(x=x, y=0.5)

@task
def read(row: Row) -> float:
    return row.y

@workflow
def wf(x: int) -> float:
    return read(row=make(x=x))
"""
ACTIONS = """
import dataclasses
import {library} as flyte

env = flyte.TaskEnvironment(name="bench")

@dataclasses.dataclass
class Row:
    x: int
    y: float

@env.task
async def make(x: int) -> Row:
    return Row(x=x, y=0.5)

@env.task
async def main(x: int) -> float:
    return (await make(x)).y
"""
FIRST = {
    "drawloom": """
from typing import List
from typeengine import default_engine
codec = default_engine().codec(List[int])
assert codec.decode(codec.encode([1])) == [1]
""",
    "flytekit": """
from typing import List
from flytekit.core.context_manager import FlyteContextManager
from flytekit.core.type_engine import TypeEngine
context = FlyteContextManager.current_context()
kind = TypeEngine.to_literal_type(List[int])
assert TypeEngine.to_python_value(context, TypeEngine.to_literal(context, [1], List[int], kind), List[int]) == [1]
""",
    "flyte": """
import asyncio
from typing import List
from flyte.types import TypeEngine
async def first():
    kind = TypeEngine.to_literal_type(List[int])
    return await TypeEngine.to_python_value(await TypeEngine.to_literal([1], List[int], kind), List[int])
assert asyncio.run(first()) == [1]
""",
}
CODE = {
    "import": {
        **{name: f"import {name}" for name in ("drawloom", "flytekit", "flyte", "kfp", "dask")},
        "hamilton": "import hamilton.driver",
    },
    "first_message": {
        "drawloom": "from literals import pb; pb.Literal()",
        "flytekit": "from flyteidl.core import literals_pb2; literals_pb2.Literal()",
        "flyte": "from flyteidl2.core import literals_pb2; literals_pb2.Literal()",
    },
    "module_with_tasks": {name: TASKS.format(library=name) for name in ("drawloom", "flytekit")},
    "module_with_env_tasks": {name: ACTIONS.format(library=name) for name in ("drawloom", "flyte")},
    "first_conversion": FIRST,
    "command_help": {
        "drawloom": "import sys; sys.argv = ['drawloom', '--help']; from drawloom.cli import main; main()",
        "flytekit": "import sys; sys.argv = ['pyflyte', '--help']; from flytekit.clis.sdk_in_container.pyflyte import main; main()",
        "flyte": "import sys; sys.argv = ['flyte', '--help']; from flyte.cli.main import main; main()",
    },
}
"""What is run, by figure and peer; a command is started as its console script starts it."""
CONTAINER = {
    "drawloom": (
        "import sys; from drawloom.interpreter.tasks.container import main; sys.exit(main())",
        "compiler.default_task_resolver",
    ),
    "flytekit": (
        "import sys; from flytekit.bin.entrypoint import execute_task_cmd; sys.exit(execute_task_cmd())",
        "flytekit.core.python_auto_container.default_task_resolver",
    ),
}
"""The console script of a container, and the resolver that finds the task in it."""
MODULE = """
import os, time
from {library} import task

@task
def work(a: int, b: str) -> str:
    with open(os.environ["BENCH_MARK"], "w") as mark:
        mark.write(repr(time.time()))
    return b * a
"""
INPUTS = bytes.fromhex("0a0b0a016112060a040a020803 0a0e0a016212090a070a051a0378797a")
"""The `LiteralMap` a=3, b="xyz", which both read."""
REPEATS, FEW, LONG = 7, 2, 0.4
"""Processes for a figure: seven, or two if one takes long."""
MEGABYTE = 1 << 20


def figures(peer):
    """The names of the figures that a peer has here."""
    return [name for name, codes in {**CODE, "container": CONTAINER}.items() if peer in codes]


def take(peer, python, name, folder):
    """One round's figure of a peer, as the worker gives them. `folder`: where scripts are put."""
    folder = pathlib.Path(folder)
    try:
        return container(peer, python, folder) if name == "container" else over_bare(peer, python, name, folder)
    except RuntimeError as error:
        return {"error": str(error)}


def environment(peer, folder):
    """The environment of a process: our sources or nothing, byte code written, a home of its own."""
    path = environments.search_path(peer)
    return {
        **os.environ,
        "PYTHONPATH": f"{path}{os.pathsep}{folder}",
        "PYTHONDONTWRITEBYTECODE": "",
        "HOME": str(folder),
    }


def over_bare(peer, python, name, folder):
    around, script = environment(peer, folder), folder / f"start_{peer}.py"
    script.write_text(CODE[name][peer])
    command = [python, str(script)]
    most = peak(command, around)  # byte code and the file cache, beside that
    spent, bare = [], []
    for number in range(REPEATS):
        bare.append(seconds([python, "-c", "pass"], around))
        spent.append(seconds(command, around))
        if number + 1 >= FEW and spent[-1] > LONG:
            break
    return {
        "seconds": {"over bare": statistics.median(spent) - statistics.median(bare)},
        "also": {"bare": statistics.median(bare)},
        "peak_mb": most,
    }


def container(peer, python, folder):
    """From the start of the process to the user's code; and, beside that, to its end."""
    code, resolver = CONTAINER[peer]
    module, mark = f"bench_container_{peer}", folder / "mark"
    (folder / f"{module}.py").write_text(MODULE.format(library=peer))
    (folder / "inputs.pb").write_bytes(INPUTS)
    around = {**environment(peer, folder), "BENCH_MARK": str(mark)}
    places = [f"{name}={folder / name[2:]}" for name in ("--raw-output-data-prefix", "--checkpoint-path")]
    command = [
        python, "-c", code, "--inputs", str(folder / "inputs.pb"), "--output-prefix", str(folder / f"out_{peer}"), *places,
        "--prev-checkpoint", "{{.prevCheckpointPrefix}}", "--resolver", resolver, "--", "task-module", module, "task-name", "work",
    ]  # fmt: skip
    most = peak(command, around)
    reached, done = [], []
    for number in range(REPEATS):
        start = time.time()
        done.append(seconds(command, around))
        reached.append(float(mark.read_text()) - start)
        mark.unlink()
        if number + 1 >= FEW and done[-1] > LONG:
            break
    written = folder / f"out_{peer}" / "outputs.pb"
    if not written.exists() or b"xyzxyzxyz" not in written.read_bytes():
        raise RuntimeError("the container wrote no outputs")
    return {
        "seconds": {"user code": statistics.median(reached)},
        "also": {"done": statistics.median(done)},
        "peak_mb": most,
    }


def seconds(command, around):
    """What a process takes.

    Raises:
        RuntimeError: it failed; with the end of what it said.
    """
    start = time.perf_counter()
    done = subprocess.run(command, env=around, capture_output=True, check=False)
    spent = time.perf_counter() - start
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace").strip()[-200:])
    return spent


def peak(command, around):
    """Megabytes that such a process held at most: the kernel counts them for the children of a process made for it."""
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], capture_output=True, check=False); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *command], env=around, capture_output=True, text=True, check=False
    )
    unit = 1 if sys.platform == "darwin" else 1024
    return int(done.stdout) * unit // MEGABYTE if done.stdout.strip().isdigit() else 0

"""Fresh processes: what importing costs over a bare interpreter, in time and in memory."""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
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
CODE = {
    "import": {"weft": "import weft", "flytekit": "import flytekit", "flyte": "import flyte"},
    "first message": {
        "weft": "from literals import pb; pb.Literal()",
        "flytekit": "from flyteidl.core import literals_pb2; literals_pb2.Literal()",
        "flyte": "from flyteidl2.core import literals_pb2; literals_pb2.Literal()",
    },
    "module with tasks": {
        "weft": TASKS.format(library="weft"),
        "flytekit": TASKS.format(library="flytekit"),
    },
    "first conversion": {
        "weft": "from typing import List\nfrom typeengine import default_engine\nc = default_engine().codec(List[int])\nassert c.decode(c.encode([1])) == [1]",
        "flytekit": "from typing import List\nfrom flytekit.core.context_manager import FlyteContextManager as M\nfrom flytekit.core.type_engine import TypeEngine as T\nc = M.current_context()\nt = T.to_literal_type(List[int])\nassert T.to_python_value(c, T.to_literal(c, [1], List[int], t), List[int]) == [1]",
    },
    "command --help": {"weft": "-m weft --help", "flytekit": "-m flytekit.clis.sdk_in_container.pyflyte --help"},
}
REPEATS = 7


def take(pythons, rounds):
    """{figure: {peer: [milliseconds over a bare interpreter, one a round]}}, and the same for megabytes."""
    times, memory = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            for name, codes in CODE.items():
                for peer, code in codes.items():
                    if pythons.get(peer):
                        over, peak = over_bare(pythons[peer], peer, code, pathlib.Path(folder))
                        times.setdefault(name, {}).setdefault(peer, []).append(over * 1000)
                        memory.setdefault(name, {}).setdefault(peer, []).append(peak)
    return times, memory


def over_bare(python, peer, code, folder):
    environment = {**os.environ, "PYTHONPATH": environments.search_path(peer), "PYTHONDONTWRITEBYTECODE": ""}
    if code.startswith("-m "):
        command = [python, *code.split()]
    else:
        script = folder / f"start_{peer}.py"
        script.write_text(code)
        command = [python, str(script)]
    spent, bare = [], []
    seconds(command, environment)  # byte code, file cache
    for _ in range(REPEATS):
        bare.append(seconds([python, "-c", "pass"], environment))
        spent.append(seconds(command, environment))
    tail = "\nimport sys\nfrom benchmarks.worker import peak\nprint(peak(), file=sys.stderr)"
    peak = 0
    if not code.startswith("-m "):
        (folder / "peak.py").write_text(code + tail)
        paths = f"{environment['PYTHONPATH']}{os.pathsep}{environments.ROOT}"
        done = subprocess.run(
            [python, str(folder / "peak.py")],
            env={**environment, "PYTHONPATH": paths},
            capture_output=True,
            text=True,
            check=False,
        )
        peak = int(done.stderr.split()[-1]) if done.returncode == 0 and done.stderr.split() else 0
    return statistics.median(spent) - statistics.median(bare), peak


def seconds(command, environment):
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    spent = time.perf_counter() - start
    if done.returncode:
        print(done.stderr.decode()[-400:], file=sys.stderr)
    return spent

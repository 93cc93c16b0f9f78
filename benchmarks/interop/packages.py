"""A package of the real `pyflyte package`, run by drawloom: with the peer's own interpreter, and on drawloom's names."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import functools
from typing import List, Tuple
from {package} import dynamic, map_task, task, workflow

@task
def square(x: int, k: int) -> int:
    return x * x + k

@task
def upto(n: int) -> List[int]:
    return list(range(n))

@task
def add(xs: List[int]) -> int:
    return sum(xs)

@dynamic
def grown(n: int) -> int:
    return add(xs=[square(x=i, k=0) for i in range(n)])

@workflow
def both(n: int) -> Tuple[int, int]:
    return add(xs=map_task(functools.partial(square, k=1))(x=upto(n=n))), grown(n=n)
"""
EXPECTED = "o0 = 8\no1 = 5\n"


def _started(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "DRAWLOOM_HOME": str(folder / "home")}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def run(python: str) -> bool:
    """Whether the archive and the folder run in each of the three ways."""
    drawloom = [sys.executable, "-m", "drawloom", "run"]
    good = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program = folder / "packaged.py"
        program.write_text(PROGRAM.format(package="flytekit"), encoding="utf-8")
        main = "from flytekit.clis.sdk_in_container.pyflyte import main; main()"
        arguments = ["--pkgs", "packaged", "package", "--image", "repo/image:v1", "-o", "made.tgz"]
        environment = {**os.environ, "PYTHONPATH": ""}
        subprocess.run([python, "-c", main, *arguments], cwd=folder, env=environment, capture_output=True, check=True)
        subprocess.run(["tar", "xzf", "made.tgz"], cwd=folder, check=True)
        for what, flags, package in (
            ("by its own commands", ["--python", python], "flytekit"),
            ("where flytekit means drawloom", ["--as", "flytekit"], "flytekit"),
            ("by the module on drawloom's names", [], "drawloom"),
        ):
            program.write_text(PROGRAM.format(package=package), encoding="utf-8")
            for form in ("made.tgz", "."):
                done = _started([*drawloom, *flags, form, "packaged.both", "--n", "3"], folder)
                equal = "".join(line for line in done.stdout.splitlines(keepends=True) if line.strip()) == EXPECTED
                print(f"a package of flytekit {what} ({form}): {'equal' if equal else done.stdout + done.stderr}")
                good = good and equal
    return good

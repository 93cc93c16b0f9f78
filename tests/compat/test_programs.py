"""Programs written for flytekit and for Flyte 2 run unchanged where drawloom has the peer's name.

Each program prints what it computes; the `.out` file beside it is what it has to print. Where the peer itself can run the
program, its output is the same (the eager, failing and imperative ones need more than a local flytekit has).
"""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent
SRC = HERE.parents[1] / "src"
PROGRAMS = [
    pytest.param(path, peer, id=f"{peer}-{path.stem}")
    for peer in ("flytekit", "flyte")
    for path in sorted((HERE / f"{peer}_programs").glob("*.py"))
]
START = (
    "import runpy, sys, drawloom.{peer}; drawloom.{peer}.install(); runpy.run_path(sys.argv[1], run_name='__main__')"
)


@pytest.mark.parametrize(("path", "peer"), PROGRAMS)
def test_the_program_runs_unchanged(path: pathlib.Path, peer: str, tmp_path: pathlib.Path):
    ran = subprocess.run(
        [sys.executable, "-c", START.format(peer=peer), str(path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(SRC), "DRAWLOOM_HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=100,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == path.with_suffix(".out").read_text(encoding="utf-8")

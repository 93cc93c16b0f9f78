"""Programs written for flytekit and for Flyte 2 run after nothing but the import's name is changed.

Each program prints what it computes; the `.out` file beside it is what it has to print. Where the peer itself can run the
program, its output is the same (the eager, failing and imperative ones need more than a local flytekit has).
"""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest

from renamed import renamed

HERE = pathlib.Path(__file__).parent
SRC = HERE.parents[1] / "src"
PROGRAMS = [
    pytest.param(path, peer, id=f"{peer}-{path.stem}")
    for peer in ("flytekit", "flyte")
    for path in sorted((HERE / f"{peer}_programs").glob("*.py"))
]


@pytest.mark.parametrize(("path", "peer"), PROGRAMS)
def test_the_program_runs_after_its_import_is_renamed(path: pathlib.Path, peer: str, tmp_path: pathlib.Path):
    program = tmp_path / path.name
    program.write_text(renamed(path.read_text(encoding="utf-8"), peer), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, str(program)],
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

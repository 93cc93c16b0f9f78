"""Compiling gives the same bytes in every process: whatever the hash seed, the folder, and the order of imports."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1]
NAMES = ["m01_task_basic", "m02_outputs", "m05_bindings", "m07_dependencies", "m09_cond_basic", "m14_subworkflow"]
SCRIPT = """
import hashlib, sys
import golden_workflows
from compiler import compile_bundle, declared_in
for name in sys.argv[1:]:
    golden_workflows.load(name)
for name in sorted(sys.argv[1:]):
    made = compile_bundle(list(declared_in(name)))
    data = made.bundle.SerializeToString(deterministic=True)
    folder = [spec.SerializeToString(deterministic=True) for _, _, spec in made.specs]
    print(name, made.version, hashlib.sha256(b"".join([data, *folder])).hexdigest())
"""


def compiled(names: list[str], seed: str, folder: Path) -> str:
    env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{HERE.parent / 'src'}{os.pathsep}{HERE}"}
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, *names], capture_output=True, text=True, check=False, env=env, cwd=folder
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_two_processes_give_equal_bytes(tmp_path):
    first = compiled(NAMES, "1", tmp_path)
    (tmp_path / "elsewhere").mkdir()
    second = compiled(NAMES[::-1], "2", tmp_path / "elsewhere")
    assert first == second
    assert len(first.splitlines()) == len(NAMES)


@pytest.mark.parametrize("name", ["m14_subworkflow"])
def test_the_version_follows_the_content(name):
    import golden_workflows
    from compiler import compile_bundle, declared_in

    module = golden_workflows.load(name)
    whole = compile_bundle(list(declared_in(name)))
    part = compile_bundle([module.leaf])
    again = compile_bundle([module.leaf])
    assert part.version == again.version
    assert part.version != whole.version
    assert all(spec.id.version == part.version for _, kind, spec in part.specs if kind == 3)

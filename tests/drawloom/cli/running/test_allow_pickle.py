"""The one switch that lets a run pickle what nothing takes: the refusal names it, and with it the program runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
PROGRAMS = {
    "flytekit": """
from typing import Any
from flytekit import dynamic, map_task, task, workflow

class Odd:
    def __init__(self, x):
        self.x = x

@task
def make(n: int) -> Odd:
    return Odd(n)

@task
def many(n: int) -> list[Odd]:
    return [Odd(i) for i in range(n)]

@task
def same(f: Any) -> Any:
    return f

@task
def entries(f: dict[str, Any]) -> int:
    return len(f["b"].x) + f["a"]

@task
def one(f: Odd) -> int:
    return f.x

@dynamic
def later(n: int) -> int:
    return one(f=make(n=n))

@task
def odd_of(a: str) -> dict[str, Any]:
    return {"a": 1, "b": Odd(a)}

@workflow
def main(n: int = 3) -> tuple[int, list[int], int, int]:
    return one(f=make(n=n)), map_task(one)(f=many(n=n)), later(n=n), entries(f=odd_of(a="xy"))
""",
    "drawloom": """
from drawloom import task, workflow

class Odd:
    pass

@task
def make() -> list[Odd]:
    return [Odd(), Odd()]

@task
def count(odds: list[Odd]) -> int:
    return len(odds)

@workflow
def main() -> int:
    return count(odds=make())
""",
}
RESULTS = {"flytekit": {"o0": 3, "o1": [0, 1, 2], "o2": 3, "o3": 3}, "drawloom": {"o0": 2}}


def run(tmp_path, name, *flags, switch=None, behind=()):
    (tmp_path / "prog.py").write_text(PROGRAMS[name])
    peer = ["--as", name] if name != "drawloom" else []
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DRAWLOOM")}
    environment |= {"PYTHONPATH": f"{ROOT / 'src'}", "DRAWLOOM_HOME": str(tmp_path / "home")}
    if switch is not None:
        environment["DRAWLOOM_ALLOW_PICKLE"] = switch
    return subprocess.run(
        [sys.executable, "-m", "drawloom", "run", "--json", *peer, *flags, "prog.py", "main", *behind],
        cwd=tmp_path, capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip


WAYS = {
    "flag before": {"flags": ["--allow-pickle"]},
    "flag behind": {"behind": ["--allow-pickle"]},
    "variable": {"switch": "1"},
    "each task in a process": {"flags": ["--allow-pickle", "--isolation", "process"]},
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_with_the_switch_the_program_runs(name, way, tmp_path):
    given = WAYS[way]
    done = run(tmp_path, name, *given.get("flags", ()), switch=given.get("switch"), behind=given.get("behind", ()))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["outputs"] == RESULTS[name]


@pytest.mark.parametrize("switch", [None, "", "0", "no"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_without_it_the_refusal_names_it(name, switch, tmp_path):
    done = run(tmp_path, name, switch=switch)
    assert done.returncode == 1
    assert "--allow-pickle" in done.stdout + done.stderr
    assert "DRAWLOOM_ALLOW_PICKLE=1" in done.stdout + done.stderr

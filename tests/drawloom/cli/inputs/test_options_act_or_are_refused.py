"""Every option of `drawloom run`, on each kind of thing that it runs: it acts, or it is refused with the reason."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from drawloom.cli.inputs.flags import ACTION, GRAPH, RUN_FLAGS, WHY_NOT, takes

PROGRAM = """
import logging, os
from pathlib import Path
import drawloom
from drawloom import FlyteFile, task, workflow
from drawloom.io import File

@task
def look() -> str:
    return os.environ.get("COLOUR", "none")

@task
def write() -> FlyteFile:
    Path("mine.txt").write_text("1")
    return FlyteFile("mine.txt")

@workflow
def colour() -> str:
    return look()

@workflow
def file() -> FlyteFile:
    return write()

env = drawloom.TaskEnvironment(name="e")

@env.task
def acolour() -> str:
    return os.environ.get("COLOUR", "none")

@env.task
async def afile() -> File:
    Path("mine.txt").write_text("1")
    return await File.from_local("mine.txt")
"""
VALUES = {
    "inputs_file": None, "path": ".", "max_parallelism": "1", "max_action_concurrency": "1", "durability": "none",
    "isolation": "thread", "executor": "process://1", "gates": "wait", "mode": "local", "name": "n1", "project": "p", "domain": "d", "version": "v", "queue": "q",
    "raw_data_path": "raw", "run_base_dir": "base", "cache_lookup_scope": "global", "service_account": "s",
    "env_vars": "COLOUR=red", "labels": "a=b", "annotations": "a=b", "custom_context": "a=b", "log_level": "info",
    "log_format": "json", "copy_style": "none", "copy_bundle_to": "b",
}  # fmt: skip
OPTIONS = {flag.name: flag for flag in RUN_FLAGS()}


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "prog.py").write_text(PROGRAM)
    return subprocess.run(
        [sys.executable, "-m", "drawloom", "run", *arguments],
        cwd=folder,
        env={
            **os.environ,
            "DRAWLOOM_HOME": str(folder / "home"),
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        },
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def given(option: str) -> list[str]:
    flag = OPTIONS[option]
    return [flag.opts[-1]] if flag.is_flag else [flag.opts[-1], str(VALUES[option])]


def test_each_option_acts_somewhere_and_each_refusal_has_a_reason():
    for option in OPTIONS:
        kinds = [kind for kind in (GRAPH, ACTION) if takes(option, kind)]
        assert kinds, option
        assert len(kinds) == 2 or WHY_NOT[option], option
    assert set(WHY_NOT) <= set(OPTIONS)


REFUSED = [
    (option, kind)
    for option in OPTIONS
    for kind in (GRAPH, ACTION)
    if not takes(option, kind) and (OPTIONS[option].is_flag or VALUES.get(option))
]


@pytest.mark.parametrize(
    ("option", "kind"), REFUSED, ids=[f"{o}-{'graph' if k == GRAPH else 'action'}" for o, k in REFUSED]
)
def test_what_would_not_act_is_refused_before_anything_runs(tmp_path, option, kind):
    name = "file" if kind == GRAPH else "afile"
    done = run(tmp_path, *given(option), "prog.py", name)
    assert done.returncode == 2, done.stderr
    words = " ".join(done.stderr.split())
    assert OPTIONS[option].opts[0] in words
    assert WHY_NOT[option] in words
    assert not (tmp_path / "mine.txt").exists()


@pytest.mark.parametrize("name", ["file", "write", "afile"])
def test_raw_data_go_where_the_option_says(tmp_path, name):
    done = run(tmp_path, "--raw-data-path", "raw", "--json", "prog.py", name)
    assert done.returncode == 0, done.stderr
    assert str(tmp_path / "raw") in json.dumps(json.loads(done.stdout)) or "raw/" in done.stdout
    kept = [path for path in (tmp_path / "raw").rglob("mine.txt")]
    assert [path.read_text() for path in kept] == ["1"]


@pytest.mark.parametrize("name", ["colour", "look", "acolour"])
def test_variables_reach_the_tasks(tmp_path, name):
    done = run(tmp_path, "-e", "COLOUR=red", "--json", "prog.py", name)
    assert done.returncode == 0, done.stderr
    assert "red" in done.stdout

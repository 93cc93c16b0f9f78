"""Below a remote prefix raw data lie by run and node, or by run and action; whoever calls by hand has a fresh name only."""

import contextlib
import re
from pathlib import Path

import pytest

import drawloom
from compiler import LiveSettings, compile_bundle
from drawloom import FlyteDirectory, FlyteFile, task, workflow
from drawloom.context import FileAccessProvider, use_storage
from drawloom.interpreter import RunOptions, load, run
from s3_server import BUCKET, KEYS, s3_server
from typeengine import default_engine

env = drawloom.TaskEnvironment("laid")
FRESH = "[0-9a-f]{32}"


@env.task
def by_env(text: str) -> FlyteFile:
    Path("env.txt").write_text(text)
    return FlyteFile("env.txt")


@task
def file(text: str) -> FlyteFile:
    Path("one.txt").write_text(text)
    return FlyteFile("one.txt")


@task
def folder(text: str) -> FlyteDirectory:
    Path("tree").mkdir(exist_ok=True)
    (Path("tree") / "a").write_text(text)
    return FlyteDirectory("tree")


@workflow
def inner(text: str) -> FlyteFile:
    return file(text=text)


@workflow
def wf(text: str) -> tuple[FlyteFile, FlyteDirectory]:
    return inner(text=text), folder(text=text)


@pytest.fixture
def prefix(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = tmp_path.name
    yield f"memory://{name}"
    with contextlib.suppress(FileNotFoundError):
        FileAccessProvider().get_filesystem("memory").rm(f"/{name}", recursive=True)


def below(prefix):
    return sorted(each.name for each in FileAccessProvider().listed(prefix))


def ran(prefix, tmp_path, entity=wf, **options):
    compiled = compile_bundle([entity], LiveSettings())
    inputs = {"text": default_engine().codec(str).encode("x")}
    chosen = RunOptions(state={"raw_data_path": prefix}, **options)
    return run(load(compiled.data), inputs, entity=entity.name, entities=compiled.entities, options=chosen).values()


def test_data_of_a_recorded_run_lie_by_its_name_and_the_node(prefix, tmp_path):
    made = ran(prefix, tmp_path, run_dir=tmp_path / "first")
    one, two = below(prefix)
    assert re.fullmatch(f"first/n0/n0/{FRESH}/one.txt", one)
    assert re.fullmatch(f"first/n1/{FRESH}/a", two)
    assert Path(made["o0"]).read_text() == "x"


def test_data_of_an_action_lie_by_its_run_and_its_name(prefix, tmp_path):
    options = {"mode": "local", "name": "mine", "raw_data_path": prefix, "run_base_dir": str(tmp_path / "base"),
        "copy_style": "none", "version": "1"}  # fmt: skip
    drawloom.with_runcontext(**options).run(by_env, text="x")
    (only,) = below(prefix)
    assert re.fullmatch(f"mine/[^/]+/{FRESH}/env.txt", only)


def test_outside_a_run_there_is_a_fresh_name_only(prefix, tmp_path):
    Path("by-hand.txt").write_text("x")
    access = FileAccessProvider(raw_output_prefix=prefix)
    access.keep("by-hand.txt")
    (only,) = below(prefix)
    assert re.fullmatch(f"{FRESH}/by-hand.txt", only)


def test_a_task_in_a_process_of_its_own_lays_them_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with s3_server() as address:
        for name, value in {
            "FLYTE_AWS_ENDPOINT": address,
            "FLYTE_AWS_ACCESS_KEY_ID": KEYS["access_key_id"],
            "FLYTE_AWS_SECRET_ACCESS_KEY": KEYS["secret_access_key"],
        }.items():
            monkeypatch.setenv(name, value)
        use_storage()
        remote = f"s3://{BUCKET}/x"
        ran(remote, tmp_path, file, run_dir=tmp_path / "second", isolation="process")
        (only,) = below(remote)
        assert re.fullmatch(f"second/[^/]+/(.*/)?{FRESH}/one.txt", only), only

"""`runs gc --raw-data ADDRESS`: what this machine's records refer to in a remote store stays; the rest goes, and only with --yes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from compiler import LiveSettings, compile_bundle
from drawloom import FlyteDirectory, FlyteFile, task, workflow
from drawloom.cli.records.history import runs_group
from drawloom.context import S3, FileAccessProvider, use_storage
from drawloom.context.storage import drivers
from drawloom.interpreter import RunOptions, load, run
from drawloom.local.home import runs_root
from s3_server import BUCKET, KEYS, s3_server
from typeengine import default_engine

HOUR_OLD = ["--older-than", "0"]


@task
def files(text: str) -> list[FlyteFile]:
    Path("one.txt").write_text(text)
    Path("two.txt").write_text(text * 2)
    return [FlyteFile("one.txt"), FlyteFile("two.txt")]


@task
def folder(text: str) -> FlyteDirectory:
    Path("tree").mkdir(exist_ok=True)
    for name in "ab":
        (Path("tree") / name).write_text(text)
    return FlyteDirectory("tree")


@workflow
def wf(text: str) -> tuple[list[FlyteFile], FlyteDirectory]:
    return files(text=text), folder(text=text)


@pytest.fixture(scope="module")
def server():
    with s3_server() as address:
        yield address


@pytest.fixture(params=["obstore", "fsspec"])
def prefix(request, server, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    drivers._store.cache_clear()
    if request.param == "fsspec":
        monkeypatch.setattr(drivers, "NATIVE", frozenset())
    use_storage(S3(endpoint=server, retries=0, **KEYS))
    yield f"s3://{BUCKET}/{request.param}{tmp_path.name}"
    use_storage()
    drivers._store.cache_clear()


def recorded(prefix, name, **options):
    compiled = compile_bundle([wf], LiveSettings())
    inputs = {"text": default_engine().codec(str).encode(name)}
    chosen = RunOptions(run_dir=runs_root() / name, state={"raw_data_path": prefix}, **options)
    return run(load(compiled.data), inputs, entity=wf.name, entities=compiled.entities, options=chosen).values()


def gc(*arguments):
    done = CliRunner().invoke(runs_group, ["gc", *HOUR_OLD, "--json", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def below(prefix):
    return sorted(each.name for each in FileAccessProvider().listed(prefix))


def stray(prefix, *names):
    access = FileAccessProvider()
    for name in names:
        access.write_bytes(f"{prefix}/{name}", b"stray")


@pytest.mark.parametrize("offload_from", [0, 10], ids=["in the record", "behind a stored literal"])
def test_what_a_record_refers_to_stays_and_the_rest_goes_with_yes_only(prefix, offload_from):
    recorded(prefix, "first", offload_from=offload_from)
    kept = below(prefix)
    stray(prefix, f"{'a' * 32}/lost.txt", f"{'b' * 32}/d/e.txt", f"{'b' * 32}/f.txt", "mine.txt", "notes/2020/x.txt")
    everything = below(prefix)
    told = gc("--raw-data", prefix)
    assert [row["path"] for row in told["unreferred"]] == [f"{prefix}/{'a' * 32}", f"{prefix}/{'b' * 32}"]
    assert (told["bytes"], told["removed"]) == (15, False)
    assert below(prefix) == everything
    assert gc("--raw-data", prefix, "--yes")["removed"]
    assert below(prefix) == sorted([*kept, "mine.txt", "notes/2020/x.txt"])
    assert gc("--raw-data", prefix)["unreferred"] == []


def test_what_a_removed_record_referred_to_goes(prefix):
    recorded(prefix, "first")
    recorded(prefix, "second")
    before = below(prefix)
    done = CliRunner().invoke(runs_group, ["rm", "first"], catch_exceptions=False)
    assert done.exit_code == 0
    gc("--raw-data", prefix, "--yes")
    left = below(prefix)
    assert left
    assert len(left) * 2 == len(before)


def test_what_is_young_stays(prefix):
    stray(prefix, f"{'a' * 32}/new.txt")
    done = CliRunner().invoke(runs_group, ["gc", "--json", "--raw-data", prefix, "--yes"], catch_exceptions=False)
    assert json.loads(done.stdout)["unreferred"] == []
    assert below(prefix) == [f"{'a' * 32}/new.txt"]


def test_a_local_prefix_may_be_named_too(tmp_path):
    (tmp_path / "raw" / ("a" * 32)).mkdir(parents=True)
    (tmp_path / "raw" / ("a" * 32) / "x").write_text("x")
    told = gc("--raw-data", str(tmp_path / "raw"), "--yes")
    assert [row["path"] for row in told["unreferred"]] == [str(tmp_path / "raw" / ("a" * 32))]
    assert not (tmp_path / "raw" / ("a" * 32)).exists()


@pytest.mark.parametrize("offload_from", [0, 10], ids=["in the record", "behind a stored literal"])
def test_remote_raw_data_are_shown_by_node_with_their_sizes(prefix, offload_from):
    recorded(prefix, "first", offload_from=offload_from)

    def shown():
        done = CliRunner().invoke(runs_group, ["show", "first", "--raw-data", "--json"], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)["raw_data"]

    data = [row for row in shown() if not row["address"].endswith(".pb")]
    assert [(row["node"], row["output"], row["size"]) for row in data if row["node"] == "n0"] == [
        ("n0", "o0", 5),
        ("n0", "o0", 10),
    ]
    assert [row["size"] for row in data if row["node"] == "n1"] == [10]
    assert all(row["address"].startswith(f"{prefix}/first/") for row in data)
    access = FileAccessProvider()
    access.remove([f"{prefix}/{name}" for name in below(prefix) if not name.endswith(".pb")])
    assert {row["size"] for row in shown() if not row["address"].endswith(".pb")} == {None}

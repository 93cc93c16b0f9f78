"""`runs rm`, `runs gc` and the sizes of a run: what is referred to stays, everything else goes, and nothing goes unasked."""

import dataclasses
import json
import os
import pickle
from pathlib import Path

import pytest
from click.testing import CliRunner

from compiler import LiveSettings, compile_bundle
from drawloom import FlyteFile, task, workflow
from drawloom.cli.records.history import cache_group, runs_group
from drawloom.context import default_file_access
from drawloom.interpreter import RunOptions, SqliteCache, load, run
from drawloom.local.home import home, runs_root
from typeengine import default_engine


@task
def made(text: str) -> FlyteFile:
    Path("made.txt").write_text(text)
    return FlyteFile("made.txt")


@task
def many(text: str) -> list[FlyteFile]:
    Path("one.txt").write_text(text + "1")
    Path("two.txt").write_text(text + "2")
    return [FlyteFile("one.txt"), FlyteFile("two.txt")]


@task(cache=True, cache_version="1")
def kept(text: str) -> FlyteFile:
    Path("kept.txt").write_text(text)
    return FlyteFile("kept.txt")


@workflow
def wf(text: str) -> FlyteFile:
    return made(text=text)


@workflow
def lists(text: str) -> list[FlyteFile]:
    return many(text=text)


@workflow
def cached(text: str) -> FlyteFile:
    return kept(text=text)


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def recorded(entity, name, text, **options):
    compiled = compile_bundle([entity], LiveSettings())
    chosen = RunOptions(name=name, run_dir=runs_root() / name, **options)
    inputs = {"text": default_engine().codec(str).encode(text)}
    return run(load(compiled.data), inputs, entity=entity.name, entities=compiled.entities, options=chosen)


def drawloom(group, *arguments):
    command = {"runs": runs_group, "cache": cache_group}[group]
    done = CliRunner().invoke(command, [*arguments, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def files():
    return sorted(path.name for path in (home() / "raw-data").rglob("*.txt"))


def collect(*more):
    return drawloom("runs", "gc", "--older-than", "0", *more)


def test_what_a_record_refers_to_stays_and_goes_with_it():
    recorded(wf, "first", "a")
    assert collect("--yes")["unreferred"] == []
    assert files() == ["made.txt"]
    size = drawloom("runs", "show", "first")["bytes"]
    assert size["raw_data"] == 1
    assert size["record"] > 100
    assert drawloom("runs", "rm", "first", "--dry-run")["bytes"] == size["record"] + 1
    assert files() == ["made.txt"]
    assert drawloom("runs", "rm", "first")["removed"] == ["first"]
    assert files() == []
    assert drawloom("runs")["runs"] == []


def test_what_another_record_or_the_cache_refers_to_stays():
    recorded(wf, "first", "a")
    recorded(wf, "second", "a")
    recorded(cached, "third", "b", cache=SqliteCache(home() / "cache.db"))
    drawloom("runs", "rm", "first", "third")
    assert files() == ["kept.txt", "made.txt"]
    drawloom("cache", "clear")
    assert collect()["bytes"] == 1
    assert files() == ["kept.txt", "made.txt"]  # it was only asked
    collect("--yes")
    assert files() == ["made.txt"]


def test_what_an_offloaded_literal_refers_to_stays():
    recorded(lists, "first", "a", offload_from=10)
    assert collect("--yes")["unreferred"] == []
    assert files() == ["one.txt", "two.txt"]
    drawloom("runs", "rm", "first")
    assert not [path for path in (home() / "raw-data").rglob("*") if path.is_file()]


def test_what_a_pickle_refers_to_stays():
    recorded(wf, "first", "a")
    (inner,) = (home() / "raw-data").rglob("made.txt")
    holder = home() / "raw-data" / ("1" * 32)
    holder.mkdir()
    (holder / ("2" * 32)).write_bytes(pickle.dumps([str(inner)]))
    recorded(wf, "second", "b")
    (runs_root() / "second" / "note").write_text("1" * 32)
    drawloom("runs", "rm", "first")
    assert collect("--yes")["unreferred"] == []
    assert files() == ["made.txt", "made.txt"]


def test_what_is_young_or_not_drawlooms_stays():
    access = default_file_access()
    place = Path(access.write_bytes(access.get_random_remote_path("x.txt"), b"12345"))
    other = home() / "raw-data" / "mine"
    other.mkdir()
    (other / "x").write_text("x")
    (home() / "raw-data" / ("a" * 32)).write_text("a user's file")
    assert drawloom("runs", "gc", "--yes")["unreferred"] == []
    assert place.exists()
    assert collect("--yes")["bytes"] == 5
    assert not place.parent.exists()
    assert sorted(os.listdir(home() / "raw-data")) == ["a" * 32, "mine"]


@dataclasses.dataclass
class Held:
    file: FlyteFile


@task
def hold(file: FlyteFile) -> Held:
    return Held(file)


@task
def take(held: Held) -> FlyteFile:
    return held.file


@workflow
def passed(text: str) -> FlyteFile:
    return take(held=hold(file=made(text=text)))


@pytest.mark.parametrize("offload_from", [0, 10], ids=["in the record", "behind a stored literal"])
def test_raw_data_are_shown_by_the_node_that_gave_them(offload_from):
    recorded(lists, "many", "ab", offload_from=offload_from)
    told = drawloom("runs", "show", "many", "--raw-data")
    found = {row["address"].rpartition("/")[2]: row for row in told["raw_data"] if not row["address"].endswith(".pb")}
    assert {name: (row["node"], row["output"], row["size"]) for name, row in found.items()} == {
        "one.txt": ("n0", "o0", 3),
        "two.txt": ("n0", "o0", 3),
    }
    assert all(Path(row["address"]).exists() for row in told["raw_data"])
    assert len(told["raw_data"]) == 2 + bool(offload_from)
    assert told["bytes"] == sum(row["size"] for row in told["raw_data"])


def test_who_passes_data_on_did_not_give_them_and_what_is_gone_is_said():
    recorded(passed, "first", "abc")
    (row,) = drawloom("runs", "show", "first", "--raw-data")["raw_data"]
    assert (row["node"], row["size"]) == ("n0", 3)
    assert drawloom("runs", "show", "first", "--raw-data", "--node", "n1")["raw_data"] == []
    Path(row["address"]).unlink()
    (row,) = drawloom("runs", "show", "first", "--raw-data")["raw_data"]
    assert row["size"] is None
    text = CliRunner().invoke(runs_group, ["show", "first", "--raw-data"], catch_exceptions=False).output
    assert "gone" in text
    both = CliRunner().invoke(runs_group, ["show", "first", "--raw-data", "--events"])
    assert both.exit_code == 2
    assert "two views" in both.output

"""Whatever is read back is compared with its digest: a table of all that is kept, by what may have become of it."""

from __future__ import annotations

import dataclasses
import datetime
import os
import pathlib
import warnings
from typing import Annotated

import pandas as pd
import pytest

from drawloom import FlyteDirectory, FlyteFile, StructuredDataset, current_context, task, wait_for_input, workflow
from drawloom.actions.code_bundle import BundleUnpackError, build_bundle, unpack_bundle
from drawloom.context import (
    ArchiveError,
    Checkpoint,
    CheckpointCorruptError,
    Deck,
    FileAccessProvider,
    StorageError,
    SyncCheckpoint,
    unpack_archive,
)
from drawloom.interpreter import RunDirectoryError, RunOptions, SqliteCache, resume, run, send_signal
from drawloom.page.document import RunReader
from literals import parse, pb
from running import compiled
from typeengine import Pickle, kwtypes

DAMAGES = {
    "flipped": lambda data: data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :],
    "truncated": lambda data: data[: -(len(data) // 3) or None],
    "empty": lambda data: b"",
}
RAN: list[str] = []
INPUTS = {"n": 1}
CONTENT = "some content " * 20


class Thing:
    """A class that only pickle knows."""

    def __eq__(self, other):
        return isinstance(other, Thing)

    __hash__ = None


@dataclasses.dataclass
class Holder:
    """A record that refers to a file."""

    file: FlyteFile
    n: int = 1


def written(name, content=CONTENT):
    path = pathlib.Path(current_context().working_directory) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


@task(cache=True, cache_version="1")
def file() -> FlyteFile:
    RAN.append("kept")
    return FlyteFile(str(written("a.txt")))


@task(cache=True, cache_version="1")
def folder() -> FlyteDirectory:
    RAN.append("kept")
    return FlyteDirectory(str(written("d/in/a.txt").parent.parent))


@task(cache=True, cache_version="1")
def frame() -> pd.DataFrame:
    RAN.append("kept")
    return pd.DataFrame({"a": [1, 2, 3]})


@task(cache=True, cache_version="1")
def csv() -> Annotated[StructuredDataset, kwtypes(a=int), "csv"]:
    RAN.append("kept")
    return StructuredDataset(dataframe=pd.DataFrame({"a": [1, 2, 3]}), file_format="csv")


@task(cache=True, cache_version="1")
def pickled() -> Annotated[Thing, Pickle]:
    RAN.append("kept")
    return Thing()


@task(cache=True, cache_version="1")
def record() -> Holder:
    RAN.append("kept")
    return Holder(FlyteFile(str(written("a.txt"))))


@task(cache=True, cache_version="1")
def many() -> list[FlyteFile]:
    RAN.append("kept")
    return [FlyteFile(str(written(f"{n}.txt", CONTENT + str(n)))) for n in range(30)]


@task(cache=True, cache_version="1")
def large() -> str:
    RAN.append("kept")
    return "x" * (2 << 20)


@task
def then(ready: bool) -> int:
    RAN.append("then")
    if not os.environ.get("DRAWLOOM_TEST_READY"):
        raise ValueError("not now")
    return 1


OUTPUTS = {
    "a file": (file, 0), "a folder": (folder, 0), "a frame": (frame, 0), "a frame as CSV": (csv, 0), "a pickle": (pickled, 0),
    "a file in a record": (record, 0), "files of an offloaded list": (many, 500), "an offloaded literal": (large, 500),
    "large outputs": (large, 0),
}  # fmt: skip


def program_of(made):
    """A workflow whose first task gives the output, and whose second one fails at first."""

    @workflow
    def wf(n: int) -> int:
        value = made()
        last = then(ready=True)
        _ = value >> last
        return last

    return compiled(wf), wf.name


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A home of the test's own."""
    monkeypatch.setenv("DRAWLOOM_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DRAWLOOM_TEST_READY", raising=False)
    RAN.clear()
    return tmp_path / "home"


def damage_all(paths, how):
    """Damage files, however they are protected; times of change stay what they were."""
    assert paths
    for path in paths:
        path.chmod(0o600)
        before = path.stat()
        path.write_bytes(DAMAGES[how](path.read_bytes()))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def raw_data(home, *suffixes):
    found = [path for path in (home / "raw-data").rglob("*") if path.is_file()]
    return [path for path in found if not suffixes or path.suffix in suffixes]


def damaged_files(home, run_dir, what):
    if what == "large outputs":
        return list((run_dir / "outputs").iterdir())
    if what == "an offloaded literal":
        return raw_data(home, ".pb")
    return raw_data(home, *([".txt"] if what == "files of an offloaded list" else []))


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("what", OUTPUTS)
def test_outputs_of_a_record_that_are_not_what_was_kept_are_made_again(home, tmp_path, monkeypatch, what, how):
    made, offload_from = OUTPUTS[what]
    entity, name = program_of(made)
    options = RunOptions(run_dir=tmp_path / "r", raise_errors=False, offload_from=offload_from)
    assert run(entity.bundle, INPUTS, entity=name, entities=entity.entities, options=options).failure is not None
    monkeypatch.setenv("DRAWLOOM_TEST_READY", "1")
    RAN.clear()
    damage_all(damaged_files(home, tmp_path / "r", what), how)
    resume(tmp_path / "r", entities=entity.entities)
    assert RAN == ["kept", "then"]


@pytest.mark.parametrize("what", OUTPUTS)
def test_outputs_of_a_record_that_are_what_was_kept_are_taken(tmp_path, monkeypatch, what):
    made, offload_from = OUTPUTS[what]
    entity, name = program_of(made)
    options = RunOptions(run_dir=tmp_path / "r", raise_errors=False, offload_from=offload_from)
    run(entity.bundle, INPUTS, entity=name, entities=entity.entities, options=options)
    monkeypatch.setenv("DRAWLOOM_TEST_READY", "1")
    RAN.clear()
    resume(tmp_path / "r", entities=entity.entities)
    assert RAN == ["then"]


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("what", OUTPUTS)
def test_outputs_in_the_cache_that_were_written_to_are_made_again(home, tmp_path, monkeypatch, what, how):
    monkeypatch.setenv("DRAWLOOM_TEST_READY", "1")
    made, offload_from = OUTPUTS[what]
    entity, name = program_of(made)
    with_cache = RunOptions(cache=SqliteCache(tmp_path / "cache.db"), offload_from=offload_from)

    def go():
        run(entity.bundle, INPUTS, entity=name, entities=entity.entities, options=with_cache)

    go()
    go()
    assert RAN == ["kept", "then", "then"]
    if what == "large outputs":
        with_cache.cache.close()
        damage_all([tmp_path / "cache.db"], how)
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # a file that is no database any more is one warning, see the tests of the cache
            go()
    else:
        damage_all(damaged_files(home, tmp_path, what), how)
        for path in raw_data(home):
            os.utime(path)  # as whoever writes to a file does
        go()
    assert RAN == ["kept", "then", "then", "kept", "then"]


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("name", ["inputs.pb", "bundle.pb", "run.json"])
def test_what_a_run_is_has_to_be_what_was_written(tmp_path, monkeypatch, name, how):
    entity, called = program_of(file)
    options = RunOptions(run_dir=tmp_path / "r", raise_errors=False)
    run(entity.bundle, INPUTS, entity=called, entities=entity.entities, options=options)
    monkeypatch.setenv("DRAWLOOM_TEST_READY", "1")
    damage_all([tmp_path / "r" / name], how)
    RAN.clear()
    with pytest.raises(RunDirectoryError):
        resume(tmp_path / "r", entities=entity.entities)
    assert RAN == []


ANSWERED: list[tuple[pathlib.Path, str]] = []


@task
def answer() -> bool:
    """Answers the gate of its own run; the answer may be damaged before it is read."""
    run_dir, how = ANSWERED[0]
    send_signal(run_dir, "number", pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=7))))
    if how:
        damage_all(list((run_dir / "signals").iterdir()), how)
    return True


@workflow
def asks() -> int:
    answered = answer()
    number = wait_for_input("number", timeout=datetime.timedelta(seconds=20), expected_type=int)
    _ = answered >> number
    return number


@pytest.mark.parametrize("how", ["", *DAMAGES])
def test_the_answer_to_a_gate_has_to_be_what_was_sent(tmp_path, how):
    ANSWERED[:] = [(tmp_path / "r", how)]
    entity = compiled(asks)
    options = RunOptions(run_dir=tmp_path / "r", raise_errors=False)
    result = run(entity.bundle, {}, entity=asks.name, entities=entity.entities, options=options)
    if not how:
        assert result.failure is None
        assert parse(pb.Literal, result.outputs["o0"]).scalar.primitive.integer == 7
        return
    assert isinstance(result.failure.error, RunDirectoryError)
    assert "answer to a gate is damaged" in str(result.failure.error)
    send_signal(tmp_path / "r", "number", pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=8))))
    again = resume(tmp_path / "r", entities=entity.entities)
    assert parse(pb.Literal, again.outputs["o0"]).scalar.primitive.integer == 8


READINGS = {
    "bytes": lambda access, path: access.read_bytes(path),
    "an open file": lambda access, path: access.open(path, "rb").close(),
    "a copy": lambda access, path: access.get_data(path, f"{path}.copy"),
    "at hand": lambda access, path: access.at_hand(path).__enter__(),
}


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("reading", READINGS)
def test_no_way_of_storage_gives_a_snapshot_that_was_written_to(tmp_path, reading, how):
    access = FileAccessProvider(tmp_path / "sandbox", str(tmp_path / "raw"))
    (tmp_path / "a.txt").write_text(CONTENT)
    kept = pathlib.Path(access.keep(tmp_path / "a.txt"))
    kept.chmod(0o600)
    kept.write_bytes(DAMAGES[how](kept.read_bytes()))
    with pytest.raises(StorageError, match="changed after a task gave it"):
        READINGS[reading](access, str(kept))


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("kind", [Checkpoint, SyncCheckpoint])
def test_checkpoints_have_to_be_what_was_saved(tmp_path, kind, how):
    place = tmp_path / "point"
    saving = kind(str(place), None)
    saving.save_sync(CONTENT.encode()) if kind is Checkpoint else saving.write(CONTENT.encode())
    damage_all([place] if place.is_file() else [path for path in place.rglob("*") if path.is_file()], how)
    loading = kind(str(tmp_path / "next"), str(place))
    if how == "empty" and kind is Checkpoint:
        assert loading.load_sync() is None  # flyte's way to say that there is none
        return
    with pytest.raises(CheckpointCorruptError):
        loading.load_sync() if kind is Checkpoint else loading.read()


@pytest.mark.parametrize("stored", [b"[]", b"{", b'{"_dst_cp": 1}', b"7", b"\xff"])
def test_digests_of_a_checkpoint_that_are_none_are_our_error(tmp_path, stored):
    SyncCheckpoint(str(tmp_path / "point")).write(b"1")
    (tmp_path / "point.digests.json").write_bytes(stored)
    with pytest.raises(CheckpointCorruptError):
        SyncCheckpoint(str(tmp_path / "next"), str(tmp_path / "point")).read()


@task(enable_deck=True)
def decked() -> str:
    Deck("mine", "<i>mine</i>")
    return "small"


@pytest.mark.parametrize("how", DAMAGES)
def test_a_page_of_a_run_shows_only_what_was_written(tmp_path, how):
    for made in (decked, large):
        entity, name = program_of(made)
        options = RunOptions(run_dir=tmp_path / made.task_function.__name__, raise_errors=False)
        run(entity.bundle, INPUTS, entity=name, entities=entity.entities, options=options)
    assert "<i>mine</i>" in RunReader(tmp_path / "decked").document()["decks"][0]["html"]
    assert RunReader(tmp_path / "large").values("n0")["outputs"]["o0"]["data"].startswith('"xxx')
    damage_all([*(tmp_path / "large" / "outputs").iterdir(), *(tmp_path / "decked" / "decks").rglob("deck.html")], how)
    shown = RunReader(tmp_path / "decked").document()["decks"][0]["html"]
    assert shown == "<p>This deck is not what was written.</p>"
    assert RunReader(tmp_path / "large").values("n0")["outputs"] == {}


@pytest.mark.parametrize("how", DAMAGES)
def test_a_bundle_of_code_has_to_be_what_its_name_says(tmp_path, how):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "a.py").write_text("x = 1\n" * 300)
    made = build_bundle("all", root=tmp_path / "code", folder=tmp_path / "made")
    damage_all([pathlib.Path(made.tgz)], how)
    with pytest.raises(BundleUnpackError):
        unpack_bundle(made.tgz, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_bit_that_is_flipped_anywhere_in_the_content_of_an_archive_is_noticed(tmp_path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "a.py").write_bytes(os.urandom(60).hex().encode())
    data = pathlib.Path(build_bundle("all", root=tmp_path / "code", folder=tmp_path / "made").tgz).read_bytes()
    for place in range(10, len(data)):  # before lie the header's time and name of the system, which no checksum covers
        with pytest.raises(ArchiveError):
            unpack_archive(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :], tmp_path / "out", where="x")
    assert not (tmp_path / "out").exists()

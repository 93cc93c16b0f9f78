"""A recorded run survives: kills at random moments, torn writes, other programs in its place."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zlib import crc32

import msgpack
import pytest

from drawloom import task, workflow
from drawloom.interpreter import (
    Event,
    RunDirectoryError,
    RunNameError,
    RunOptions,
    State,
    find_runs,
    list_runs,
    read_run,
    resume,
    run,
)
from drawloom.ir import Key
from literals import pb
from running import compiled

RAN = []


@task
def plus(n: int) -> int:
    RAN.append(n)
    return n + 1


@task
def large(n: int) -> str:
    RAN.append("large")
    return "x" * (2 << 20)


@task
def length(s: str, n: int) -> int:
    RAN.append("length")
    if os.environ.get("DRAWLOOM_TEST_BREAK"):
        raise ValueError("not now")
    return len(s) + n


@workflow
def wf(n: int) -> int:
    return length(s=large(n=n), n=plus(n=plus(n=n)))


def integer(value):
    return pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=value)))


@pytest.fixture(autouse=True)
def clean():
    RAN.clear()


@pytest.mark.parametrize("durability", ["outputs", "fsync"])
def test_a_failed_run_goes_on_where_it_failed(tmp_path, monkeypatch, durability):
    made = compiled(wf)
    options = RunOptions(run_dir=tmp_path / "r", durability=durability)
    monkeypatch.setenv("DRAWLOOM_TEST_BREAK", "1")
    with pytest.raises(ValueError, match="not now"):
        run(made.bundle, {"n": integer(1)}, entity="wf", entities=made.entities, options=options)
    monkeypatch.delenv("DRAWLOOM_TEST_BREAK")
    RAN.clear()
    result = resume(tmp_path / "r", entities=made.entities)
    assert result.literal("o0") == integer((2 << 20) + 3)
    assert RAN == ["length"]
    assert result.nodes["n0"].state is State.RECOVERED
    info = read_run(tmp_path / "r")[0]
    assert info.state is State.SUCCEEDED
    assert info.finished == 4


def test_nothing_but_events_is_written_without_durability(tmp_path):
    made = compiled(wf)
    options = RunOptions(run_dir=tmp_path / "r", durability="none")
    run(made.bundle, {"n": integer(1)}, entity="wf", entities=made.entities, options=options)
    assert not (tmp_path / "r" / "outputs").exists()
    RAN.clear()
    resume(tmp_path / "r", entities=made.entities)
    assert len(RAN) == 4


def test_a_folder_belongs_to_one_run_and_a_second_one_is_offered_resume(tmp_path):
    made = compiled(wf)
    options = RunOptions(run_dir=tmp_path / "r", name="mine")
    run(made.bundle, {"n": integer(1)}, entity="wf", entities=made.entities, options=options)
    for name in ("mine", "other"):
        again = RunOptions(run_dir=tmp_path / "r", name=name)
        with pytest.raises(RunNameError, match=r"named 'mine' already(.|\n)*drawloom resume mine"):
            run(made.bundle, {"n": integer(1)}, entity="wf", entities=made.entities, options=again)
    with pytest.raises(RunDirectoryError, match="not the record of a run"):
        resume(tmp_path)


def test_a_run_that_goes_on_cannot_be_resumed_beside_it(tmp_path):
    made = compiled(wf)
    refused = []

    def second(event: Event):
        if event.address == "n1" and event.state is State.RUNNING and not refused:
            with pytest.raises(RunDirectoryError, match="going on"):
                resume(tmp_path / "r", entities=made.entities)
            refused.append(True)

    options = RunOptions(run_dir=tmp_path / "r", observers=(second,))
    run(made.bundle, {"n": integer(1)}, entity="wf", entities=made.entities, options=options)
    assert refused


def test_runs_are_listed_newest_first(tmp_path):
    made = compiled(wf)
    for name in ("a", "b"):
        options = RunOptions(run_dir=tmp_path / name, name=name)
        run(made.bundle, {"n": integer(1)}, entity="wf", entities=made.entities, options=options)
    (tmp_path / "no run").mkdir()
    assert [info.name for info in list_runs(tmp_path)] == ["b", "a"]
    assert isinstance(list_runs(tmp_path)[0].entity, Key)


@pytest.mark.parametrize(("style", "durability"), [("kill", "outputs"), ("power", "fsync")])
def test_kills_at_random_moments_lose_nothing_and_repeat_nothing(tmp_path, style, durability):
    kills = os.environ.get("DRAWLOOM_KILLS", "100")
    child = Path(__file__).with_name("crash_child.py")
    paths = os.pathsep.join(p for p in sys.path if p.endswith(("src", "tests")))
    done = subprocess.run(
        [sys.executable, str(child), str(tmp_path), kills, style, durability],
        capture_output=True, text=True, check=False, timeout=110, env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "result 530"


def test_a_journal_that_is_torn_or_flipped_anywhere_is_read_up_to_there_and_never_gives_anything_else(tmp_path):
    made = compiled(wf)
    options = RunOptions(run_dir=tmp_path / "r", name="r")
    run(made.bundle, {"n": integer(1)}, entity="wf", entities=made.entities, options=options)
    whole = read_run(tmp_path / "r").frames
    path = tmp_path / "r" / "journal.wal"
    data = path.read_bytes()
    ends = {sum(8 + size for size in sizes) for sizes in _prefixes(data)}

    def frames(damaged):
        path.write_bytes(damaged)
        return read_run(tmp_path / "r")

    for place in range(len(data)):
        cut = frames(data[:place])
        assert cut.frames == whole[: len(cut.frames)]
        assert cut.info.damaged == place - max(end for end in ends if end <= place)
        for tail in (bytes(9), b"\xff" * 9):
            assert frames(data[:place] + tail).frames == cut.frames
        flipped = frames(data[:place] + bytes([data[place] ^ 1 << place % 8]) + data[place + 1 :])
        assert flipped.frames == cut.frames  # the frame that the bit is in, and all behind it, do not count


def _prefixes(data):
    sizes, place = [], 0
    while place < len(data):
        yield tuple(sizes)
        sizes.append(int.from_bytes(data[place : place + 4], "big"))
        place += 8 + sizes[-1]
    yield tuple(sizes)


def test_frames_of_another_shape_end_the_journal(tmp_path):
    made = compiled(wf)
    options = RunOptions(run_dir=tmp_path / "r", name="r")
    run(made.bundle, {"n": integer(1)}, entity="wf", entities=made.entities, options=options)
    path = tmp_path / "r" / "journal.wal"
    data, count = path.read_bytes(), len(read_run(tmp_path / "r").frames)
    good = {"k": "ev", "a": "n0", "s": "RUNNING", "e": "t", "n": 1, "t": 1.0}
    wrong = [
        7, None, [], {}, {"k": "what"}, {"k": ["ev"]}, {**good, "s": "NO"}, {**good, "a": 1}, {**good, "t": "now"},
        {"k": "out", "a": "n0", "n": 1, "t": 1.0}, {"k": "end", "s": "NO", "d": "", "t": 1.0}, {"k": "spec", "a": "n0"},
    ]  # fmt: skip
    bodies = [msgpack.packb(each) for each in wrong]
    bodies += [b"\xc1", b"\x81\xa1k", b"\x91" * 3000 + b"\xc0", msgpack.packb(good) + b"\x00", msgpack.packb({1: 2})]
    for body in [*bodies, msgpack.packb(good)]:
        path.write_bytes(data + len(body).to_bytes(4, "big") + crc32(body, len(body)).to_bytes(4, "big") + body)
        assert len(read_run(tmp_path / "r").frames) == count + (body is not bodies[-1] and body == msgpack.packb(good))


def test_small_sample_of_chaos():
    """`make chaos` has all of it; `chaos.py` says what a line counts."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parents[3] / "chaos.py"), "--sample", "40"],
        capture_output=True, text=True, check=False, timeout=110,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    *lines, last = done.stdout.splitlines()
    assert len(lines) == 10
    assert last == "lost or repeated: 0"


def test_records_of_an_older_format_are_refused_with_the_reason_and_do_not_hide_the_others(tmp_path):
    made = compiled(wf)
    options = RunOptions(run_dir=tmp_path / "good", name="good")
    run(made.bundle, {"n": integer(1)}, entity="wf", entities=made.entities, options=options)
    for name, text in {"one": '{"kind": "actions", "format": 1}', "none": "{", "list": "[]", "text": "\udcff"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_text(text, errors="surrogateescape")
    assert [info.name for info in list_runs(tmp_path)] == ["good"]
    assert {bad.path.name for bad in find_runs(tmp_path)[1]} == {"one", "none", "list", "text"}
    with pytest.raises(RunDirectoryError, match="another version of drawloom"):
        read_run(tmp_path / "one")

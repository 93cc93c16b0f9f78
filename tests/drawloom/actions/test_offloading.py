"""Outputs of tasks of environments that are too big for a message: stored with the run, and their address in the record."""

import pathlib

import pytest

import drawloom
from literals import DrawloomError

env = drawloom.TaskEnvironment("big")
LINE = "x" * 99
MANY = 15_000
"""Lines that are together more than a megabyte."""


@env.task
def lines(count: int) -> list[str]:
    return [LINE] * count


@env.task
def length(of: list[str]) -> int:
    return sum(map(len, of))


@env.task
async def one(line: str) -> int:
    return len(line)


@env.task
def whole(count: int) -> int:
    return length(of=lines(count=count))


@env.task
async def mapped(count: int) -> int:
    found = await lines.aio(count=count)
    total = 0
    for line in found[:3]:
        total += await one(line=line)
    return total


def stored_in(folder):
    return sorted(pathlib.Path(folder).rglob("literals/*/*.pb"))


@pytest.fixture
def threshold(monkeypatch):
    monkeypatch.setenv("_F_L_MIN_SIZE_MB", "1")


@pytest.mark.parametrize(("task", "expected"), [(whole, MANY * 99), (mapped, 297)], ids=["called", "awaited"])
def test_a_big_output_lies_with_the_run_and_is_read_by_whoever_needs_it(task, expected, tmp_path, threshold):
    run = drawloom.with_runcontext(mode="local", run_base_dir=str(tmp_path)).run(task, count=MANY)
    assert run.outputs()[0] == expected
    (kept,) = stored_in(tmp_path)
    assert kept.stat().st_size > 1 << 20
    journals = [path for path in tmp_path.rglob("*") if path.is_file() and path != kept]
    assert all(path.stat().st_size < 1 << 20 for path in journals)


def test_the_result_itself_is_fetched_when_it_is_asked_for(tmp_path, threshold):
    run = drawloom.with_runcontext(mode="local", run_base_dir=str(tmp_path)).run(lines, count=MANY)
    assert run.outputs()[0] == [LINE] * MANY
    assert stored_in(tmp_path)


def test_a_small_output_stays_in_its_message(tmp_path, threshold):
    drawloom.with_runcontext(mode="local", run_base_dir=str(tmp_path)).run(whole, count=3)
    assert not stored_in(tmp_path)


def test_zero_is_never_and_what_is_no_number_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("_F_L_MIN_SIZE_MB", "0")
    drawloom.with_runcontext(mode="local", run_base_dir=str(tmp_path)).run(whole, count=MANY)
    assert not stored_in(tmp_path)
    monkeypatch.setenv("_F_L_MIN_SIZE_MB", "much")
    with pytest.raises(DrawloomError, match="megabytes"):
        drawloom.with_runcontext(mode="local", run_base_dir=str(tmp_path)).run(whole, count=3)

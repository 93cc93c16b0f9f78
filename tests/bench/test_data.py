"""The benchmark of files and frames: workers move what they are told to, and the report says what is met. Nothing is timed."""

import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.data import __main__ as command
from benchmarks.data import cases, tables, things

from s3_server import s3_server

SESSION = {
    "when": "2031-05-17", "machine": "a machine", "sizes": cases.SMALL, "rounds": 1, "times": 2,
    "versions": {"flyte": "flyte==2"}, "missing": {"flytekit": "no network"},
}  # fmt: skip


def took(seconds, mebibytes=1.0):
    return [{"seconds": seconds, "mebibytes": mebibytes}, {"seconds": seconds * 2, "mebibytes": mebibytes}]


@pytest.mark.parametrize(
    ("found", "met"),
    [
        ({"drawloom": took(1.0), "obstore": took(1.0), "flyte": took(2.0)}, True),
        ({"drawloom": took(1.2), "obstore": took(1.0), "flyte": took(2.0)}, False),
        ({"drawloom": took(1.0), "obstore": took(1.0), "flyte": took(0.5)}, False),
        ({"drawloom": took(1.0), "obstore": took(1.0), "flytekit": took(0.9), "flyte": took(2.0)}, False),
        ({"drawloom": took(1.0, 65.0), "obstore": took(1.0)}, False),
        ({"drawloom": [{"error": "no"}], "obstore": took(1.0)}, False),
    ],
)
def test_what_is_met_is_the_least_time_against_the_yardstick_the_better_peer_and_memory(found, met):
    cells, good, failed = tables.row("file/put", found)
    assert good is met
    assert ("met" in cells) is met
    assert ("drawloom" in failed) is ("error" in found["drawloom"][0])


def test_a_frame_may_take_the_memory_that_it_has():
    assert tables.row("pandas/read", {"drawloom": took(1.0, 900.0), "pandas": took(1.0, 900.0)})[1]


def test_the_report_has_each_figure_and_what_could_not_be_done():
    figures = {"file/put": {"drawloom": took(1.0), "obstore": took(1.0), "flyte": [{"error": "it fell over"}]}}
    other = {"pandas/read": {"drawloom": took(1.0), "pandas": took(1.0)}}
    kept = {name: {"session": SESSION, "found": found} for name, found in figures.items()}
    text = tables.written(kept)
    assert "| file/put |" in text
    assert "1 of 1 met." in text
    assert "- file/put: flyte could not: it fell over" in text
    assert "- flytekit: left out, no network" in text
    later = {**SESSION, "when": "2031-05-18"}
    kept |= {name: {"session": later, "found": found} for name, found in other.items()}
    both = tables.written(kept)
    assert "- 2031-05-17, a machine: file/put\n" in both
    assert "- 2031-05-18, a machine: pandas/read\n" in both
    assert "2 of 2 met." in both


def test_cases_are_chosen_by_their_beginning_and_sizes_by_options():
    options = command.arguments(["--cases", "file,pandas/w", "--full", "--rows", "7"])
    assert options.cases == ["file/put", "file/get", "pandas/write"]
    assert (options.file, options.folder, options.rows) == (1 << 30, 10_000, 7)
    assert command.arguments([]).file == cases.SMALL["file"]


@pytest.fixture(scope="module")
def server():
    with s3_server() as address:
        yield address


@pytest.mark.parametrize("case", ["folder/get", "many/put", "few/get", "arrow/read"])
def test_drawloom_and_its_yardstick_move_the_same(case, tmp_path, server):
    options = command.arguments(["--file", "70000", "--folder", "4", "--rows", "50", "--rounds", "1", "--times", "1"])
    peers = ("drawloom", cases.CASES[case].yardstick)
    bench = command.Bench(options, tmp_path, server, dict.fromkeys(peers, sys.executable))
    bench.empty()
    if case.endswith("/get"):
        bench.fill(case)
    for peer in peers:
        figure = bench.take(case, peer, server)
        assert "error" not in figure, figure
        assert figure["seconds"] > 0


def test_things_are_of_the_size_that_is_asked_for(tmp_path):
    things.make_file(tmp_path / "file", 1_500_000, 3)
    things.check_file(tmp_path / "file", 1_500_000)
    things.make_folder(tmp_path / "folder", 101, 3)
    things.check_folder(tmp_path / "folder", 101)
    with pytest.raises(AssertionError):
        things.check_folder(tmp_path / "folder", 100)

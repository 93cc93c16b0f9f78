"""The gates that need no clock: the work of conversions, of compiling and of running is counted and held.

`DRAWLOOM_UPDATE_GOLDENS=1 pytest tests/bench/test_work.py` stores the counts of this Python in `work.json`; do so after a change
that is meant to cost more, and say why. Counts of other Pythons stay; one without stored counts has the first gate only.
"""

import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks import cases, work

STORED = pathlib.Path(__file__).with_name("work.json")
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
UPDATE = os.environ.get("DRAWLOOM_UPDATE_GOLDENS") == "1"


def counted(what):
    """The counts of a fresh process: no tracer of the test run, no optional library that another test has loaded."""
    from google.protobuf.internal import api_implementation

    if api_implementation.Type() != "upb":
        pytest.skip("without upb the closures are another thing")
    around = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}", "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-m", "benchmarks.work", what]
    done = subprocess.run(command, env=around, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)[what]


def stored(what, counts):
    """The counts that are stored for this Python, after storing these if that is asked for."""
    found = json.loads(STORED.read_text())
    if UPDATE:
        found.setdefault(PYTHON, {})[what] = counts
        STORED.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    if what not in found.get(PYTHON, {}):
        pytest.skip(f"there are no counts of Python {PYTHON}")
    return found[PYTHON][what]


def test_no_conversion_does_more_work_than_plain_closures_or_than_it_did():
    counts = counted("values")
    assert not work.behind(counts)
    ours = {case: units for case, (units, _) in counts.items()}
    held = stored("values", ours)
    assert not work.worse(ours, held, work.CASE)
    assert work.mean_ratio(ours, held) <= work.MEAN


def test_no_node_costs_more_work_to_compile_or_to_run_than_it_did():
    counts = counted("nodes")
    assert not work.worse(counts, stored("nodes", counts), work.NODE)


def test_every_exception_is_a_case_and_has_a_reason():
    names = {case.name for case in cases.cases(work.SEED)}
    for name, (least, reason) in work.ALLOWED.items():
        assert name in names
        assert least < 1
        assert reason


def test_counts_that_grew_are_named():
    assert work.worse({"a": 100, "b": 106}, {"a": 100, "b": 100, "c": 1}, 1.05) == [
        "b: 106 units of work, 100 are stored: 1.06 times"
    ]
    assert work.worse({"new": 100}, {}, 1.05) == []
    assert work.mean_ratio({"a": 200, "b": 100}, {"a": 100, "b": 200}) == pytest.approx(1)


def test_a_case_with_more_work_than_the_closures_is_named(monkeypatch):
    monkeypatch.setitem(work.ALLOWED, "enum", (0.7, "it is slow"))
    found = work.behind({"bool": [10, 20], "float": [21, 20], "enum": [20, 10]})
    assert [sentence.partition(":")[0] for sentence in found] == ["float", "enum"]
    assert "allowed is 0.7, for it is slow" in found[1]
    assert work.behind({"enum": [10, 7]}) == []


def test_the_count_is_of_instructions_calls_and_messages():
    def loop(count):
        for _ in range(count):
            pass

    text = "a"
    each = (work.count(lambda: loop(300)) - work.count(lambda: loop(100))) / 200
    assert 1 <= each <= 4
    assert work.count(lambda: loop(50)) == work.count(lambda: loop(50))
    assert work.count(lambda: [text.upper(), text.upper()]) - work.count(lambda: [text.upper()]) > work.CALL
    literal = work.pb.Literal
    assert work.count(lambda: literal.FromString(b"")) > work.MESSAGE
    assert work.count(lambda: literal.FromString(b"").scalar) > work.MESSAGE + work.FIELD

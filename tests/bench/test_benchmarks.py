"""The benchmark's own parts: cases are the same for every peer, reports hold what was measured. Nothing is timed."""

import json
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from benchmarks import cases, plain, report

from literals import pb
from typeengine import default_engine

CASES = cases.cases(7)


def test_a_seed_draws_the_same_values_and_another_one_others():
    again = {case.name: case.value for case in cases.cases(7)}
    assert again == {case.name: case.value for case in CASES}
    assert again != {case.name: case.value for case in cases.cases(8)}
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", [case for case in CASES if not case.large], ids=lambda case: case.name)
def test_weft_and_the_plain_closures_write_the_same_value(case):
    codec = default_engine().codec(case.type)
    encode, decode = plain.codec(case.type)
    assert codec.decode(codec.encode(case.value)) == case.value == decode(encode(case.value))
    if case.kind in ("bool", "int", "float", "str", "short", "list int", "list float", "list str", "dict", "nested"):
        assert pb.Literal.FromString(codec.encode(case.value)) == pb.Literal.FromString(encode(case.value))


def halves(encode, decode):
    return [{"seconds": {"encode": encode, "decode": decode}, "peak_mb": 1}]


def test_a_report_has_ratios_tables_a_plot_and_what_could_not_be_done(tmp_path):
    figures = {
        "list_int_1k": {"weft": halves(1e-6, 1e-6), "flytekit": halves(1e-4, 1e-4), "upb": halves(1e-6, 3e-6)},
        "pydantic": {"weft": halves(1e-6, 1e-6), "flyte": [{"error": "TypeError: no"}]},
        "compile chain 10": {"weft": [{"seconds": {"compile": 1e-4}}]},
    }
    startup = ({"import": {"weft": [5.0]}}, {"import": {"weft": [20]}})
    result = {
        "figures": figures, "seed": 7, "rounds": 1, "machine": "m", "peers": "p", "when": "w", "took": 1.0, "startup": startup,
    }  # fmt: skip
    text = report.write(result, tmp_path)
    assert "| list_int_1k | 1 µs / 1 µs | 2 µs (2 µs - 2 µs) | 200 µs | - | 4 µs | 100x | - | 2x |" in text
    assert "| chain | 10 | 10 µs |" in text
    assert "| import | 5.0 ms, peak 20 MB |" in text
    assert "- flyte, pydantic: TypeError: no" in text
    assert json.loads((tmp_path / "results.json").read_text())["seed"] == 7
    assert "<svg" in (tmp_path / "ratios.svg").read_text()

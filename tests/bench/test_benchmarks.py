"""The benchmark's own parts: cases are the same for every peer, reports hold what was measured. Nothing is timed."""

import copy
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from benchmarks import __main__ as command
from benchmarks import cases, environments, floors, gate, plain, plan, report, results, startup, tables, timing

from literals import pb, unpack_map
from typeengine import default_engine

CASES = cases.cases(7)
SMALL = [case for case in CASES if not case.large]
SAME_BYTES = ("bool", "int", "float", "str", "short", "list int", "list float", "list str", "dict", "nested")


def test_a_seed_draws_the_same_values_and_another_one_others():
    again = {case.name: case.value for case in cases.cases.__wrapped__(7)}
    assert again == {case.name: case.value for case in CASES}
    assert again != {case.name: case.value for case in cases.cases.__wrapped__(8)}
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", [case for case in SMALL if case.kind != "interface"], ids=lambda case: case.name)
def test_drawloom_and_the_plain_closures_write_the_same_value(case):
    codec = default_engine().codec(case.type)
    encode, decode = plain.codec(case.type)
    assert codec.decode(codec.encode(case.value)) == case.value == decode(encode(case.value))
    if case.kind in SAME_BYTES:
        assert pb.Literal.FromString(codec.encode(case.value)) == pb.Literal.FromString(encode(case.value))


def test_drawloom_and_the_plain_closures_write_the_same_interface():
    from benchmarks.peers.ours import Drawloom

    case = next(case for case in CASES if case.kind == "interface")
    assert len(case.type) == cases.INPUTS
    encode, decode = Drawloom().converters(case.type)
    plain_encode, plain_decode = plain.codec(case.type)
    assert decode(plain_encode(case.value)) == case.value == plain_decode(encode(case.value))
    assert unpack_map(encode(case.value)).keys() == case.type.keys()


def taken(encode, decode, **more):
    return {"seconds": {"encode": encode, "decode": decode}, "peak_mb": 1, **more}


def session(**changes):
    return {
        "when": "2031-05-17", "rounds": 1, "seed": 7, "groups": ["values"], "cases": [], "took": 3,
        "peers": {"drawloom": "this tree", "flytekit": "flytekit==1"}, "missing": {}, **changes,
    }  # fmt: skip


def made(figures, **changes):
    found = results.empty("a machine", session(**changes))
    for key, by in figures.items():
        for peer, rounds in by.items():
            for figure in rounds:
                results.add(found, key, peer, figure)
    return found


FIGURES = {
    "values/list_int_1k": {
        "drawloom": [taken(1e-6, 1e-6)],
        "flytekit": [taken(2e-4, 1e-4, also={"warm encode": 1e-5})],
        "flyte": [taken(1e-4, 8e-5)],
        "upb": [taken(1e-6, 3e-6)],
        "raw": [taken(5e-7, 3e-7)],
        "msgspec": [taken(1e-7, 1e-7)],
    },
    "values/pydantic": {
        "drawloom": [taken(1e-6, 1e-6)],
        "flyte": [{"error": "TypeError: no"}],
        "upb": [taken(5e-7, 1e-6)],
    },
    "codec/int": {
        "drawloom": [{"seconds": {"type": 1e-6, "first value": 1e-6}}],
        "flyte": [{"seconds": {"type": 1e-6}}],
    },
    "compile/chain/1000": {"drawloom": [{"seconds": {"all": 0.01}}], "flytekit": [{"seconds": {"all": 0.34}}]},
    "compile/chain/10000": {"drawloom": [{"seconds": {"all": 0.05}}]},
    "compile/chain/50000": {"drawloom": [{"seconds": {"all": 0.5}}]},
    "run/chain/10000": {"drawloom": [{"seconds": {"all": 0.1}}], "hamilton": [{"seconds": {"all": 0.2}}]},
    "sleepers/map/8": {"drawloom": [{"seconds": {"all": 0.26}}]},
    "subtasks/await/200": {"drawloom": [{"seconds": {"all": 0.002}}], "flyte": [{"seconds": {"all": 0.2}}]},
    "memory/list_int/1000000": {"drawloom": [{"bytes": {"write": 30e6, "read": 120e6}}]},
    "startup/import": {"drawloom": [{"seconds": {"over bare": 0.002}, "peak_mb": 11}]},
}


def test_a_report_has_ratios_floors_tables_a_plot_and_what_could_not_be_done(tmp_path):
    told = report.write(results.Results(made(FIGURES, missing={"kfp": "could not be installed"})), tmp_path)
    row = next(line for line in told.splitlines() if line.startswith("| list_int_1k | 1 µs / 1 µs |"))
    assert "| 2 µs (2 µs - 2 µs) | 300 µs | 180 µs | 4 µs | 800 ns | 150x | 90x | 2x | 0.4x |" in row
    assert "≥ 120x flytekit; ≥ 95x flyte 2; ≤ 3.5x protobuf alone" in row
    assert row.endswith("| **below** |")
    assert "| values/list_int_1k | ≥ 95x flyte 2 | 90x | 0.95 |" in told
    assert "| compile/chain/1000 | ≥ 35x flytekit | 34x | 0.97 |" in told
    assert "| compile/chain/50000 | ≤ 1.25x of compile/chain/10000 each | 2x | 0.62 |" in told
    assert "| memory/list_int/1000000 | ≤ 100 MB | 120 MB | 0.83 |" in told
    assert "| codec/int | ≥ 1x flyte 2 | 0.5x | 0.50 |" in told
    assert "not slower than flytekit or flyte 2, cold or warm: 5 of 6 comparisons" in told
    assert "| chain | 1000 | 10 µs | 340 µs | 34x |" in told
    assert "| import | 2 ms, 11 MB | ≤ 8 ms | met |" in told
    assert "- flyte, values/pydantic: TypeError: no" in told
    assert "- left out: kfp, which could not be installed" in told
    assert (tmp_path / "RESULTS.md").read_text() == told
    picture = (tmp_path / "ratios.svg").read_text()
    assert picture.count("150x") == 1
    assert "list_int_1k" in picture


def test_every_floor_is_about_a_figure_that_is_taken():
    taken_keys = {key for group in plan.GROUPS for key in plan.wanted("drawloom", group, 7, first=True, large=True)}
    taken_keys |= {f"startup/{name}" for name in startup.figures("drawloom")}
    found = floors.all_floors(7)
    assert {floor.key for floor in found} <= taken_keys
    assert {floor.over for floor in found} - {None} <= taken_keys
    assert {case.kind for case in CASES} - set(floors.CLASSES) == {"drawn", "interface", "typeddict"}
    for floor in found:
        if floor.peer:
            keys = {key for group in plan.GROUPS for key in plan.wanted(floor.peer, group, 7, first=True)}
            assert floor.key in keys | {f"startup/{name}" for name in startup.figures(floor.peer)}


@pytest.mark.parametrize(
    ("floor", "got", "met"),
    [
        (floors.Floor("run/chain/10000", 12, "µs", each=True), 10, True),
        (floors.Floor("run/chain/10000", 9, "µs", each=True), 10, False),
        (floors.Floor("run/chain/10000", 1, peer="hamilton"), 2, True),
        (floors.Floor("run/chain/10000", 1, peer="flyte"), None, None),
        (floors.Floor("values/list_int_1k", 180, peer="flytekit", part="encode"), 200, True),
        (floors.Floor("values/list_int_1k", 3.5, peer="raw", below=True), 2.5, True),
        (floors.Floor("values/list_int_1k", 2.4, peer="raw", below=True), 2.5, False),
        (floors.Floor("sleepers/map/8", 0.27, "s"), 0.26, True),
        (floors.Floor("memory/list_int/1000000", 125, "MB"), 120, True),
        (floors.Floor("startup/container", 8, peer="flytekit"), None, None),
    ],
    ids=lambda value: value.text() if isinstance(value, floors.Floor) else "",
)
def test_a_floor_is_met_missed_or_not_measured(floor, got, met):
    verdict = floors.judge(floor, results.Results(made(FIGURES)))
    assert verdict.got == (None if got is None else pytest.approx(got))
    assert verdict.met is met


def test_the_means_have_a_floor_and_an_aim():
    found = {verdict.text: verdict for verdict in floors.means(results.Results(made(FIGURES)))}
    assert found["≥ 70x flytekit"].met is True
    assert found["≥ 100x flytekit (aim)"].got == pytest.approx(150)
    assert found["≥ 40x flyte 2"].required
    assert not found["≥ 60x flyte 2 (aim)"].required
    assert found["≥ 2.5x plain upb"].met is False


def test_a_peer_that_is_quicker_with_warm_caches_is_named():
    figures = copy.deepcopy(FIGURES)
    figures["values/list_int_1k"]["flytekit"][0] = taken(1e-3, 1e-7, also={"warm encode": 1e-7})
    named = {(verdict.key, verdict.text) for verdict in floors.slower(results.Results(made(figures)))}
    assert ("values/list_int_1k", "≥ 1x flytekit, warm") in named


def test_a_partial_run_is_merged_and_its_ratios_are_marked():
    old = made(FIGURES, rounds=3, groups=["values", "compile"])
    new = made({"compile/chain/1000": {"drawloom": [{"seconds": {"all": 0.005}}]}}, when="2031-06-01", cases=["chain"])
    found = results.Results(results.merge(old, new))
    assert found.seconds("compile/chain/1000", "drawloom") == 0.005
    assert found.seconds("compile/chain/10000", "drawloom") == 0.05
    assert found.apart("compile/chain/1000", "flytekit")
    assert not found.apart("values/list_int_1k", "flytekit")
    told = report.text(found)
    assert "| chain | 1000 | 5 µs | 340 µs | 68x† |" in told
    assert "- 2031-05-17: 3 rounds" in told
    assert "- 2031-06-01: 1 rounds of values (chain)" in told
    assert old["figures"]["compile/chain/1000"]["drawloom"]["rounds"][0]["seconds"]["all"] == 0.01


def test_a_session_whose_figures_were_all_replaced_is_forgotten():
    once = made({"run/chain/10000": FIGURES["run/chain/10000"]})
    again = results.merge(once, made({"run/chain/10000": FIGURES["run/chain/10000"]}, when="2031-06-01"))
    assert [each["when"] for each in again["sessions"]] == ["2031-06-01"]
    assert not results.Results(again).apart("run/chain/10000", "hamilton")


def test_results_of_another_machine_are_not_merged():
    other = {**made(FIGURES), "machine": "another"}
    with pytest.raises(ValueError, match="another machine"):
        results.merge(other, made(FIGURES))


def test_the_gate_fails_on_a_slow_case_and_on_a_low_mean(capsys):
    quick = {f"values/{name}": {"drawloom": [taken(1, 1)], "upb": [taken(4, 4)]} for name in ("bool", "float")}
    assert gate.judge(results.Results(made(quick))) == 0
    slow = {**quick, "values/enum": {"drawloom": [taken(3, 3)], "upb": [taken(2, 2)]}}
    assert gate.judge(results.Results(made(slow))) == 1
    assert "values/enum 0.67x" in capsys.readouterr().out
    low = {"values/bool": {"drawloom": [taken(1, 1)], "upb": [taken(2, 2)]}}
    assert gate.judge(results.Results(made(low))) == 1
    assert gate.judge(results.Results(made({}))) == 1


def test_peers_get_large_cases_once_and_we_always():
    def asked(peer, *, first):
        return plan.wanted(peer, "values", 7, first=first)

    assert "values/list_int_100k" in asked("drawloom", first=False)
    assert "values/list_int_100k" in asked("flytekit", first=True)
    assert "values/list_int_100k" not in asked("flytekit", first=False)
    assert plan.wanted("drawloom", "run", 7, first=False, names=["chain+disk"]) == [
        "run/chain+disk/1000",
        "run/chain+disk/10000",
    ]
    assert plan.wanted("drawloom", "run", 7, first=False, names=["run/chain/100"]) == ["run/chain/100"]
    assert plan.wanted("dask", "compile", 7, first=True) == []


def test_a_worker_gives_figures_and_says_what_a_peer_cannot_do():
    keys = ["values/bool", "codec/int", "run/no_such_shape/10"]
    found = dict(command.ask("drawloom", sys.executable, keys, 7))
    assert found["values/bool"]["seconds"].keys() == {"encode", "decode"}
    assert found["codec/int"]["seconds"].keys() == {"type", "first value"}
    assert found["run/no_such_shape/10"]["error"].startswith("KeyError")


def test_a_worker_that_dies_leaves_an_error_for_each_figure():
    found = command.ask("drawloom", "/bin/false", ["values/bool", "codec/int"], 7)
    assert [key for key, _ in found] == ["values/bool", "codec/int"]
    assert all(figure["error"].startswith("the process ended with 1") for _, figure in found)


def test_a_container_start_runs_the_task_to_its_outputs(tmp_path):
    found = startup.take("drawloom", sys.executable, "container", tmp_path)
    assert found.get("error") is None
    assert found["seconds"]["user code"] < found["also"]["done"]


def test_a_process_that_fails_is_an_error_and_not_a_figure(tmp_path, monkeypatch):
    monkeypatch.setitem(startup.CODE, "import", {"drawloom": "raise SystemExit('no such thing')"})
    assert startup.take("drawloom", sys.executable, "import", tmp_path) == {"error": "no such thing"}


def test_a_peer_that_cannot_be_installed_is_left_out(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(environments, "FOLDER", tmp_path)
    monkeypatch.setitem(environments.PACKAGES, "kfp", ["no such requirement"])
    found, missing = environments.interpreters(["drawloom", "kfp", "dask"], {"dask": "/some/python"})
    assert found == {"drawloom": sys.executable, "dask": "/some/python"}
    assert missing == {"kfp": "could not be installed"}
    assert "kfp could not be installed and is left out" in capsys.readouterr().err


def test_unknown_groups_and_peers_are_refused(capsys):
    for given, named in ((["--groups", "nothing"], "nothing"), (["--peers", "drawloom,prefect"], "prefect")):
        with pytest.raises(SystemExit):
            command.arguments(given)
        assert f"there is no {named}" in capsys.readouterr().err
    assert command.arguments([]).full
    assert not command.arguments(["--cases", "bool"]).full
    assert command.arguments(["--gate"]).peers == ["drawloom", "upb"]


def test_a_timing_repeats_quick_calls_and_takes_the_first_of_very_slow_ones(monkeypatch):
    calls, each = [], [0.001]

    def clock(run, count):
        run(count)
        return each[0] * count

    monkeypatch.setattr(timing, "timed", clock)
    assert timing.measure(calls.append) == pytest.approx(0.001)
    assert len(calls) > 5
    calls.clear()
    each[0] = 4.0
    assert timing.measure(calls.append) == 4.0
    assert calls == [1]


def test_firsts_are_timed_part_by_part_on_things_made_outside():
    made_numbers, seen = [], []

    def make(number):
        made_numbers.append(number)
        return number

    parts = {"one": lambda thing, _: thing * 2, "two": lambda thing, before: seen.append((thing, before))}
    assert timing.measure_firsts(make, parts).keys() == {"one", "two"}
    assert seen == [(number, number * 2) for number in made_numbers]


def test_figures_read_well():
    assert [tables.text(value) for value in (None, 2.0, 0.0123, 4.56e-6, 7e-9)] == [
        "-",
        "2 s",
        "12.3 ms",
        "4.56 µs",
        "7 ns",
    ]
    assert tables.amount(1234.5, "x") == "1234x"
    assert tables.size(1941) == "1941 B"
    assert tables.size(150_000_000) == "150 MB"

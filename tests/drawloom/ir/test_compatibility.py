"""Each rule of what a change means, by one pair of programs that differ in just that; and the command that shows it."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

from drawloom import LaunchPlan
from drawloom.cli import main
from drawloom.interpreter import load
from drawloom.ir import AUDIENCES, CHANGE_RULES, Entities, changes
from edited import edit
from literals import pb

BASE = """
from drawloom import CronSchedule, LaunchPlan, Resources, conditional, task, workflow

@task(cache=True, cache_version="1", container_image="image:1", environment={"A": "1"}, requests=Resources(cpu="1"))
def inc(n: int) -> int:
    return n + 1

@task
def other(n: int) -> int:
    return n

@workflow
def wf(n: int, m: int = 2) -> int:
    a = inc(n=n)
    b = inc(n=m)
    return conditional("c").if_(a > 1).then(inc(n=a)).else_().then(inc(n=b))

plan = LaunchPlan.get_or_create(wf, "plan", schedule=CronSchedule(schedule="@daily"), fixed_inputs={"n": 1})
"""

RULES = {
    "entity-added": [("plan =", "second = LaunchPlan.get_or_create(wf, 'second')\nplan =")],
    "entity-removed": [("@task\ndef other(n: int) -> int:\n    return n\n", "")],
    "input-added": [("wf(n: int,", "wf(n: int, k: int,"), ('{"n": 1}', '{"n": 1, "k": 1}')],
    "input-added-optional": [("m: int = 2)", "m: int = 2, k: int = 3)")],
    "input-removed": [("other(n: int) -> int:\n    return n", "other() -> int:\n    return 1")],
    "input-widened": [("def other(n: int)", "def other(n: int | str)")],
    "input-changed": [("def other(n: int)", "def other(n: str)")],
    "default-added": [("wf(n: int, m: int = 2)", "wf(n: int = 5, m: int = 2)"), (', fixed_inputs={"n": 1}', "")],
    "default-removed": [("m: int = 2", "m: int"), ('{"n": 1}', '{"n": 1, "m": 1}')],
    "default-changed": [("m: int = 2", "m: int = 3")],
    "output-added": [("other(n: int) -> int:\n    return n", "other(n: int) -> tuple[int, int]:\n    return n, n")],
    "output-removed": [("other(n: int) -> int:\n    return n", "other(n: int) -> None:\n    pass")],
    "output-narrowed": [("other(n: int) -> int:", "other(n: int) -> int | str:")],
    "output-changed": [("other(n: int) -> int:", "other(n: int) -> str:")],
    "cache-version": [('cache_version="1"', 'cache_version="2"')],
    "cache-off": [('cache=True, cache_version="1", ', "")],
    "cache-on": [("@task\ndef other", '@task(cache=True, cache_version="1")\ndef other')],
    "cache-inputs": [('cache_version="1"', 'cache_version="1", cache_ignore_input_vars=("n",)')],
    "image": [("image:1", "image:2")],
    "environment": [('{"A": "1"}', '{"A": "2"}')],
    "resources": [('cpu="1"', 'cpu="2"')],
    "node-added": [("    b = inc(n=m)\n", "    b = inc(n=m)\n    other(n=m)\n")],
    "node-removed": [("    b = inc(n=m)\n", "    b = m\n")],
    "node-target": [("b = inc(n=m)", "b = other(n=m)")],
    "node-inputs": [("b = inc(n=m)", "b = inc(n=n)")],
    "node-order": [("    b = inc(n=m)\n", "    b = inc(n=m)\n    a >> b\n")],
    "condition": [("a > 1", "a > 2")],
    "outputs-bound": [("return conditional", "last = conditional"), ("inc(n=b))", "inc(n=b))\n    return a")],
    "schedule": [("@daily", "@hourly")],
    "fixed-added": [('{"n": 1}', '{"n": 1, "m": 1}')],
    "fixed-changed": [('{"n": 1}', '{"n": 2}')],
    "fixed-removed": [('fixed_inputs={"n": 1}', 'default_inputs={"n": 1}')],
    "target": [('(wf, "plan"', '(wf2, "plan"'), ("plan =", "@workflow\ndef wf2(n: int, m: int = 2) -> int:\n    return inc(n=n)\n\nplan =")],
    "setting": [("@task\ndef other", "@task(retries=3)\ndef other")],
}  # fmt: skip


def changed(edits):
    text = BASE
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def call(capsys, *arguments):
    with pytest.raises(SystemExit) as end:
        main([*map(str, arguments)])
    captured = capsys.readouterr()
    return end.value.code, captured.out, captured.err


@pytest.fixture(autouse=True)
def _own_plans(monkeypatch):
    monkeypatch.setattr(LaunchPlan, "CACHE", {})


@pytest.fixture
def program(tmp_path, capsys, monkeypatch):
    def write(text, name):
        edit(tmp_path / "changed_flow.py", text)
        monkeypatch.delitem(sys.modules, "changed_flow", raising=False)
        monkeypatch.setattr(LaunchPlan, "CACHE", {})
        code, _, err = call(capsys, "compile", tmp_path / "changed_flow.py", "-o", tmp_path / f"{name}.pb")
        assert code == 0, err
        return tmp_path / f"{name}.pb"

    yield write
    sys.modules.pop("changed_flow", None)


def test_every_rule_has_its_example():
    assert {*RULES, "command"} == set(CHANGE_RULES)
    assert {name for rule in CHANGE_RULES.values() for name in rule.breaks} < set(AUDIENCES)


@pytest.mark.parametrize("rule", sorted(RULES.keys() - {"node-removed", "output-narrowed"}))
def test_a_change_is_named_by_its_rule(capsys, program, rule):
    old, new = program(BASE, "old"), program(changed(RULES[rule]), "new")
    code, out, _ = call(capsys, "diff", old, new, "--json")
    document = json.loads(out)
    found = {each["rule"]: each for each in document["changes"]}
    assert rule in found, found
    assert found[rule]["breaks"] == [name for name in AUDIENCES if name in CHANGE_RULES[rule].breaks | {"versions"}]
    assert (code == 1) == any("callers" in each["breaks"] for each in document["changes"])
    assert document["ok"] == (code == 0)


TEXTS = pathlib.Path(__file__).with_name("changes.txt")


def test_each_change_reads_as_it_should(capsys, program):
    """`DRAWLOOM_UPDATE_GOLDENS=1 pytest` on this file writes the text anew; read the difference."""
    old = program(BASE, "old")
    shown = []
    for rule in sorted(RULES.keys() - {"node-removed", "output-narrowed"}):
        for one, other in ((old, new := program(changed(RULES[rule]), "new")), (new, old)):
            _, out, _ = call(capsys, "diff", one, other)
            shown.append(f"--- {rule}{', turned round' if one is new else ''}\n{out}")
    text = "\n".join(shown)
    if os.environ.get("DRAWLOOM_UPDATE_GOLDENS"):
        TEXTS.write_text(text)
    assert text == TEXTS.read_text()


def test_what_is_turned_round_is_the_other_rule(capsys, program):
    for rule, opposite in {"node-removed": "node-added", "output-narrowed": "output-changed"}.items():
        old, new = program(changed(RULES[opposite if rule == "node-removed" else rule]), "old"), program(BASE, "new")
        found = {each["rule"] for each in json.loads(call(capsys, "diff", old, new, "--json")[1])["changes"]}
        assert rule in found


def test_another_command_is_named(program):
    old = load(program(BASE, "old"))
    tasks = {key: pb.TaskTemplate.FromString(task.SerializeToString()) for key, task in old.tasks.items()}
    next(iter(tasks.values())).container.args[-1] = "moved"
    found = changes(Entities(old.tasks, {}, {}), Entities(tasks, {}, {}))
    assert [(each.rule, each.where) for each in found] == [("command", "container.args")]
    assert found[0].breaks == {"running", "versions"}


def test_the_text_is_a_sentence_and_the_exit_code_is_for_whom_was_asked(capsys, program):
    old, new = program(BASE, "old"), program(changed([("def other(n: int)", "def other(n: float)")]), "new")
    code, out, _ = call(capsys, "diff", old, new)
    assert code == 0
    assert "input `n`: int became float: callers that pass ints still work" in out
    assert re.search(r"^task changed_flow.other$", out, re.M)
    assert call(capsys, "diff", old, new, "--for", "cache")[0] == 1
    assert call(capsys, "diff", old, new, "--for", "running")[0] == 0
    assert call(capsys, "diff", old, new, "--for", "versions")[0] == 1
    assert call(capsys, "diff", old, old)[:2] == (0, "nothing changed\n")


def test_two_python_files_of_one_name_are_compared(capsys, tmp_path, monkeypatch):
    for folder, text in {"old": BASE, "new": changed(RULES["input-changed"])}.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "changed_flow2.py").write_text(text)
    code, out, _ = call(capsys, "diff", tmp_path / "old" / "changed_flow2.py", tmp_path / "new" / "changed_flow2.py")
    assert code == 1
    assert "task changed_flow2.other\n  breaks callers, cache, running: input `n`: int became str" in out
    (tmp_path / "old" / "changed_flow2.py").write_text("1 +")
    code, _, err = call(capsys, "diff", tmp_path / "old" / "changed_flow2.py", tmp_path / "new" / "changed_flow2.py")
    assert code == 2
    assert "cannot be compiled" in err


def test_both_sides_are_programs_of_a_peer(tmp_path):
    for folder, hint in {"old": "int", "new": "str"}.items():
        (tmp_path / folder).mkdir()
        text = f"from flytekit import task\n\n\n@task\ndef f(n: {hint}) -> int:\n    return 1\n"
        (tmp_path / folder / "peer_flow.py").write_text(text)
    wanted = [
        "diff",
        "--as",
        "flytekit",
        str(tmp_path / "old" / "peer_flow.py"),
        str(tmp_path / "new" / "peer_flow.py"),
    ]
    done = subprocess.run([sys.executable, "-m", "drawloom", *wanted], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "input `n`: int became str" in done.stdout

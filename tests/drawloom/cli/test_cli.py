"""The command line, as a person and as a program use it."""

import json
import os
import pathlib
import pty
import select
import subprocess
import sys
import time

import pytest

from drawloom.interpreter import State, read_info

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROGRAMS = pathlib.Path(__file__).parents[1] / "programs"
PIPELINE = str(PROGRAMS / "pipeline.py")
ACTIONS = str(PROGRAMS / "actions.py")
POINT = '{"x": 2, "y": 1.5}'


def environment(tmp_path):
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "DRAWLOOM_HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path),
        "PYTHONWARNINGS": "error",
    }


@pytest.fixture
def drawloom(tmp_path):
    def call(*arguments, code=0, cwd=tmp_path, stdin=""):
        done = subprocess.run(
            [sys.executable, "-m", "drawloom", *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            cwd=cwd,
            env=environment(tmp_path),
            input=stdin,
        )
        assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done

    return call


@pytest.fixture
def bundle(drawloom, tmp_path):
    drawloom("compile", PIPELINE, "-o", tmp_path / "p.pb")
    return tmp_path / "p.pb"


def test_compile_writes_one_bundle_that_verify_accepts(drawloom, bundle):
    assert "good (3 workflows, 4 tasks, 4 launch plans)" in drawloom("verify", bundle).stdout


def test_compile_writes_a_folder_of_spec_files(drawloom, tmp_path):
    drawloom("compile", PIPELINE, "-o", tmp_path / "specs")
    files = sorted(path.name for path in (tmp_path / "specs").iterdir())
    assert len(files) == 11
    assert all(name.endswith((".pb",)) for name in files)
    assert "good" in drawloom("verify", tmp_path / "specs").stdout


def test_compile_takes_names_and_a_module(drawloom, tmp_path):
    drawloom("compile", "pipeline", "wf", "-o", tmp_path / "one.pb", cwd=PROGRAMS)
    assert "1 workflow, 2 tasks" in drawloom("verify", tmp_path / "one.pb").stdout


def test_compiling_from_another_folder_gives_the_same_bytes(drawloom, bundle, tmp_path):
    drawloom("compile", "pipeline.py", "-o", tmp_path / "q.pb", cwd=PROGRAMS)
    assert (tmp_path / "q.pb").read_bytes() == bundle.read_bytes()


def test_a_compile_that_fails_leaves_the_old_file_and_no_other(drawloom, tmp_path):
    target = tmp_path / "out" / "x.pb"
    target.parent.mkdir()
    target.write_bytes(b"old")
    (tmp_path / "bad.py").write_text(
        "from drawloom import task, workflow\n@task\ndef t(a: int) -> int:\n    return a\n"
        "@workflow\ndef w(s: str) -> int:\n    return t(a=s)\n"
    )
    error = drawloom("compile", tmp_path / "bad.py", "-o", target, code=1).stderr
    assert "bad.py:7" in error
    assert target.read_bytes() == b"old"
    assert [path.name for path in target.parent.iterdir()] == ["x.pb"]


def test_compile_does_not_empty_a_folder_of_somebody_else(drawloom, tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("mine")
    assert "other files" in drawloom("compile", PIPELINE, "-o", tmp_path / "thesis", code=2).stderr
    assert (tmp_path / "thesis" / "chapter.txt").exists()


def test_show_prints_the_graph_with_types(drawloom, bundle):
    text = drawloom("show", bundle, "wf").stdout
    assert "workflow pipeline.wf" in text
    assert "task pipeline.scale" in text


def test_show_compiles_python_on_the_way(drawloom):
    assert "task pipeline.paint" in drawloom("show", PIPELINE).stdout


def test_run_from_python_and_from_the_file_give_the_same(drawloom, bundle):
    arguments = ["wf", "--point", POINT, "--by", "2"]
    here = drawloom("run", PIPELINE, *arguments).stdout
    there = drawloom("run", bundle, *arguments, cwd=PROGRAMS).stdout
    assert here == there == "o0 = red 4 3.0 ['a']\n"


def test_run_from_a_file_finds_task_modules_by_path(drawloom, bundle):
    assert "red" in drawloom("run", "--path", PROGRAMS, bundle, "wf", "--point", POINT).stdout
    assert "red" in drawloom("run", bundle, "wf", "--point", POINT, "--path", PROGRAMS).stdout
    error = drawloom("run", bundle, "wf", "--point", POINT, code=1).stderr
    assert "pipeline" in error
    assert "PYTHONPATH" in error


def test_run_takes_inputs_from_a_file_and_options_over_it(drawloom, tmp_path):
    (tmp_path / "in.json").write_text(json.dumps({"point": {"x": 1, "y": 1}, "color": "blue", "names": ["b", "c"]}))
    done = drawloom("run", "--inputs-file", tmp_path / "in.json", PIPELINE, "wf", "--by", "10")
    assert done.stdout == "o0 = blue 10 10.0 ['b', 'c']\n"


def test_run_gives_one_json_document(drawloom):
    done = drawloom("run", PIPELINE, "scale", "--point", POINT, "--json")
    assert json.loads(done.stdout) == {"ok": True, "outputs": {"o0": {"x": 4, "y": 3.0}}}
    assert done.stderr == ""


def test_run_of_a_launch_plan_uses_its_defaults_and_keeps_what_is_fixed(drawloom, bundle):
    assert drawloom("run", PIPELINE, "blue", "--point", POINT).stdout == "o0 = blue 10 7.5 ['a']\n"
    assert (
        "No such option"
        in drawloom("run", "--path", PROGRAMS, bundle, "blue", "--point", POINT, "--color", "red", code=2).stderr
    )


def test_help_lists_entities_and_inputs_with_types_defaults_and_texts(drawloom, bundle):
    listing = drawloom("run", bundle, "--help").stdout
    assert "pipeline.wf" in listing
    text = " ".join(drawloom("run", bundle, "wf", "--help").stdout.split())
    assert "--by" in text
    assert "how much larger [default: 3]" in text
    assert "where it is [required]" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", PIPELINE, "wf"], "missing input: --point"),
        (["run", PIPELINE, "wf", "--point", "{"], "--point"),
        (["run", PIPELINE, "wf", "--point", '{"x": "one"}'], "point"),
        (["run", PIPELINE, "wf", "--point", POINT, "--by", "many"], "--by"),
        (["run", PIPELINE, "wf", "--point", POINT, "--color", "green"], "red"),
        (["run", PIPELINE, "wf", "--point", POINT, "--size", "3"], "--size"),
        (["run", PIPELINE, "no_such"], "no_such"),
        (["run", "no_such.py", "wf"], "no_such.py"),
        (["run", "no.such", "wf"], "no.such"),
        (["compile", PIPELINE], "--output"),
        (["compile", PIPELINE, "nobody", "-o", "x.pb"], "nobody"),
        (["verify", "nothing.pb"], "nothing.pb"),
        (["frobnicate"], "frobnicate"),
        (["runs", "show", "nobody"], "nobody"),
        (["resume", "nobody"], "nobody"),
    ],
)
def test_a_wrong_command_line_ends_with_2_and_says_what_is_wrong(drawloom, arguments, words):
    assert words in drawloom(*arguments, code=2).stderr


def test_a_failed_run_ends_with_1_and_shows_the_users_error_and_the_trail(drawloom):
    done = drawloom("run", PIPELINE, "bad", "--n", "7", code=1)
    assert "ValueError: n is 7" in done.stderr
    assert "pipeline.py" in done.stderr
    document = json.loads(drawloom("run", PIPELINE, "bad", "--json", code=1).stdout)
    assert document["ok"] is False
    assert document["error"]["type"] == "ValueError"
    assert any("pipeline.fail" in step for step in document["error"]["trail"])


@pytest.mark.parametrize("content", [b"", b"\xff\xff\xff\xff", b"hello, this is not a bundle", None])
def test_a_foreign_or_truncated_file_is_one_clear_error(drawloom, bundle, tmp_path, content):
    bad = tmp_path / "bad.pb"
    bad.write_bytes(bundle.read_bytes()[:-7] if content is None else content)
    error = drawloom("verify", bad, code=1).stderr
    assert "bad.pb" in error
    assert len(error.splitlines()) <= 15


def test_a_module_that_cannot_be_imported_is_the_users_line_not_ours(drawloom, tmp_path):
    (tmp_path / "broken.py").write_text("import os\n\nraise RuntimeError('no data')\n")
    error = drawloom("run", tmp_path / "broken.py", "x", code=1).stderr
    assert "broken.py:3" in error
    assert "RuntimeError: no data" in error
    assert "src/drawloom" not in error


def test_a_syntax_error_is_at_its_own_line(drawloom, tmp_path):
    (tmp_path / "e2.py").write_text("x = 1\ndef(\n")
    error = drawloom("compile", tmp_path / "e2.py", "-o", "x.pb", code=1).stderr
    assert "e2.py:2" in error
    assert "foreign" not in error


def test_an_import_that_is_not_there_is_at_its_own_line(drawloom, tmp_path):
    (tmp_path / "e3.py").write_text("import no_such_thing\n")
    assert "e3.py:1" in drawloom("show", tmp_path / "e3.py", code=1).stderr


def test_a_task_module_that_is_gone_is_named(drawloom, tmp_path):
    (tmp_path / "gone.py").write_text("from drawloom import task\n@task\ndef t(a: int) -> int:\n    return a\n")
    drawloom("compile", tmp_path / "gone.py", "-o", tmp_path / "g.pb")
    (tmp_path / "gone.py").unlink()
    assert "gone" in drawloom("run", tmp_path / "g.pb", "t", "--a", "1", code=1).stderr


def test_durations_and_times_are_typed_as_people_type_them(drawloom):
    assert "PT5400S" in drawloom("run", PIPELINE, "spans", "--span", "1h30m").stdout


FLAGS = """
from typing import Optional
from drawloom import task, workflow


@task
def say(loud: bool, maybe: Optional[bool], n: int) -> str:
    return f"{loud} {maybe} {n}"


@workflow
def wf(loud: bool = False, maybe: Optional[bool] = None, n: int = 1) -> str:
    return say(loud=loud, maybe=maybe, n=n)


@workflow
def clear(is_on: bool = True, no_is_on: int = 3) -> str:
    return say(loud=is_on, maybe=None, n=no_is_on)
"""


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("wf", "False None 1"),
        ("wf --loud --n 2", "True None 2"),
        *[(f"wf --loud {word}", "True None 1") for word in ("true", "True", "TRUE", "1", "yes", "on")],
        *[(f"wf --maybe {word}", "False False 1") for word in ("false", "False", "0", "no", "off")],
        ("wf --maybe", "False True 1"),
        ("wf --maybe null", "False None 1"),
        ("wf --no-loud --no-maybe", "False False 1"),
        ("clear --no_is_on 4", "True None 4"),
        ("clear --is-on false", "False None 3"),
    ],
)
def test_a_bool_is_given_as_people_type_it(drawloom, tmp_path, given, shown):
    (tmp_path / "flags.py").write_text(FLAGS)
    assert drawloom("run", "flags.py", *given.split()).stdout.strip() == f"o0 = {shown}"


@pytest.mark.parametrize("given", ["--loud maybe", "--loud 2", "--loud true --no-loud", "--maybe 1.0"])
def test_what_is_no_bool_is_refused(drawloom, tmp_path, given):
    (tmp_path / "flags.py").write_text(FLAGS)
    drawloom("run", "flags.py", "wf", *given.split(), code=2)


def test_the_version_is_shown_without_an_installed_package(drawloom):
    assert drawloom("--version").stdout.startswith("drawloom, version ")


def test_run_takes_env_tasks_with_every_parameter_of_a_run_context(drawloom, tmp_path):
    done = drawloom(
        "run", "--name", "mine", "--project", "p", "--context", "who=me", "--run-base-dir", tmp_path / "record",
        "--copy-style", "none", "--version", "1", ACTIONS, "main", "--n", "4", "--word", "yo",
    )  # fmt: skip
    assert done.stdout == "o0 = yo 8 mine {'who': 'me'} p\n"
    assert read_info(tmp_path / "record").state is State.SUCCEEDED


def test_a_literals_values_are_the_ones_that_are_written(drawloom):
    assert drawloom("run", ACTIONS, "choose").stdout == "o0 = Q ['A']\n"
    assert drawloom("run", ACTIONS, "choose", "--input.mode", "p", "--modes", '["a"]').stdout == "o0 = p ['a']\n"
    for wrong in (["--input.mode", "P"], ["--input.mode", "q"], ["--modes", '["b"]']):
        drawloom("run", ACTIONS, "choose", *wrong, code=2)


def test_a_failed_env_task_ends_with_1(drawloom):
    assert "KeyError: 'gone'" in drawloom("run", ACTIONS, "broken", code=1).stderr


def test_runs_are_recorded_listed_shown_and_resumed(drawloom):
    drawloom("run", PIPELINE, "bad", "--n", "7", code=1)
    listed = json.loads(drawloom("runs", "--json").stdout)["runs"]
    assert [run["state"] for run in listed] == ["FAILED"]
    name = listed[0]["name"]
    assert "n is 7" in drawloom("runs", "show", name).stdout
    assert "FAILED" in drawloom("runs", "show", name, "--node", "n0").stdout
    assert "n is 7" in drawloom("resume", "--path", PROGRAMS, name, code=1).stderr


def test_a_gate_is_answered_from_another_terminal(drawloom, tmp_path):
    (tmp_path / "gates.py").write_text(
        "from datetime import timedelta\nfrom drawloom import approve, task, workflow, wait_for_input\n"
        "@task\ndef say(n: int) -> str:\n    return f'got {n}'\n"
        "@workflow\ndef ask() -> str:\n    n = wait_for_input('how-many', timeout=timedelta(minutes=1), expected_type=int)\n"
        "    return say(n=approve(n, 'really', timeout=timedelta(minutes=1)))\n"
    )
    command = [sys.executable, "-m", "drawloom", "run", "--name", "waiting", "gates.py", "ask"]
    running = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment(tmp_path),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.PIPE,
    )
    try:
        record = tmp_path / "home" / "runs" / "waiting"
        for _ in range(600):
            if (record / "run.json").exists() or running.poll() is not None:
                break
            time.sleep(0.05)
        assert "how-many, really" in drawloom("signal", "waiting", "nothing", "1", code=2).stderr
        assert "yes or no" in drawloom("signal", "waiting", "really", "maybe", code=2).stderr
        assert "how-many" in drawloom("signal", "waiting", "how-many", "many", code=1).stderr
        drawloom("signal", "waiting", "how-many", "7")
        drawloom("signal", "waiting", "really", "yes")
        shown, errors = running.communicate(timeout=60)
    finally:
        running.kill()
        running.wait()
    assert shown == "o0 = got 7\n", errors


def test_the_cache_can_be_listed_verified_and_cleared(drawloom, tmp_path):
    (tmp_path / "cached.py").write_text(
        "from drawloom import task\n@task(cache=True, cache_version='1')\ndef t(a: int) -> int:\n    print('ran')\n    return a\n"
    )
    assert "ran" in drawloom("run", tmp_path / "cached.py", "t", "--a", "1").stdout
    assert "ran" not in drawloom("run", tmp_path / "cached.py", "t", "--a", "1").stdout
    assert "cached.t" in drawloom("cache", "ls").stdout
    assert "good" in drawloom("cache", "verify").stdout
    assert "1 entry" in drawloom("cache", "clear").stdout
    assert "empty" in drawloom("cache", "ls").stdout


def in_terminal(tmp_path, *arguments, keys=b""):
    """The command in a real pseudo-terminal; what it printed, and its exit code."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(tmp_path)
        os.execve(
            sys.executable,
            [sys.executable, "-m", "drawloom", *map(str, arguments)],
            {**environment(tmp_path), "TERM": "xterm-256color"},
        )
    shown = b""
    if keys:
        os.write(terminal, keys)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        ready, _, _ = select.select([terminal], [], [], 1)
        if ready:
            try:
                part = os.read(terminal, 4096)
            except OSError:
                break
            if not part:
                break
            shown += part
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    return shown.decode(), os.waitstatus_to_exitcode(status)


def test_a_terminal_gets_colour_and_signs(tmp_path):
    shown, code = in_terminal(tmp_path, "run", PIPELINE, "wf", "--point", POINT)
    assert code == 0
    assert "✓" in shown
    assert "\x1b[" in shown
    assert "red 6 4.5" in shown


def test_a_terminal_shows_a_failed_run_without_our_traceback(tmp_path):
    shown, code = in_terminal(tmp_path, "run", PIPELINE, "bad")
    assert code == 1
    assert "✗" in shown
    assert "Traceback" not in shown


def test_a_gate_asks_at_the_terminal(tmp_path):
    (tmp_path / "gate.py").write_text(
        "from datetime import timedelta\nfrom drawloom import task, workflow, wait_for_input\n"
        "@task\ndef say(n: int) -> str:\n    return f'got {n}'\n"
        "@workflow\ndef ask() -> str:\n    return say(n=wait_for_input('how-many', timeout=timedelta(minutes=1), expected_type=int))\n"
    )
    shown, code = in_terminal(tmp_path, "run", "gate.py", "ask", keys=b"7\n")
    assert code == 0
    assert "got 7" in shown


def test_a_node_that_failed_before_it_ran_took_no_negative_time(capsys):
    from drawloom.cli.terminal.output import Output
    from drawloom.cli.terminal.progress import ProgressLines
    from drawloom.interpreter import Event, State

    lines = ProgressLines(Output())
    for _ in range(100):
        lines(Event("n0", State.FAILED, "greet", None, 1, 0.0))
    assert "-0.00s" not in "".join(capsys.readouterr())

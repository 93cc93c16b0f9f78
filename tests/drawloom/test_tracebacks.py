"""What a person sees of an error: their own frames and the message, in a script, in pytest and in a notebook."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import traceback

import pytest

from drawloom import eager, task, workflow
from literals import DrawloomError, attempt
from literals.tracebacks import without_our_frames
from meta import _source

OURS = re.compile(rf'File "{re.escape(str(_source.SRC))}{os.sep}')


@task
def fails(a: int) -> int:
    raise KeyError("k", a)


@workflow
def outer(a: int) -> int:
    return fails(a=a)


def test_a_users_error_shows_the_call_and_the_task_and_hardly_a_frame_of_ours():
    error = attempt(outer, a=3).error
    assert isinstance(error, KeyError)
    assert error.args == ("k", 3)
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f.name for f in frames if f.filename.startswith(str(_source.SRC)) and "foreign" not in f.filename]
    assert frames[-1].name == "fails"
    assert ours == ["__call__", "call_entity"]


HEAD = """
import asyncio
from drawloom import dynamic, eager, task, workflow

@task
def one(a: int) -> int:
    return a

@task
async def soon(a: int) -> int:
    return a

@eager
async def main(a: int) -> int:
    return soon(a=a)

"""
WAYS = {
    "a_promise_in_an_if": "    @workflow\n    def wf(a: int) -> int:\n        if a: pass\n        return a\n    wf(a=1)",
    "a_promise_unpacked": "    @workflow\n    def wf(a: int) -> int:\n        b, c = one(a=a)\n        return b\n    wf(a=1)",
    "a_wrong_argument": "    @workflow\n    def wf(a: int) -> int:\n        return one(a='x')\n    wf(a=1)",
    "a_wrong_value": "    one(a='x')",
    "a_missing_input": "    one()",
    "an_unknown_option": "    @task(retrys=1)\n    def t(a: int) -> int:\n        return a",
    "no_annotation": "    @task\n    def t(a):\n        return a",
    "a_task_of_a_workflow": "    @workflow\n    def wf(a: int) -> int:\n        return a\n    task(wf)",
    "a_dynamic_of_an_async_function": "    @dynamic\n    async def t(a: int) -> int:\n        return a",
    "no_await": "    asyncio.run(main(a=1))",
}
"""Programs whose error nobody catches."""


def run(tmp_path, body, *options, name="program.py", **environment):
    path = tmp_path / name
    path.write_text(f"{HEAD}{body}\n", encoding="utf-8")
    command = [sys.executable, *options, str(path)]
    env = {**os.environ, "PYTHONWARNINGS": "ignore", **environment}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)


def program(way):
    return f"def call():\n{WAYS[way]}\n\ncall()"


@pytest.mark.parametrize("way", WAYS)
def test_a_script_shows_the_users_lines_and_the_message(tmp_path, way):
    shown = run(tmp_path, program(way)).stderr
    assert "to fix: " in shown
    assert OURS.findall(shown) == [], shown
    assert 'program.py", line' in shown


def test_an_environment_variable_shows_every_frame(tmp_path):
    body = program("a_promise_in_an_if")
    full = run(tmp_path, body, DRAWLOOM_FULL_TRACEBACK="1").stderr
    assert len(OURS.findall(full)) > 8
    assert full.splitlines()[-1] == run(tmp_path, body).stderr.splitlines()[-1]


def test_pytest_shows_no_frame_of_ours(tmp_path):
    body = "".join(f"def test_{way}():\n{text}\n\n" for way, text in WAYS.items())
    shown = run(
        tmp_path, body, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", name="test_program.py"
    )
    assert f"{len(WAYS)} failed" in shown.stdout
    frames = re.findall(r"^(\S+\.py):\d+: ?", shown.stdout, re.MULTILINE)
    assert len(frames) >= len(WAYS)
    assert [frame for frame in frames if "src/" in frame and not frame.endswith("test_program.py")] == []


def test_what_a_task_raises_shows_the_users_frames_alone(tmp_path):
    calls = {
        "a workflow": "    @workflow\n    def wf(a: int) -> float:\n        return div(a=a)\n    wf(a=0)",
        "a task": "    div(a=0)",
        "a dynamic": "    grown(a=0)",
        "an environment": "    drawloom.run(env_div, a=0)",
    }
    body = (
        "import drawloom\nenv = drawloom.TaskEnvironment(name='e')\n@env.task\ndef env_div(a: int) -> float:\n    return 1 / a\n"
        "@task\ndef div(a: int) -> float:\n    return helper(a)\ndef helper(a):\n    return 1 / a\n"
        "@dynamic\ndef grown(a: int) -> float:\n    return div(a=a)\n"
    )
    for way, call in calls.items():
        shown = run(tmp_path, f"{body}def call():\n{call}\ncall()", DRAWLOOM_HOME=str(tmp_path / "home")).stderr
        assert OURS.findall(shown) == [], (way, shown)
        assert shown.count("ZeroDivisionError: division by zero") == 1, (way, shown)
        assert "    return 1 / a" in shown
        assert "    call()" in shown or "    ^^^" in shown


def test_what_the_user_called_python_with_stays_and_what_drawloom_did_goes():
    """asyncio between the user's frames is theirs; asyncio right below a frame of drawloom is how it called them."""

    async def fails_late():
        raise KeyError("k")

    def modules(trail):
        found = []
        while trail is not None:
            found.append(trail.tb_frame.f_globals["__name__"].partition(".")[0])
            trail = trail.tb_next
        return found

    own, ours = __name__.partition(".")[0], "literals"
    found = attempt(lambda: asyncio.run(fails_late())).error
    assert modules(found.__traceback__)[:2] == [ours, own]
    assert "asyncio" in modules(without_our_frames(found.__traceback__))
    direct = attempt(asyncio.run, fails_late()).error
    assert modules(direct.__traceback__)[:2] == [ours, "asyncio"]
    assert modules(without_our_frames(direct.__traceback__)) == [own]


def test_a_hook_of_the_users_stays(tmp_path):
    body = "import sys\nsys.excepthook = lambda kind, error, trail: print('mine', kind.__name__)\none(a='x')"
    assert run(tmp_path, body).stdout == "mine TypeTransformerFailedError\n"


def test_a_notebook_shows_what_a_script_shows(tmp_path):
    @workflow
    def wf(a: int) -> int:
        return a if a else 1

    error = attempt(wf, a=1).error
    assert isinstance(error, DrawloomError)
    lines = "".join(error._render_traceback_())
    assert "in wf\n    return a if a else 1" in lines
    assert lines.rstrip().endswith("^")
    assert not OURS.findall(lines)


@task
async def soon(a: int) -> int:
    return a


@eager
async def adds_to_what_was_not_awaited(a: int) -> int:
    return soon(a=a) + 1  # type: ignore[operator]


@task
async def runs_a_loop_in_a_loop() -> int:
    import asyncio

    async def inner() -> int:
        return 1

    made = inner()
    try:
        return asyncio.run(made)
    finally:
        made.close()


def test_a_loop_within_a_loop_is_told_the_cure():
    import asyncio

    error = attempt(asyncio.run, runs_a_loop_in_a_loop()).error
    assert isinstance(error, RuntimeError)
    assert any("write `await` before the coroutine" in note for note in error.__notes__)


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
def test_an_await_that_is_missing_is_named():
    import asyncio

    error = attempt(asyncio.run, adds_to_what_was_not_awaited(a=1)).error
    assert isinstance(error, TypeError)
    assert "to fix: a call of an async task gives a coroutine; write `await` before it" in error.__notes__

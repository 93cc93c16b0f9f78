"""Errors whose text nobody can write: recorded runs, documents and events hold them escaped, and nothing else breaks."""

import json
import os
import subprocess
import sys

import pytest

import drawloom
from drawloom import task, workflow
from drawloom.interpreter import RunOptions, State, read_run
from literals import error_text, foreign_text, pb
from running import outcome

LONE = "bad \udc80 name \ud800"
ESCAPED = "bad \\udc80 name \\ud800"
env = drawloom.TaskEnvironment("foreign-errors")


class UnprintableError(Exception):
    """Its text cannot be had."""

    def __str__(self):
        raise RuntimeError("no text")


KINDS = {
    "surrogate": lambda: ValueError(LONE),
    "file": lambda: FileNotFoundError(2, "No such file", os.fsdecode(b"caf\xe9")),
    "unprintable": UnprintableError,
    "ours": lambda: drawloom.DrawloomError(LONE, got=LONE),
}


@task(retries=1)
def fails(kind: str) -> int:
    raise KINDS[kind]()


@workflow
def wf(kind: str) -> int:
    return fails(kind=kind)


@env.task(retries=1)
def action(kind: str) -> int:
    raise KINDS[kind]()


@pytest.mark.parametrize("kind", KINDS)
def test_a_recorded_run_holds_the_error(tmp_path, kind):
    result = outcome(wf, RunOptions(raise_errors=False, run_dir=tmp_path / "run"), kind=kind)
    assert result.state is State.FAILED
    assert type(result.error) is type(KINDS[kind]())
    read_run(tmp_path / "run")
    assert (tmp_path / "run" / "journal.wal").stat().st_size > 0
    assert result.nodes["n0"].detail == result.failure.message()
    result.failure.message().encode()


@pytest.mark.parametrize("kind", KINDS)
def test_a_recorded_action_holds_the_error(tmp_path, kind):
    with pytest.raises(type(KINDS[kind]())):
        drawloom.with_runcontext(run_base_dir=tmp_path / "run").run(action, kind)
    json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", ["surrogate", "unprintable"])
def test_a_container_leaves_a_document(tmp_path, kind):
    module = tmp_path / "raising.py"
    module.write_text(
        "from drawloom import task\n"
        "class Unprintable(Exception):\n    def __str__(self):\n        raise RuntimeError\n"
        f"@task\ndef fails() -> int:\n    raise {'Unprintable()' if kind == 'unprintable' else f'ValueError({LONE!r})'}\n",
        encoding="utf-8",
    )
    (tmp_path / "inputs.pb").write_bytes(b"")
    command = [
        sys.executable, "-c", "import sys; from drawloom.interpreter.tasks.container import main; sys.exit(main())",
        "--inputs", "inputs.pb", "--output-prefix", "out",
        "--resolver", "compiler.default_task_resolver", "--", "task-module", "raising", "task-name", "fails",
    ]  # fmt: skip
    paths = os.pathsep.join([*filter(None, sys.path), str(tmp_path)])
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    document = pb.ErrorDocument.FromString((tmp_path / "out" / "error.pb").read_bytes())
    assert (
        "Unprintable: <Unprintable whose __str__ raised" if kind == "unprintable" else ESCAPED
    ) in document.error.message


def test_text_is_escaped_and_never_fails():
    assert foreign_text(LONE) == ESCAPED
    assert foreign_text(UnprintableError()) == "<UnprintableError whose __str__ raised RuntimeError>"
    assert error_text(ValueError("plain ü")) == "ValueError: plain ü"

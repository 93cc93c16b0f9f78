"""`drawloom-execute`: its arguments, and what it leaves unloaded."""

import os
import subprocess
import sys

import pytest

from drawloom.interpreter.tasks.container import main, parse
from literals import pack_map, unpack_map
from typeengine import default_engine

PLAIN = ["--inputs", "i.pb", "--output-prefix", "out", "--resolver", "r.r"]


def test_values_come_behind_their_names_or_after_an_equals_sign():
    args = parse(["--inputs=i.pb", "--output-prefix", "out", "--resolver", "r.r", "a", "--", "--b", "c"])
    assert (args.inputs, args.output_prefix, args.resolver, args.loader) == ("i.pb", "out", "r.r", ["a", "--b", "c"])


def test_template_arguments_that_were_not_filled_in_are_absent():
    args = parse([*PLAIN, "--checkpoint-path", "{{.checkpointOutputPrefix}}", "--raw-output-data-prefix", "s3://b/x"])
    assert (args.checkpoint_path, args.prev_checkpoint, args.raw_output_data_prefix) == ("", "", "s3://b/x")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (PLAIN[:4], "--resolver"),
        ([*PLAIN, "--unknown", "x"], "--unknown"),
        ([*PLAIN, "--checkpoint-path"], "--checkpoint-path"),
        (["--help"], "drawloom-execute"),
    ],
)
def test_wrong_arguments_are_said_as_every_command_says_them(given, words, capsys):
    with pytest.raises(SystemExit):
        parse(given)
    said = capsys.readouterr()
    assert words in said.out + said.err


MODULE = """
import sys
from drawloom import task

@task
def plain(a: int, b: str) -> str:
    return b * a

@task
def loaded() -> str:
    heavy = ("asyncio", "argparse", "tempfile", "uuid", "google.protobuf", "msgpack", "sqlite3", "drawloom.interpreter.api")
    return " ".join(name for name in heavy if name in sys.modules)

@task
def looks(a: int) -> str:
    from drawloom import FlyteContextManager, ctx, current_context

    store = FlyteContextManager.current_context().file_access
    assert store is FlyteContextManager.current_context().file_access
    assert ctx() is ctx()
    return f"{ctx().mode} {ctx().output_path} {current_context().raw_output_prefix} {store.raw_output_prefix}"
"""


def started(tmp_path, task, inputs):
    (tmp_path / "entry_tasks.py").write_text(MODULE)
    (tmp_path / "inputs.pb").write_bytes(pack_map(inputs))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*filter(None, sys.path), str(tmp_path)])}
    command = [
        sys.executable, "-c", "import sys; from drawloom.interpreter.tasks.container import main; sys.exit(main())",
        "--inputs", "inputs.pb", "--output-prefix", "out", "--raw-output-data-prefix", "raw",
        "--resolver", "compiler.default_task_resolver", "--", "task-module", "entry_tasks", "task-name", task,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert os.listdir(tmp_path / "out") == ["outputs.pb"], done.stderr
    outputs = unpack_map((tmp_path / "out" / "outputs.pb").read_bytes())
    return default_engine().codec(str).decode(outputs["o0"])


def test_a_plain_task_in_a_process_of_its_own(tmp_path):
    engine = default_engine()
    inputs = {"a": engine.codec(int).encode(3), "b": engine.codec(str).encode("xy")}
    assert started(tmp_path, "plain", inputs) == "xyxyxy"


def test_a_plain_task_loads_neither_protobuf_nor_an_event_loop_nor_the_engine_of_runs(tmp_path):
    assert started(tmp_path, "loaded", {}) == ""


def test_what_a_task_asks_for_is_made_when_it_asks(tmp_path):
    assert started(tmp_path, "looks", {"a": default_engine().codec(int).encode(1)}) == "remote out raw raw/"


def test_inputs_that_are_not_there_make_an_error_document(tmp_path):
    out = tmp_path / "out"
    assert main(["--inputs", str(tmp_path / "none.pb"), "--output-prefix", str(out), "--resolver", "r.r"]) == 0
    assert os.listdir(out) == ["error.pb"]

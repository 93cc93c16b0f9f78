"""What a worker prepares for attempts is kept for those of the same kind, and for no others."""

import importlib
import sys

import pytest

import executor_program as program
from drawloom.interpreter.tasks.attempt_record import AttemptRecord, forget_prepared, run_attempts
from typeengine import default_engine


def record(module, name, **more):
    fields = {
        "run": "r", "address": "n0", "number": 1, "name": f"{module}.{name}", "inputs": {}, "variables": {}, "timeout": 0.0,
        "loader": ("compiler.default_task_resolver", ("task-module", module, "task-name", name)), "checkpoints": "",
        "raw_output_prefix": "", "data_config": None, "custom_context": {}, "parameters": {},
    }  # fmt: skip
    return AttemptRecord(**{**fields, **more})


def given(made, hint):
    (result,) = run_attempts([made])
    assert result.outputs is not None, result.text
    return default_engine().codec(hint).decode(result.outputs["o0"])


def test_each_attempt_finds_its_own_surroundings(tmp_path):
    for raw, value in [("a", "1"), ("a", "1"), ("a", "2"), ("b", "2"), ("a", "1")]:
        context = {"raw_output_prefix": str(tmp_path / raw), "custom_context": {"k": value}}
        made = record("executor_program", "looks", variables={"DRAWLOOM_TEST_EXECUTOR": "on"}, **context)
        assert given(made, str) == f"on {tmp_path / raw}/ {value}"


def test_raw_data_below_a_remote_prefix_lie_by_run_and_node_as_those_of_threads_do():
    made = record("executor_program", "raw_address", raw_output_prefix="memory://b/raw", raw_folder="run-1")
    assert given(made, str).startswith("memory://b/raw/run-1/n0/")


def test_inputs_are_each_attempts_own():
    codec = default_engine().codec(int)
    results = run_attempts([record("executor_program", "same", inputs={"x": codec.encode(x)}) for x in (1, 2)])
    results += run_attempts([record("executor_program", "same", inputs={"x": codec.encode(x)}) for x in (3,)])
    assert [codec.decode(each.outputs["o0"]) for each in results] == [1, 2, 3]
    assert program.same.name == "executor_program.same"


def test_what_was_prepared_of_forgotten_modules_is_not_used_again(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    text = "from drawloom import task\n@task\ndef tells() -> int:\n    return {}\n"
    for number, forgets in [(1, False), (2, False), (3, True)]:
        (tmp_path / "prepared_program.py").write_text(text.format(number) + "#" * number)
        sys.modules.pop("prepared_program", None)
        importlib.invalidate_caches()
        if forgets:
            forget_prepared()
        assert given(record("prepared_program", "tells"), int) == (3 if forgets else 1)
    del sys.modules["prepared_program"]


def test_a_task_that_is_not_found_is_told_each_time():
    for _ in range(2):
        (result,) = run_attempts([record("executor_program", "nobody")])
        assert "EntityNotFoundError" in result.line


@pytest.fixture(autouse=True)
def _nothing_is_left():
    yield
    forget_prepared()

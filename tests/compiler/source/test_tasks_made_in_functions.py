"""Tasks that no module variable holds: they run here, and cannot be written for a container."""

from __future__ import annotations

import sqlite3

import pytest

from compiler import ResolverError, SerializationSettings, compile_bundle, default_task_resolver
from compiler.options.settings import LiveSettings
from drawloom import PythonInstanceTask, dynamic, kwtypes, workflow
from drawloom.flytekit.extras.sqlite3.task import SQLite3Config, SQLite3Task
from drawloom.flytekit.extras.tasks.shell import ShellTask
from literals import DrawloomError


def shell():
    return ShellTask(name="in_function", script="echo {inputs.x}", inputs=kwtypes(x=str))


def test_a_shell_task_made_in_a_function_runs_when_it_is_called(capfd):
    assert shell()(x="hello") is None
    assert "hello" in capfd.readouterr().out


def test_a_database_task_made_in_a_function_runs_when_it_is_called(tmp_path):
    path = tmp_path / "some.db"
    with sqlite3.connect(path) as made:
        made.execute("create table t (a integer)")
        made.execute("insert into t values (7)")
    made.close()
    asked = SQLite3Task(
        name="in_function_sql",
        query_template="select a from t where a = {{ .inputs.a }}",
        inputs=kwtypes(a=int),
        output_schema_type=list[dict[str, int]],
        task_config=SQLite3Config(uri=str(path)),
    )
    assert asked(a=7) == [{"a": 7}]


def test_a_workflow_and_a_dynamic_task_run_it_too(capfd):
    made = shell()

    @workflow
    def wf(x: str):
        made(x=x)

    wf(x="from a workflow")
    expand(x="from a dynamic task")
    written = capfd.readouterr().out
    assert "from a workflow" in written
    assert "from a dynamic task" in written


@dynamic
def expand(x: str):
    shell()(x=x)


def test_writing_it_for_a_container_says_what_is_missing():
    with pytest.raises(DrawloomError, match="no variable of module .* holds this ShellTask") as caught:
        compile_bundle([shell()])
    assert "top level" in caught.value.fix


def test_its_loader_arguments_lead_to_no_task():
    made = shell()
    found = default_task_resolver.loader_args(LiveSettings(), made)
    assert found == ["task-module", __name__, "task-name", ""]
    with pytest.raises(ResolverError):
        default_task_resolver.load_task(found)


held = PythonInstanceTask(name="held_by_a_variable")


def test_a_task_that_a_variable_holds_is_found_by_it_also_in_a_live_run():
    for settings in (LiveSettings(), SerializationSettings()):
        assert default_task_resolver.loader_args(settings, held)[-1] == "held"

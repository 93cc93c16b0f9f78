"""Tasks that an executor runs by their template: here with the task at hand, and from a file by the executor's class alone."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from typing import Any, NamedTuple

import pytest

from compiler import (
    AuthoringError,
    ExecutableTemplateShimTask,
    Interface,
    LiveSettings,
    OptionError,
    OutputCountError,
    PythonCustomizedContainerTask,
    Resources,
    Secret,
    SerializationSettings,
    ShimTaskExecutor,
    SQLite3Config,
    SQLite3Task,
    SQLTask,
    TaskTemplateResolver,
    compile_bundle,
    default_task_template_resolver,
    workflow,
)
from compiler.errors import NotImportableError
from drawloom.flytekit.core.utils import load_proto_from_file, str2bool, write_proto_to_file
from drawloom.interpreter import RunOptions, load, run
from literals import pb
from typeengine import TypeEngine


class Times(ShimTaskExecutor[Any]):
    """Knows the factor from the template alone, and says which kind of template it got."""

    def execute_from_model(self, tt: Any, **kwargs: Any) -> Any:
        return kwargs["x"] * tt.custom["factor"], tt.custom["texts"] + [tt.type, tt.config["a"]]


class TimesTask(PythonCustomizedContainerTask[Any]):
    def __init__(self, name: str, factor: int, executor_type: Any = Times, **kwargs: Any) -> None:
        super().__init__(
            name, None, "an/image:1", executor_type, task_type="times",
            interface=Interface({"x": int}, {"o0": int, "o1": list[str]}), **kwargs,
        )  # fmt: skip
        self._factor = factor

    def get_custom(self, settings: SerializationSettings) -> dict[str, Any]:
        return {"factor": self._factor, "texts": ["t"], "more": {"a": None, "b": 0.5, "c": True}}

    def get_config(self, settings: SerializationSettings) -> dict[str, str]:
        return {"a": "b"}


triple = TimesTask(
    "triple", 3, requests=Resources(cpu="1"), limits=Resources(mem="1Gi"), environment={"V": "1"},
    secret_requests=[Secret(group="g", key="k")],
)  # fmt: skip


@workflow
def tripled(x: int) -> tuple[int, list[str]]:
    return triple(x=x)


GIVEN = (21, ["t", "times", "b"])


def test_a_call_gives_the_executor_the_template():
    assert triple(x=7) == GIVEN
    assert tripled(x=7) == GIVEN
    assert triple.task_template.id.name == "triple"
    assert isinstance(triple.executor, Times)


@pytest.mark.parametrize("isolation", ["thread", "process"])
@pytest.mark.parametrize("entity", [triple, tripled], ids=["task", "node"])
def test_the_file_runs_by_the_executor_alone(entity, isolation):
    program = load(compile_bundle([entity], SerializationSettings()).data)
    outputs = run(program, {"x": 7}, options=RunOptions(isolation=isolation)).outputs
    assert TypeEngine.to_python_value(None, pb.Literal.FromString(outputs["o0"]), int) == GIVEN[0]
    assert TypeEngine.to_python_value(None, pb.Literal.FromString(outputs["o1"]), list[str]) == GIVEN[1]


def test_the_template_says_how_the_container_starts():
    settings = SerializationSettings(project="p", domain="d", version="v", env={"E": "2"})
    made = triple.serialize_to_model(settings)
    container = made.container
    assert list(container.args)[-4:] == [
        "compiler.default_task_template_resolver", "--", "{{.taskTemplatePath}}", f"{__name__}.Times",
    ]  # fmt: skip
    assert (container.image, {pair.key: pair.value for pair in container.env}) == ("an/image:1", {"E": "2", "V": "1"})
    assert [each.value for each in (*container.resources.requests, *container.resources.limits)] == ["1", "1Gi"]
    assert (made.id.project, made.id.version, made.security_context.secrets[0].group) == ("p", "v", "g")
    assert (made.custom, made.config) == (
        {"factor": 3, "texts": ["t"], "more": {"a": None, "b": 0.5, "c": True}},
        {"a": "b"},
    )
    written = compile_bundle([triple], settings).bundle.tasks[0].template
    assert written == made.message


def test_a_resolver_makes_a_task_of_a_template_in_a_file(tmp_path):
    path = str(tmp_path / "below" / "template.pb")
    write_proto_to_file(triple.task_template.message, path)
    assert load_proto_from_file(pb.TaskTemplate, path) == triple.task_template.message
    shim = TaskTemplateResolver().load_task([path, f"{__name__}.Times"])
    assert isinstance(shim, ExecutableTemplateShimTask)
    assert (shim.name, shim.execute(x=2)) == ("triple", (6, ["t", "times", "b"]))
    inputs = pb.LiteralMap(literals={"x": TypeEngine.to_literal(None, 2, int, TypeEngine.to_literal_type(int))})
    assert shim.dispatch_execute(None, inputs).literals["o0"].scalar.primitive.integer == 6


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([], "not a template's"),
        (["nowhere.pb", "a.B"], "template cannot be read"),
        (["{path}", "nowhere.B"], "no executor"),
        (["{path}", f"{__name__}.GIVEN"], "no executor"),
    ],
)
def test_arguments_that_lead_nowhere_are_refused(tmp_path, args, said):
    path = tmp_path / "t.pb"
    path.write_bytes(b"")
    with pytest.raises(ValueError, match=said):
        default_task_template_resolver.load_task([arg.format(path=path) for arg in args])


class Pair(NamedTuple):
    low: int
    high: str


class Low(ShimTaskExecutor[Any]):
    def execute_from_model(self, tt: Any, **kwargs: Any) -> Any:
        return RETURNED[kwargs["x"]]


RETURNED: dict[int, Any] = {
    0: {"high": "h", "low": 1}, 1: Pair(1, "h"), 2: (1, "h"), 3: {"low": 1},
}  # fmt: skip


class LowTask(TimesTask):
    def __init__(self) -> None:
        PythonCustomizedContainerTask.__init__(
            self, "low", None, "i", Low, interface=Interface({"x": int}, {"low": int, "high": str})
        )
        self._factor = 1


low = LowTask()


def test_outputs_by_name_are_told_apart_from_a_file_too():
    program = load(compile_bundle([low], SerializationSettings()).data)
    for x in (0, 1):
        assert low(x=x) == (1, "h")
        outputs = run(program, {"x": x}).outputs
        assert TypeEngine.to_python_value(None, pb.Literal.FromString(outputs["high"]), str) == "h"
    assert low(x=2) == (1, "h")  # the declared order is known here
    with pytest.raises(OutputCountError, match="in which order its outputs were declared"):
        run(program, {"x": 2})
    with pytest.raises(OutputCountError, match="other outputs than the task has"):
        low(x=3)


def test_an_executor_that_nothing_can_import_is_refused():
    class Local(Times):
        pass

    here = TimesTask("local_times", 2, Local)
    assert here(x=1) == (2, ["t", "times", "b"])
    with pytest.raises(NotImportableError, match="cannot import the executor"):
        compile_bundle([here], SerializationSettings())


def test_what_a_subclass_has_to_define_is_said():
    class Silent(PythonCustomizedContainerTask[Any]):
        pass

    with pytest.raises(AuthoringError, match="does not define get_custom"):
        Silent("silent", None, "i", Times)()
    with pytest.raises(AuthoringError, match="does not define execute_from_model"):
        TimesTask("plain", 1, ShimTaskExecutor)(x=1)
    with pytest.raises(OptionError, match="executor_type is not a class"):
        TimesTask("odd", 1, Times())


def test_a_sql_plugin_has_both_bases(tmp_path):
    class Rows(ShimTaskExecutor[Any]):
        def execute_from_model(self, tt: Any, **kwargs: Any) -> Any:
            return SQLTask.interpolate_query(tt.custom["query"], **kwargs)

    class Ask(PythonCustomizedContainerTask[Any], SQLTask[Any]):
        def get_custom(self, settings: SerializationSettings) -> dict[str, Any]:
            return {"query": self.query_template}

    ask = Ask(
        "ask", task_config=None, container_image="i", executor_type=Rows, query_template="select {{ .inputs.n }}",
        inputs={"n": int}, outputs={"o0": str},
    )  # fmt: skip
    assert ask(n=4) == "select 4"


def test_a_sqlite_task_of_flytekits_runs_by_drawlooms_executor(tmp_path):
    database = tmp_path / "d.db"
    with sqlite3.connect(database) as connection:
        connection.execute("create table t (a int)")
        connection.execute("insert into t values (5)")
    connection.close()
    rows = SQLite3Task("rows", "select a from t where a > {{ .inputs.n }}", {"n": int}, SQLite3Config(str(database)))
    template = compile_bundle([rows], LiveSettings()).bundle.tasks[0].template
    module = "flytekit.core.python_customized_container_task"
    template.container.args[:] = [
        "pyflyte-execute", "--resolver", f"{module}.default_task_template_resolver", "--", "{{.taskTemplatePath}}",
        "flytekit.extras.sqlite3.task.SQLite3TaskExecutor",
    ]  # fmt: skip
    bundle = compile_bundle([rows], LiveSettings()).bundle
    bundle.tasks[0].template.CopyFrom(template)
    outputs = run(load(bundle), {"n": 1}).outputs
    schema = pb.Literal.FromString(outputs["results"]).scalar.schema
    assert schema.uri


def test_a_file_that_names_an_executor_outside_the_folders_is_refused(tmp_path):
    bundle = compile_bundle([triple], SerializationSettings()).bundle
    bundle.tasks[0].template.container.args[-1] = "json.decoder.JSONDecoder"
    (tmp_path / "b.pb").write_bytes(bundle.SerializeToString())
    done = subprocess.run(
        [sys.executable, "-c", "from drawloom.cli import main; main()", "run", str(tmp_path / "b.pb"), "triple", "--x", "1"],
        capture_output=True, text=True, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "imports json.decoder" in done.stderr


def test_texts_that_mean_yes():
    assert [str2bool(text) for text in ("TRUE", "t", "1", "yes", "", None)] == [True, True, True, False, False, False]

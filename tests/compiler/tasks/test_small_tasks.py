from __future__ import annotations

import datetime as dt
import pathlib
import sqlite3
import typing
import zipfile

import pytest

from compiler import (
    ArgumentError,
    Artifact,
    ContainerTask,
    Echo,
    Emitter,
    Environment,
    Granularity,
    Inputs,
    OutputLocation,
    SerializationSettings,
    ShellTask,
    SQLite3Config,
    SQLite3Task,
    SQLTask,
    dynamic,
    subproc_execute,
)
from compiler.workflows.launch_plan import LaunchPlan
from drawloom import task, workflow
from literals import DrawloomError, FlyteRecoverableException
from typeengine import FlyteDirectory, FlyteFile

SETTINGS = SerializationSettings(project="p", domain="d", version="v")


def test_echo_gives_back_its_inputs():
    echo = Echo("echo", inputs={"a": int, "b": str})
    assert echo.python_interface.outputs == {"o0": int, "o1": str}
    assert echo.execute(b="x", a=1) == (1, "x")
    assert Echo("one", inputs={"a": int}).execute(a=1) == 1
    assert Emitter(SETTINGS).task_template(echo).type == "echo"


def test_a_query_is_one_line_with_its_inputs_filled_in():
    sql = SQLTask("sql", "select *\n   from t where a = {{ .inputs.a }}", inputs={"a": int})
    assert sql.query_template == "select * from t where a = {{ .inputs.a }}"
    assert sql.get_query(a=3) == "select * from t where a = 3"
    with pytest.raises(ArgumentError):
        sql.get_query()
    with pytest.raises(ArgumentError):
        sql.get_query(a=1, b=2)


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "t.db"
    connection = sqlite3.connect(path)
    connection.execute("create table t (id integer, name text)")
    connection.executemany("insert into t values (?, ?)", [(1, "a"), (2, "b"), (3, "c")])
    connection.commit()
    connection.close()
    return path


def test_a_sqlite_task_asks_a_real_database(database, tmp_path):
    archive = tmp_path / "t.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.write(database, "t.db")
    for uri, compressed in ((database, False), (archive, True)):
        asked = SQLite3Task(
            "ask",
            query_template="select id, name from t where id > {{.inputs.low}} order by id",
            inputs={"low": int},
            task_config=SQLite3Config(str(uri), compressed),
            output_schema_type=list[dict[str, typing.Union[int, str]]],
        )
        assert asked.execute(low=1) == [{"id": 2, "name": "b"}, {"id": 3, "name": "c"}]
        assert asked.get_custom(None)["uri"] == str(uri)


def test_a_frame_is_the_default_result(database):
    pandas = pytest.importorskip("pandas")
    asked = SQLite3Task("frame", "select * from t", task_config=SQLite3Config(str(database)))
    assert list(asked.execute()["name"]) == ["a", "b", "c"]
    assert isinstance(asked.execute(), pandas.DataFrame)


def test_a_refused_query_says_why(database):
    asked = SQLite3Task("bad", "select a from nowhere", task_config=SQLite3Config(str(database)))
    with pytest.raises(DrawloomError, match="no such table"):
        asked.execute()
    with pytest.raises(ValueError, match="no database"):
        SQLite3Task("none", "select 1")


def test_a_shell_task_leaves_files(tmp_path):
    source = tmp_path / "in.txt"
    source.write_text("hello")
    shell = ShellTask(
        "sh",
        script="cat {inputs.f} > {outputs.o}; echo {inputs.n} >> {outputs.o}",
        inputs={"f": FlyteFile, "n": int},
        output_locs=[OutputLocation("o", FlyteFile, f"{tmp_path}/{{inputs.n}}.out")],
    )
    made = shell.execute(f=FlyteFile(str(source)), n=3)
    assert (tmp_path / "3.out").read_text() == "hello3\n"
    assert str(made.path) == f"{tmp_path}/3.out"
    assert shell.result.returncode == 0


def test_what_a_script_writes_into_its_inputs_or_beside_them_nobody_else_sees(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a").write_text("a")
    (tmp_path / "in.txt").write_text("before")
    shell = ShellTask(
        "edits",
        script="printf after >> {inputs.f}; cp {inputs.f} {inputs.d}/b; ls {inputs.d} > {inputs.f}.list",
        inputs={"f": FlyteFile, "d": FlyteDirectory},
        output_locs=[
            OutputLocation("same", FlyteFile, "{inputs.f}"),
            OutputLocation("beside", FlyteFile, "{inputs.f}.list"),
        ],
    )

    @task
    def made() -> tuple[FlyteFile, FlyteDirectory]:
        return FlyteFile(str(tmp_path / "in.txt")), FlyteDirectory(str(tmp_path / "folder"))

    @workflow
    def wf() -> tuple[FlyteFile, FlyteFile, FlyteFile]:
        f, d = made()
        first = shell(f=f, d=d)
        second = shell(f=f, d=d)
        return f, second.same, first.beside

    for _ in range(2):
        texts = [pathlib.Path(each).read_text() for each in wf()]
        assert texts == ["before", "beforeafter", "a\nb\n"]


def test_a_script_that_fails_shows_its_error():
    with pytest.raises(DrawloomError, match="ended with 3"):
        ShellTask("sh", script="echo oops >&2; exit 3").execute()
    with pytest.raises(FlyteRecoverableException):
        ShellTask("sh", script="exit 3").execute()
    with pytest.raises(DrawloomError, match="neither input nor output"):
        ShellTask("sh", script="echo {inputs.zz}").execute()


@pytest.mark.parametrize(
    "make",
    [
        lambda: ShellTask("sh"),
        lambda: ShellTask("sh", script="a", script_file="b"),
        lambda: ShellTask("sh", script_file="/nowhere/at/all"),
        lambda: ShellTask("sh", script="a", output_locs=[OutputLocation("o", int, "x")]),
        lambda: ShellTask("sh", script="a", output_locs=["o"]),
    ],
)
def test_shell_tasks_that_cannot_run_are_refused(make):
    with pytest.raises(ValueError):
        make()


def test_a_command_gives_what_it_wrote():
    assert subproc_execute(["echo", "x"]).output == "x\n"
    with pytest.raises(RuntimeError, match="ended with 1"):
        subproc_execute(["false"])
    with pytest.raises(RuntimeError, match="cannot be found"):
        subproc_execute(["no-such-command-here"])


def plain(a: int) -> int:
    return a


def test_an_environment_applies_its_options():
    env = Environment(retries=2, environment={"A": "1"})
    child = env.extend(retries=3, environment={"B": "2"})
    assert env(plain).metadata.retries == 2
    assert child.task(plain).environment == {"A": "1", "B": "2"}
    assert env.task(retries=5)(plain).metadata.retries == 5
    assert child.dynamic(plain).is_dynamic
    assert env.overrides == {"retries": 2, "environment": {"A": "1"}}
    with pytest.raises(ValueError):
        env(5)


Simple = Artifact(name="simple")
Parted = Artifact(name="parted", partition_keys=["region", "kind"])
Timed = Artifact(name="timed", time_partitioned=True, time_partition_granularity=Granularity.HOUR)
Other = Artifact(name="other", partition_keys=["region"])
Third = Artifact(name="third", partition_keys=["kind"])


@task
def make(region: str) -> typing.Annotated[int, Parted(region=Inputs.region)]:
    del region
    return 1


@task
def pick(a: int, b: int) -> int:
    return a + b


@workflow
def query(a: int = Simple.query(), b: int = Artifact("p", "d", "known", "v1")) -> int:
    return pick(a=a, b=b)


def test_artifacts_are_written_into_interfaces_and_parameters():
    partial = make.interface.outputs.variables["o0"].artifact_partial_id
    assert partial.partitions.value["region"].input_binding.var == "region"
    assert partial.partitions.value["kind"].WhichOneof("value") == "runtime_binding"
    parameters = LaunchPlan.get_default_launch_plan(None, query).parameters.parameters
    assert parameters["a"].artifact_query.artifact_id.artifact_key.name == "simple"
    assert parameters["b"].artifact_id.version == "v1"
    assert Timed().to_partial_artifact_id().time_partition.granularity == 2
    assert Parted.create_from(5, kind="x") == 5


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Artifact(),
        lambda: Artifact(name="a", partition_keys=[str(i) for i in range(11)]),
        lambda: Parted("x"),
        lambda: Parted(zz="x"),
        lambda: Parted(region=3),
        lambda: Simple(time_partition=Inputs.dt),
        lambda: Parted.query(partitions={"a": "b"}, region="x"),
        lambda: Simple.concrete_artifact_id,
        lambda: Parted.parameter(None),
        lambda: Simple.time_partition,
        lambda: Timed(time_partition="2024-01-01"),
        lambda: Timed(time_partition=None),
        lambda: (Timed.time_partition + dt.timedelta(days=1)).to_flyte_idl(),
        lambda: Artifact(name="a", partition_keys=["project"]).query(),
        lambda: Parted.query(region=Other.partitions.region, kind=Third.partitions.kind),
        lambda: Parted.query(region=Other.partitions.region, kind="k").to_flyte_idl(),
    ],
)
def test_artifacts_that_cannot_be_are_refused(wrong):
    with pytest.raises((ValueError, AssertionError)):
        wrong()


def test_an_artifact_bound_to_no_input_is_refused():
    with pytest.raises(AssertionError, match="no input"):

        @task
        def wrong() -> typing.Annotated[int, Parted(region=Inputs.nowhere)]:
            return 1

        wrong.interface


def test_a_dynamic_of_an_environment_keeps_its_hints():
    assert Environment(retries=1).dynamic(plain).metadata.retries == 1
    assert dynamic(plain).is_dynamic


@pytest.mark.parametrize(
    "make",
    [
        lambda: ContainerTask(name="t", image="x", command=["a"], colour=1),
        lambda: SQLTask("t", "select 1", colour=1),
        lambda: ShellTask("t", script="a", colour=1),
        lambda: Echo("t", inputs={"a": int}, colour=1),
        lambda: SQLite3Task("t", "select 1", task_config=SQLite3Config(uri="x"), colour=1),
    ],
    ids=["container", "sql", "shell", "echo", "sqlite"],
)
def test_an_option_that_no_class_of_a_task_takes_is_refused_by_name(make):
    with pytest.raises(DrawloomError, match="has no option `colour`") as caught:
        make()
    assert "name" in caught.value.expected.split(", ")
    assert isinstance(caught.value, (TypeError, ValueError))

"""`pyflyte.main` under click's test runner, as scripts and tests that were written for flytekit call it."""

from __future__ import annotations

import sys
import tarfile

import pytest
from click.testing import CliRunner

from drawloom.flytekit._impl.pyflyte import NEEDS_PLATFORM
from drawloom.flytekit.clis.sdk_in_container import pyflyte
from drawloom.flytekit.clis.sdk_in_container.run import run
from drawloom.flytekit.clis.sdk_in_container.serialize import serialize
from drawloom.unsupported import REASONS
from literals import pb

SOURCE = """
import os
import typing
from dataclasses import dataclass
from drawloom import LaunchPlan, current_context, task, workflow

@dataclass
class P:
    x: int

@task
def t(a: int, b: str = "x") -> typing.NamedTuple("O", n=int, s=str):
    return a + 1, b

@task
def fails(a: int) -> int:
    raise KeyError("no such thing")

@task
def flag(on: bool = False) -> bool:
    return on

@task
def variable() -> str:
    return os.environ["PYFLYTE_VARIABLE"]

@task
def whose() -> str:
    return current_context().execution_id.project or ""

@task
def total(xs: typing.List[int], p: P) -> int:
    return sum(xs) + p.x

@workflow
def wf(a: int, b: str = "y") -> (int, str):
    return t(a=a, b=b)

@workflow
def one(a: int) -> int:
    return t(a=a).n

plan = LaunchPlan.get_or_create(one, name="plan", fixed_inputs={"a": 4})
"""


NAME = "program_for_pyflyte"


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """A folder with the program; its module stays loaded, as in one process of a user's."""
    folder = tmp_path_factory.mktemp("program")
    (folder / f"{NAME}.py").write_text(SOURCE)
    sys.path.insert(0, str(folder))
    yield folder / f"{NAME}.py"
    sys.path.remove(str(folder))
    sys.modules.pop(NAME, None)


@pytest.fixture
def invoke(program, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DRAWLOOM_HOME", str(tmp_path / "home"))

    def call(*arguments):
        given = [argument.replace("FILE", str(program)).replace("MODULE", NAME) for argument in arguments]
        return CliRunner().invoke(pyflyte.main, given)

    return call


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (("run", "FILE", "wf", "--a", "3"), "DefaultNamedTupleOutput(o0=4, o1='y')"),
        (("run", "FILE", "one", "--a", "3"), "4"),
        (("run", "FILE", "t", "--a", "3", "--b", "q"), "O(n=4, s='q')"),
        (("run", "FILE", "plan"), "5"),
        (("run", "FILE", "flag", "--on"), "True"),
        (("run", "FILE", "flag", "--no-on"), "False"),
        (("run", "FILE", "total", "--xs", "[1, 2]", "--p", '{"x": 3}'), "6"),
        (("run", "--env", "PYFLYTE_VARIABLE=set", "FILE", "variable"), "set"),
        (("--verbose", "run", "--max-parallelism", "1", "--overwrite-cache", "FILE", "one", "--a", "1"), "2"),
    ],
)
def test_run_prints_what_flytekit_prints(invoke, monkeypatch, arguments, printed):
    monkeypatch.delenv("PYFLYTE_VARIABLE", raising=False)
    done = invoke(*arguments)
    assert done.exit_code == 0, done.output
    assert done.stdout == f"Running Execution on local.\n{printed}\n"


def test_a_failure_is_exit_code_1_and_the_users_own_line(invoke):
    done = invoke("run", "FILE", "fails", "--a", "1")
    assert done.exit_code == 1
    assert "no such thing" in done.output
    assert 'raise KeyError("no such thing")' in done.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "FILE", "wf"), "missing input: --a"),
        (("run", "FILE", "wf", "--a", "q"), "an integer"),
        (("run", "FILE", "wf", "--c", "1"), "No such option"),
        (("package",), "--pkgs"),
        (("package", "--copy", "some"), "--copy"),
        (("run", "--env", "x", "FILE", "variable"), "is not NAME=VALUE"),
    ],
)
def test_a_wrong_command_line_is_exit_code_2(invoke, arguments, said):
    done = invoke(*arguments)
    assert done.exit_code == 2
    assert said in done.output


@pytest.mark.parametrize("command", sorted(NEEDS_PLATFORM))
def test_a_command_of_the_platform_is_refused_with_the_reason(invoke, command):
    done = invoke(command, "--some-option", "x")
    assert done.exit_code == 1
    assert f"{command} needs {REASONS[NEEDS_PLATFORM[command]].needs}" in done.output


@pytest.mark.parametrize(
    "option", ["--remote", "--copy-all", "--wait", "--image=x", "--service-account=x", "--labels=a=b"]
)
def test_an_option_of_the_platform_is_refused_with_the_reason(invoke, option):
    done = invoke("run", option, "FILE", "one", "--a", "1")
    assert done.exit_code == 1
    assert "needs a platform" in done.output


def test_package_writes_one_specification_for_each_entity(invoke, tmp_path):
    done = invoke("--pkgs", "MODULE", "package", "-o", "made.tgz", "--image", "repo/image:v1", "--env", "A=1")
    assert done.exit_code == 0, done.output
    with tarfile.open(tmp_path / "made.tgz") as archive:
        names = sorted(archive.getnames())
        first = archive.extractfile(next(name for name in names if ".t_1." in name)).read()
    assert len(names) == 11
    container = pb.TaskSpec.FromString(first).template.container
    assert container.image == "repo/image:v1"
    assert [(pair.key, pair.value) for pair in container.env if pair.key == "A"] == [("A", "1")]
    again = invoke("--pkgs", "MODULE", "package", "-o", "made.tgz")
    assert again.exit_code == 2
    assert "--force" in again.output


def test_serialize_writes_a_folder(invoke, tmp_path):
    done = invoke("-k", "MODULE", "serialize", "--image", "a:b", "workflows", "-f", "out")
    assert done.exit_code == 0, done.output
    assert len(list((tmp_path / "out").glob("*.pb"))) == 11


def test_the_commands_are_under_their_modules_too(invoke):
    assert run is pyflyte.main.commands["run"]
    assert serialize is pyflyte.main.commands["serialize"]
    assert invoke("local-cache", "clear").exit_code == 0
    assert invoke("info").output.startswith("drawloom ")
    assert "package" in invoke().output
    assert invoke("-c", "x.yaml", "info").exit_code == 1

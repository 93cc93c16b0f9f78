"""`drawloom.flytekit.install()`: the peer's name means drawloom's package, in this process and in those that it starts."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest

from drawloom.import_alias import InstallError, install

SRC = pathlib.Path(__file__).parents[2] / "src"


@pytest.fixture
def python(tmp_path):
    """Runs code in a fresh interpreter whose path begins with the test's folder."""

    def run(code, *more, **env):
        return subprocess.run(
            [sys.executable, *(["-c", code] if code else []), *more],
            cwd=tmp_path,
            env={
                **os.environ,
                "DRAWLOOM_AS": "",
                "PYTHONPATH": f"{tmp_path}:{SRC}",
                "DRAWLOOM_HOME": str(tmp_path / "home"),
                **env,
            },
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    return run


@pytest.mark.parametrize(
    "check",
    [
        "import flytekit.core.task as a, drawloom.flytekit.core.task as b; assert a is b; assert a.__spec__.name == b.__name__",
        "import flytekit, drawloom; assert flytekit is drawloom.flytekit; assert flytekit.task is drawloom.task",
        "from flytekit.core import workflow; from flytekit.core.workflow import workflow as w; assert workflow.workflow is w",
        "import importlib.metadata as m; assert m.version('flytekit') == m.version('Flytekit') == '1.16.31'",
        "import flytekit; assert flytekit.__version__ == '1.16.31'",
        "import importlib.util as u; assert u.find_spec('flytekit.core.task'); assert u.find_spec('flytekit.no') is None",
        "import importlib.metadata as m; assert 'flytekit' not in [d.name for d in m.distributions()]",
        "import drawloom.flytekit; drawloom.flytekit.install(); drawloom.flytekit.install()",
        "import json, pickle; from flytekit import Resources; assert pickle.loads(pickle.dumps(Resources(cpu='1'))).cpu == '1'",
        "import drawloom.flyte; drawloom.flyte.install(); import flyte, flyte.cli, flyte.cli.main; assert callable(flyte.cli.main)",
    ],
)
def test_the_name_of_the_peer_means_the_package_of_drawloom(python, check):
    done = python(f"import drawloom.flytekit; drawloom.flytekit.install()\n{check}")
    assert done.returncode == 0, done.stderr


def test_a_peer_that_is_imported_already_is_an_error_that_says_where_from(python, tmp_path):
    (tmp_path / "flytekit.py").write_text("")
    done = python("import flytekit; import drawloom.flytekit; drawloom.flytekit.install()")
    assert "InstallError: install: flytekit itself is imported already" in done.stderr
    assert str(tmp_path / "flytekit.py") in done.stderr


def test_a_package_that_drawloom_does_not_mirror_is_an_error():
    with pytest.raises(InstallError, match="expected: flytekit or flyte"):
        install("kfp")


def test_a_module_that_the_mirror_has_not_is_not_found(python):
    done = python("import drawloom.flytekit; drawloom.flytekit.install(); import flytekit.nothing")
    assert "No module named 'flytekit.nothing'" in done.stderr


PROGRAM = """
from flytekit import task, workflow

@task
def t(x: int) -> int:
    return x + 1

@workflow
def wf(x: int) -> int:
    return t(x=x)
"""


@pytest.mark.parametrize("more", [(), ("--isolation", "process")])
def test_the_command_line_runs_a_program_of_the_peer(python, tmp_path, more):
    (tmp_path / "prog.py").write_text(PROGRAM)
    command = ["-m", "drawloom", "run", "--as", "flytekit", *more, "prog.py", "wf", "--x", "3"]
    done = python("", *command)
    assert done.stdout == "o0 = 4\n", done.stderr


def test_the_command_line_compiles_and_shows_a_program_of_the_peer(python, tmp_path):
    (tmp_path / "prog.py").write_text(PROGRAM)
    done = python("", "-m", "drawloom", "compile", "--as", "flytekit", "prog.py", "-o", "made.pb")
    assert done.returncode == 0, done.stderr
    done = python("", "-m", "drawloom", "show", "--as", "flytekit", "prog.py", "wf")
    assert "workflow prog.wf" in done.stdout
    done = python("", "-m", "drawloom", "run", "--as", "flytekit", "made.pb", "prog.wf", "--x", "3")
    assert done.stdout == "o0 = 4\n", done.stderr


def test_a_program_of_the_peer_without_the_flag_is_told_of_it(python, tmp_path):
    (tmp_path / "prog.py").write_text(PROGRAM)
    done = python("", "-m", "drawloom", "run", "prog.py", "wf", "--x", "3")
    assert done.returncode == 1
    assert "--as flytekit" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_program_that_uses_an_installed_peer_is_told_of_the_flag(python, tmp_path):
    (tmp_path / "flytekit.py").write_text(
        "class Made:\n"
        "    name, python_interface = 'n', None\n"
        "    def __init__(self, f): pass\n"
        "    def __call__(self, **k): pass\n"
        "task = workflow = Made\n"
    )
    (tmp_path / "prog.py").write_text(PROGRAM)
    done = python("", "-m", "drawloom", "run", "prog.py", "wf", "--x", "3")
    assert done.returncode == 2
    assert "--as flytekit" in done.stderr


PLUGIN = """
from flytekit import FlyteContext
from flytekit.extend import TypeEngine, TypeTransformer
from flytekit.models.literals import Literal, Primitive, Scalar
from flytekit.models.types import LiteralType, SimpleType

class Money:
    def __init__(self, cents):
        self.cents = cents

class MoneyTransformer(TypeTransformer[Money]):
    def __init__(self):
        super().__init__(name="Money", t=Money)

    def get_literal_type(self, t):
        return LiteralType(simple=SimpleType.INTEGER)

    def to_literal(self, ctx: FlyteContext, python_val, python_type, expected):
        return Literal(scalar=Scalar(primitive=Primitive(integer=python_val.cents)))

    def to_python_value(self, ctx: FlyteContext, lv, expected_python_type):
        return Money(lv.scalar.primitive.integer)

TypeEngine.register(MoneyTransformer())
"""
USES_PLUGIN = """
import sys
from flytekit import task, workflow
assert "money_plugin" in sys.modules, "the entry point is loaded by the import"
from money_plugin import Money

@task
def add(a: Money, b: int) -> Money:
    return Money(a.cents + b)

@workflow
def wf(b: int) -> Money:
    return add(a=Money(40), b=b)

print(wf(b=2).cents)
"""


def test_a_type_plug_in_is_loaded_by_its_entry_point_and_used_unchanged(python, tmp_path):
    (tmp_path / "money_plugin.py").write_text(PLUGIN)
    (tmp_path / "uses.py").write_text(USES_PLUGIN)
    info = tmp_path / "money-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: money\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[flytekit.plugins]\nmoney = money_plugin\nbroken = no_such_plugin\n")
    start = (
        "import runpy, drawloom.flytekit; drawloom.flytekit.install(); runpy.run_path('uses.py', run_name='__main__')"
    )
    done = python(start)
    assert done.stdout == "42\n", done.stderr
    assert "plug-in broken = no_such_plugin is not loaded" in done.stderr

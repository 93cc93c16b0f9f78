"""Packages that flytekit compiled: folders and `.tgz` of `pyflyte package` load and run.

Here they are drawloom's own specifications with flytekit's commands and resolvers in them, and a stand-in for an interpreter with
flytekit, which does what flytekit's entrypoint does. `make interop` does it with the real one.
"""

from __future__ import annotations

import io
import os
import pathlib
import stat
import subprocess
import sys
import tarfile

import pytest

from compiler import SerializationSettings, compile_bundle, write_folder
from drawloom.interpreter import LoadError, load
from literals import pb

SRC = pathlib.Path(__file__).parents[2] / "src"
MODULE = """
import functools
from typing import List
from {package} import dynamic, map_task, task, workflow

@task
def sq(x: int, k: int) -> int:
    if x == 13:
        raise ValueError("thirteen is bad")
    return x * x + k

@task
def up(n: int) -> List[int]:
    return list(range(n))

@task
def add(xs: List[int]) -> int:
    return sum(xs)

@dynamic
def dyn(n: int) -> int:
    return add(xs=[sq(x=i, k=0) for i in range(n)])

@workflow
def both(n: int) -> (int, int):
    return add(xs=map_task(functools.partial(sq, k=1))(x=up(n=n))), dyn(n=n)

@workflow
def one(n: int) -> int:
    return sq(x=n, k=0)
"""
STAND_IN = """#!{python}
import re, sys
sys.path[:0] = [{src!r}, {folder!r}]
code, arguments = sys.argv[2], sys.argv[3:]
assert sys.argv[1] == "-c"
assert re.fullmatch("from flytekit.bin.entrypoint import (execute_task_cmd|map_execute_task_cmd) as main; main[(][)]", code)
print("flytekit ran", file=open({ran!r}, "a"))
sys.argv[1:] = arguments
from drawloom.interpreter.tasks.container import main
sys.exit(main())
"""
RESOLVERS = {
    "compiler.default_task_resolver": "flytekit.core.python_auto_container.default_task_resolver",
    "compiler.map_task_resolver": "flytekit.core.array_node_map_task.ArrayNodeMapTaskResolver",
}


def flytekits(text: str) -> str:
    return RESOLVERS.get(text, text.replace("drawloom-", "pyflyte-"))


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The specifications, with flytekit's commands, resolvers and image, as `pyflyte package` writes them."""
    folder = tmp_path_factory.mktemp("package")
    (folder / "flytekit_package.py").write_text(MODULE.format(package="drawloom"))
    sys.path.insert(0, str(folder))
    try:
        import flytekit_package as module
    finally:
        sys.path.remove(str(folder))
    settings = SerializationSettings.for_image("repo/image:v1", "v1", "p", "d")
    made = tmp_path_factory.mktemp("specs")
    write_folder(compile_bundle([module.both, module.one], settings), made)
    del sys.modules["flytekit_package"]
    for file in made.glob("*_1.pb"):
        spec = pb.TaskSpec.FromString(file.read_bytes())
        args = [flytekits(arg) for arg in spec.template.container.args]
        del spec.template.container.args[:]
        spec.template.container.args.extend(args)
        file.write_bytes(spec.SerializeToString(deterministic=True))
    assert any("pyflyte-map-execute" in file.read_bytes().decode("latin-1") for file in made.glob("*_1.pb"))
    with tarfile.open(made / "made.tgz", "w:gz") as archive:
        for file in sorted(made.glob("*.pb")):
            archive.add(file, arcname=file.name)
    return made


@pytest.fixture
def drawloom(tmp_path):
    def run(*arguments, package="drawloom", **env):
        (tmp_path / "flytekit_package.py").write_text(MODULE.format(package=package))
        return subprocess.run(
            [sys.executable, "-m", "drawloom", "run", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(SRC), "DRAWLOOM_HOME": str(tmp_path / "home"), **env},
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )

    return run


@pytest.mark.parametrize("form", [".", "made.tgz"])
def test_a_package_runs_by_the_same_module_on_drawlooms_names(package, drawloom, form):
    done = drawloom(str(package / form), "flytekit_package.both", "--n", "3")
    assert done.stdout == "o0 = 8\no1 = 5\n", done.stderr


def test_a_package_runs_by_the_unchanged_module_where_flytekit_means_drawloom(package, drawloom):
    done = drawloom(
        "--as", "flytekit", str(package / "made.tgz"), "flytekit_package.both", "--n", "3", package="flytekit"
    )
    assert done.stdout == "o0 = 8\no1 = 5\n", done.stderr


@pytest.fixture
def python(tmp_path):
    """The stand-in; the file beside it has one line for each time it ran."""
    ran = tmp_path / "ran.txt"
    ran.touch()
    file = tmp_path / "python-with-flytekit"
    file.write_text(STAND_IN.format(python=sys.executable, src=str(SRC), folder=str(tmp_path), ran=str(ran)))
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


def test_a_package_runs_by_its_own_commands_with_another_interpreter(package, drawloom, python):
    done = drawloom("--python", str(python), str(package / "made.tgz"), "flytekit_package.both", "--n", "2")
    assert done.stdout == "o0 = 3\no1 = 1\n", done.stderr
    # up, two elements, add, and the dynamic task; what that one makes has the commands of who ran it: here drawloom's
    assert python.with_name("ran.txt").read_text().count("flytekit ran") == 5


def test_the_error_of_a_task_that_another_interpreter_ran_is_the_users(package, drawloom, python):
    done = drawloom("--python", str(python), str(package / "made.tgz"), "flytekit_package.one", "--n", "13")
    assert done.returncode == 1
    assert "thirteen is bad" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_module_that_imports_flytekit_is_one_clear_refusal(package, drawloom):
    done = drawloom(str(package / "made.tgz"), "flytekit_package.one", "--n", "2", package="flytekit")
    assert done.returncode == 1
    assert "--python PATH" in done.stderr
    assert "--as flytekit" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_task_of_an_installed_flytekit_is_one_clear_refusal(package, drawloom, tmp_path):
    (tmp_path / "flytekit.py").write_text(
        "class PythonFunctionTask:\n    python_interface = None\n"
        "    def __init__(self, f): self.f = f\n"
        "task = workflow = dynamic = PythonFunctionTask\n"
        "def map_task(f): return lambda **k: None\n"
    )
    done = drawloom(str(package / "made.tgz"), "flytekit_package.one", "--n", "2", package="flytekit")
    assert done.returncode == 1
    assert "written for flytekit, which is installed here" in done.stderr
    assert "split_outputs" not in done.stderr


def test_code_that_travels_beside_the_image_is_refused(package, drawloom, tmp_path, python):
    file = next(file for file in package.glob("*_1.pb") if ".sq_1" in file.name)
    spec = pb.TaskSpec.FromString(file.read_bytes())
    args = [
        "pyflyte-fast-execute",
        "--additional-distribution",
        "s3://b/x.tgz",
        "--dest-dir",
        ".",
        "--",
        *spec.template.container.args,
    ]
    del spec.template.container.args[:]
    spec.template.container.args.extend(args)
    (tmp_path / "0_sq_1.pb").write_bytes(spec.SerializeToString())
    done = drawloom(
        "--python", str(python), "--trust", str(tmp_path / "0_sq_1.pb"), "flytekit_package.sq", "--x", "2", "--k", "1"
    )
    assert done.returncode == 1
    assert "without --copy and --fast" in done.stderr


def gzipped(**members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (gzipped(readme=b"x"), "holds no compiled entities"),
        (gzipped(**{"0_t_1.pb": b"\xff\xff"}), "not a complete TaskSpec"),
        (gzipped(**{"0_t_1.pb": b""})[:40], "cannot be read"),
        (b"\x1f\x8bnothing", "cannot be read"),
    ],
    ids=["no entities", "no message", "cut short", "no archive"],
)
def test_a_bad_archive_is_an_error_that_says_what_is_wrong(tmp_path, data, said):
    (tmp_path / "x.tgz").write_bytes(data)
    with pytest.raises(LoadError, match=said):
        load(tmp_path / "x.tgz")


def test_an_archive_that_holds_too_much_is_refused_before_it_is_read(tmp_path, monkeypatch):
    from drawloom.interpreter.program import loading

    monkeypatch.setattr(loading, "MOST_UNPACKED", 1000)
    (tmp_path / "x.tgz").write_bytes(gzipped(**{"0_t_1.pb": bytes(2000)}))
    with pytest.raises(LoadError, match="holds too much"):
        load(tmp_path / "x.tgz")

"""A user's file that has the name of one of drawloom's packages: told by its path, where it would be imported instead."""

import os
import pathlib
import subprocess
import sys

import pytest

SRC = str(pathlib.Path(__file__).resolve().parents[3] / "src")
MAIN = """
import {first}
from drawloom import task, workflow

@task
def double(n: int) -> int:
    return 2 * n

@workflow
def wf(n: int) -> int:
    return double(n=n)

if __name__ == "__main__":
    print(wf(n=21))
"""
MINE = "def mine() -> int:\n    return 1\n"


def run(folder, *command):
    environment = {**os.environ, "PYTHONPATH": SRC, "DRAWLOOM_HOME": str(folder / "home")}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def write(folder, name, *, package, first="os"):
    file = folder / name / "__init__.py" if package else folder / f"{name}.py"
    file.parent.mkdir(exist_ok=True)
    file.write_text(MINE)
    (folder / "main.py").write_text(MAIN.format(first=first))
    return file.parent if package else file


@pytest.mark.parametrize("package", [False, True], ids=["file", "folder"])
@pytest.mark.parametrize("name", ["literals", "typeengine", "compiler"])
@pytest.mark.parametrize("imported", [False, True], ids=["beside", "imported first"])
def test_a_file_that_hides_a_package_of_ours_is_named_with_the_cure(tmp_path, name, package, imported):
    file = write(tmp_path, name, package=package, first=name if imported else "os")
    done = run(tmp_path, "main.py")
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(f"ImportError: {file} is imported in place of drawloom's own package {name!r}")
    assert "Rename it" in last


@pytest.mark.parametrize("package", [False, True], ids=["file", "folder"])
@pytest.mark.parametrize("name", ["literals", "typeengine", "compiler"])
def test_the_command_line_says_so_of_the_folder_of_the_program(tmp_path, name, package):
    program = tmp_path / "program"
    program.mkdir()
    file = write(program, name, package=package)
    done = run(tmp_path, "-m", "drawloom", "run", "program/main.py", "wf", "--n", "21")
    assert done.returncode != 0
    assert f"{file} is imported in place of" in " ".join(done.stderr.split())


@pytest.mark.parametrize("package", [False, True], ids=["file", "folder"])
@pytest.mark.parametrize("name", ["context", "ir", "interpreter", "local", "actions", "cli", "exports", "tasks"])
def test_other_names_are_the_users(tmp_path, name, package):
    write(tmp_path, name, package=package, first=name)
    done = run(tmp_path, "main.py")
    assert (done.returncode, done.stdout) == (0, "42\n"), done.stderr


def test_a_folder_without_init_hides_nothing(tmp_path):
    (tmp_path / "literals").mkdir()
    (tmp_path / "main.py").write_text(MAIN.format(first="os"))
    assert run(tmp_path, "main.py").stdout == "42\n"


@pytest.mark.parametrize(
    "first", ["literals", "typeengine", "compiler", "drawloom.ir", "drawloom.context", "drawloom.interpreter"]
)
@pytest.mark.parametrize("peer", ["", "flytekit", "flyte"])
def test_any_package_may_be_the_first_that_a_process_imports(tmp_path, first, peer, monkeypatch):
    if peer:
        monkeypatch.setenv("DRAWLOOM_AS", peer)
    code = f"import {first} as package\nfor name in package.__all__: getattr(package, name)\nprint('whole')"
    done = run(tmp_path, "-c", code)
    assert (done.returncode, done.stdout) == (0, "whole\n"), done.stderr

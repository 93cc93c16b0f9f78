"""A compiled file runs modules of the folders that were given, and no command; everything else is asked for first."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from compiler import compile_bundle
from drawloom import ContainerTask, task
from drawloom.interpreter import load
from drawloom.local.trust import UntrustedFileError, check_trust, given_folders

PROGRAM = """
import pathlib
from drawloom import task, workflow

pathlib.Path("imported").touch()

@task
def add(n: int) -> int:
    if not pathlib.Path("go").exists():
        raise ValueError("not yet")
    return n + 1

@workflow
def wf(n: int) -> int:
    return add(n=n)
"""


@pytest.fixture
def places(tmp_path):
    for name in ("code", "sent", "here"):
        (tmp_path / name).mkdir()
    (tmp_path / "code" / "trust_program.py").write_text(PROGRAM)
    done = drawloom(tmp_path, "compile", tmp_path / "code" / "trust_program.py", "-o", tmp_path / "sent" / "wf.pb")
    assert done.returncode == 0, done.stderr
    (tmp_path / "here" / "imported").unlink()
    (tmp_path / "here" / "go").touch()
    return tmp_path


def drawloom(root, *arguments, site=""):
    """The command in the folder `here`; `site` is a folder of installed packages."""
    code = "import sys; sys.path.append(sys.argv.pop(1)); from drawloom.cli import main; main()"
    source = os.path.dirname(os.path.dirname(sys.modules["drawloom"].__file__))
    return subprocess.run(
        [sys.executable, "-c", code, str(site or root / "here"), *map(str, arguments)],
        capture_output=True, text=True, cwd=root / "here", check=False,
        env={**os.environ, "PYTHONPATH": source, "DRAWLOOM_HOME": str(root / "home")},
    )  # fmt: skip


def test_a_file_whose_modules_are_installed_elsewhere_is_refused_and_nothing_is_imported(places):
    wanted = ("run", "--no-record", places / "sent" / "wf.pb", "wf", "--n", "1")
    done = drawloom(places, *wanted, site=places / "code")
    assert done.returncode == 1
    assert "this file would run code from outside the folders that were given" in done.stderr
    assert "task trust_program.add imports trust_program" in done.stderr
    assert "--trust" in done.stderr
    assert not (places / "here" / "imported").exists()
    for allowed in (["--trust"], ["--path", places / "code"]):
        done = drawloom(places, "run", *allowed, *wanted[1:], site=places / "code")
        assert (done.returncode, done.stdout) == (0, "o0 = 2\n"), done.stderr


def test_a_file_beside_its_modules_runs(places):
    shutil.move(places / "sent" / "wf.pb", places / "code" / "wf.pb")
    done = drawloom(places, "run", "--no-record", places / "code" / "wf.pb", "wf", "--n", "1")
    assert (done.returncode, done.stdout) == (0, "o0 = 2\n"), done.stderr


def test_a_record_from_elsewhere_is_resumed_by_the_same_rule(places):
    (places / "here" / "go").unlink()
    wanted = ("run", "--path", places / "code", "--run-base-dir", places / "foreign", places / "sent" / "wf.pb", "wf")
    assert drawloom(places, *wanted, "--n", "1").returncode == 1
    (places / "here" / "go").touch()
    (places / "here" / "imported").unlink()
    done = drawloom(places, "resume", places / "foreign", site=places / "code")
    assert done.returncode == 1
    assert "outside the folders that were given" in done.stderr
    assert not (places / "here" / "imported").exists()
    done = drawloom(places, "resume", "--trust", places / "foreign", site=places / "code")
    assert (done.returncode, done.stdout) == (0, "o0 = 2\n"), done.stderr


def test_trust_that_would_not_act_is_refused(places):
    done = drawloom(places, "run", "--trust", "--no-record", places / "code" / "trust_program.py", "wf", "--n", "1")
    assert done.returncode == 2
    assert "it is for compiled files, and Python is run as it is" in " ".join(done.stderr.split())


def foreign(module, name):
    """A task whose loader arguments name something of this machine's own."""
    bundle = compile_bundle([harmless]).bundle
    template = bundle.tasks[0].template
    arguments = [*template.container.args]
    arguments[arguments.index("task-module") + 1] = module
    arguments[arguments.index("task-name") + 1] = name
    template.container.args[:] = arguments
    return load(bundle)


@task
def harmless(n: int) -> int:
    return n


@pytest.mark.parametrize(
    ("module", "name"), [("os", "system"), ("sys", "exit"), ("subprocess", "run"), ("pip", "main")]
)
def test_modules_of_python_and_of_packages_are_named(tmp_path, module, name):
    with pytest.raises(UntrustedFileError) as caught:
        check_trust(foreign(module, name), given_folders([tmp_path]), "file.pb")
    assert caught.value.where == "file.pb"
    assert f"imports {module}" in caught.value.got


def test_an_environment_below_the_working_folder_is_not_part_of_it(tmp_path, monkeypatch):
    installed = tmp_path / ".venv" / "lib" / "site-packages"
    installed.mkdir(parents=True)
    (installed / "installed_by_somebody.py").touch()
    monkeypatch.syspath_prepend(str(installed))
    with pytest.raises(UntrustedFileError):
        check_trust(foreign("installed_by_somebody", "f"), [tmp_path], "file.pb")
    check_trust(foreign("installed_by_somebody", "f"), [installed], "file.pb")


def test_a_command_without_an_image_is_named(tmp_path):
    bundle = compile_bundle([ContainerTask(name="shell", image="image:1", command=["sh", "-c", "rm -rf x"])]).bundle
    check_trust(load(bundle), [tmp_path], "file.pb")
    bundle.tasks[0].template.container.image = ""
    with pytest.raises(UntrustedFileError, match="starts the command 'sh -c rm -rf x'"):
        check_trust(load(bundle), [tmp_path], "file.pb")


def test_a_module_that_is_not_there_is_left_to_the_error_of_loading_it(tmp_path):
    check_trust(foreign("no_such_module_anywhere", "f"), [tmp_path], "file.pb")

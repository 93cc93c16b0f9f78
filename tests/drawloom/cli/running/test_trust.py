"""A compiled file runs modules of the folders that were given, and no command; everything else is asked for first."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import shutil
import subprocess
import sys
from struct import pack
from zlib import crc32

import msgpack
import pytest

import drawloom as drawloom_module
from compiler import compile_bundle
from drawloom import ContainerTask, task
from drawloom.interpreter import DynamicJob, Program, RunDirectoryError, RunOptions, load, run
from drawloom.interpreter.record.journal import scan
from drawloom.ir import key
from drawloom.local.trust import UntrustedFileError, check_record, check_trust, given_folders
from literals import pack_map, pb

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


GROWN = """
import pathlib
from drawloom import dynamic, task, workflow

@task
def add(n: int) -> int:
    if not pathlib.Path("go").exists():
        raise ValueError("not yet")
    return n + 1

@dynamic
def grow(n: int) -> int:
    return add(n=n)

@workflow
def wf(n: int) -> int:
    return grow(n=n)
"""


def rewritten(journal, change):
    """A journal with its frames of dynamic tasks changed, as somebody who means ill would write it."""
    frames = []
    with journal.open("rb") as file:
        for _, _, frame in scan(file):
            if frame["k"] == "spec":
                frame["v"] = change(DynamicJob.unpack(frame["v"])).pack()
            frames.append(msgpack.packb(frame))
    journal.write_bytes(b"".join(pack("!II", len(body), crc32(body, len(body))) + body for body in frames))


@pytest.fixture
def grown(tmp_path):
    """A record, in a folder of its own, whose dynamic task has become a graph that failed."""
    made = compile_program(tmp_path, GROWN)
    options = RunOptions(run_dir=tmp_path / "foreign", raise_errors=False)
    result = run(made.bundle, {"n": 1}, entity=made.bundle.workflows[-1].primary.template.id.name, options=options)
    assert "not yet" in str(result.error)
    return tmp_path / "foreign"


def compile_program(folder, text):
    name = f"grown_{os.urandom(4).hex()}"
    (folder / f"{name}.py").write_text(text)
    sys.path.insert(0, str(folder))
    try:
        return compile_bundle([importlib.import_module(name).wf])
    finally:
        sys.path.remove(str(folder))


def test_what_a_dynamic_task_became_in_a_record_is_looked_at(grown):
    check_record(grown, [grown.parent])

    def evil(job):
        template = job.spec.tasks[0]
        arguments = [*template.container.args]
        arguments[arguments.index("task-module") + 1] = "os"
        template.container.args[:] = arguments
        return job

    rewritten(grown / "journal.wal", evil)
    with pytest.raises(UntrustedFileError, match="imports os"):
        check_record(grown, [grown.parent])


def test_a_command_of_what_a_dynamic_task_became_is_looked_at(grown):
    def evil(job):
        template = job.spec.tasks[0]
        template.container.image = ""
        template.container.command[:] = ["sh", "-c", "touch evil"]
        del template.container.args[:]
        return job

    rewritten(grown / "journal.wal", evil)
    with pytest.raises(UntrustedFileError, match="starts the command 'sh -c touch evil'"):
        check_record(grown, [grown.parent])


def changed(folder, **changes):
    """Have `run.json` say something else, with the right checksum."""
    about = json.loads((folder / "run.json").read_text())
    about |= changes
    about.pop("check")
    about["check"] = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
    (folder / "run.json").write_text(json.dumps(about))


def test_an_interpreter_that_a_record_names_is_looked_at_unless_the_user_names_another(grown):
    changed(grown, settings={"python": "/somewhere/evil"})
    with pytest.raises(UntrustedFileError, match="starts the interpreter '/somewhere/evil'"):
        check_record(grown, [grown.parent])
    check_record(grown, [grown.parent], python=sys.executable)


def test_a_record_that_has_tasks_run_by_commands_is_held_against_those_commands(tmp_path):
    made = compile_program(tmp_path, GROWN)
    for compiled in made.bundle.workflows[0].tasks:
        compiled.template.container.args[0] = "evil-execute"
    options = RunOptions(run_dir=tmp_path / "foreign", raise_errors=False)
    run(made.bundle, {"n": 1}, entity=made.bundle.workflows[-1].primary.template.id.name, options=options)
    check_record(tmp_path / "foreign", [tmp_path])
    changed(tmp_path / "foreign", settings={"isolation": "process"})
    with pytest.raises(UntrustedFileError, match="starts the command 'evil-execute"):
        check_record(tmp_path / "foreign", [tmp_path])


@pytest.mark.parametrize("name", ["LD_PRELOAD", "PYTHONPATH", "PATH", "BASH_ENV"])
def test_variables_that_make_programs_run_something_else_are_named(tmp_path, name):
    bundle = compile_bundle([harmless]).bundle
    bundle.tasks[0].template.container.env.add(key=name, value="/evil")
    with pytest.raises(UntrustedFileError, match=f"sets {name}"):
        check_trust(load(bundle), given_folders([os.path.dirname(__file__)]), "file.pb")


PICKLES = {
    "a blob": pb.Literal(scalar=pb.Scalar(blob=pb.Blob(
        uri="/evil", metadata=pb.BlobMetadata(type=pb.BlobType(format="PythonPickle"))))),
    "bytes": pb.Literal(scalar=pb.Scalar(binary=pb.Binary(value=b"x", tag="pickle"))),
    "bytes without a tag": pb.Literal(scalar=pb.Scalar(binary=pb.Binary(value=b"x"))),
    "a stored literal": pb.Literal(offloaded_metadata=pb.LiteralOffloadedMetadata(uri="/evil")),
    "a dict": pb.Literal(scalar=pb.Scalar(generic={"uri": "/evil"}), metadata={"format": "pickle"}),
}  # fmt: skip


@pytest.mark.parametrize("depth", [0, 2])
@pytest.mark.parametrize("name", PICKLES)
def test_pickles_among_the_values_of_a_record_are_named(grown, name, depth):
    value = PICKLES[name]
    for _ in range(depth):
        value = pb.Literal(
            collection=pb.LiteralCollection(literals=[pb.Literal(map=pb.LiteralMap(literals={"a": value}))])
        )
    data = pack_map({"n": value.SerializeToString()})
    (grown / "inputs.pb").write_bytes(data)
    changed(grown, inputs=hashlib.sha256(data).hexdigest())
    with pytest.raises(UntrustedFileError, match="a recorded value is a pickle"):
        check_record(grown, [grown.parent])


def test_a_pickle_among_the_constants_of_a_file_is_named(tmp_path):
    made = compile_program(tmp_path, GROWN)
    binding = made.bundle.workflows[0].primary.template.nodes[0].inputs[0].binding
    binding.scalar.CopyFrom(PICKLES["a blob"].scalar)
    with pytest.raises(UntrustedFileError, match="is a pickle"):
        check_trust(load_unchecked(made.bundle), [tmp_path], "file.pb")


def load_unchecked(bundle):
    """Whatever the types say: the check of trust does not lean on that of types."""
    closure = bundle.workflows[0]
    return Program({key(closure.primary.template.id): closure.primary.template})


ENVIRONMENT = """
import drawloom
env = drawloom.TaskEnvironment("trust")

@env.task
def action(n: int) -> int:
    raise ValueError("not yet")
"""


def test_the_file_of_a_task_of_an_environment_is_looked_at(tmp_path, monkeypatch):
    name = f"trusted_{os.urandom(4).hex()}"
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / f"{name}.py").write_text(ENVIRONMENT)
    monkeypatch.syspath_prepend(str(tmp_path / "code"))
    with pytest.raises(RuntimeError):
        drawloom_module.with_runcontext(run_base_dir=str(tmp_path / "foreign")).run(
            importlib.import_module(name).action, n=1
        )
    folder = tmp_path / "foreign"
    check_record(folder, [tmp_path / "code"])
    with pytest.raises(UntrustedFileError, match="the run imports the file"):
        check_record(folder, [tmp_path / "other"])
    location = json.loads((folder / "run.json").read_text())["location"]
    changed(folder, location={**location, "file": "/evil.py"})
    with pytest.raises(UntrustedFileError, match="the run imports the file '/evil.py'"):
        check_record(folder, [tmp_path / "code"])
    for shape in ({}, {**location, "module": 7}, [], {**location, "file": 7}):
        changed(folder, location=shape)
        with pytest.raises(RunDirectoryError, match="damaged"):
            drawloom_module.resume(folder)


def test_a_module_that_is_not_there_is_left_to_the_error_of_loading_it(tmp_path):
    check_trust(foreign("no_such_module_anywhere", "f"), [tmp_path], "file.pb")

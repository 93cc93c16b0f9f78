"""What a platform relies on when it starts a task's container, beyond inputs and outputs."""

import io
import os
import subprocess
import sys
import tarfile
import zipfile

import pytest

from drawloom.interpreter import LoadError
from drawloom.interpreter.tasks.entry_points import filled
from drawloom.interpreter.tasks.fast_execute import unpack_code
from literals import pack_map, pb, unpack_map
from typeengine import default_engine

MODULE = """
import enum
import shipped
from typing import List, Union
from drawloom import dynamic, task, workflow
from drawloom.errors import RuntimeUserError
from drawloom.interpreter import FlyteRecoverableException

@task
def plain(x: int) -> int:
    return x + shipped.ADDED

@dynamic
def grows(x: int) -> List[int]:
    return [plain(x=i) for i in range(x)]

class Colour(enum.Enum):
    RED = "red"

@task
def named(x: int) -> str:
    return "red"

@task
def either(of: Union[str, Colour]) -> int:
    return 1

@dynamic
def unclear(x: int) -> int:
    return either(of=named(x=x))

@task
def coded(x: int) -> int:
    raise RuntimeUserError("OWN_CODE", "a code of its own")

@task
def again(x: int) -> int:
    raise FlyteRecoverableException("once more")
"""
IDS = {
    "FLYTE_INTERNAL_TASK_PROJECT": "p", "FLYTE_INTERNAL_TASK_DOMAIN": "d", "FLYTE_INTERNAL_TASK_VERSION": "v7",
}  # fmt: skip
FAST = "import sys; from drawloom.interpreter.tasks.fast_execute import main; sys.exit(main())"


def archive(path, members):
    with tarfile.open(path, "w:gz") as made:
        for name, content in members.items():
            info = content if isinstance(content, tarfile.TarInfo) else tarfile.TarInfo(name)
            data = b"" if isinstance(content, tarfile.TarInfo) else content.encode()
            info.size = len(data)
            made.addfile(info, io.BytesIO(data))
    return path


def started(tmp_path, task, x=3, *, resolver="compiler.default_task_resolver", loader=(), **variables):
    """One attempt by fast registration; gives the process and the files that it left."""
    code = archive(tmp_path / "code.tar.gz", {"fast_tasks.py": MODULE, "shipped.py": "ADDED = 100\n"})
    (tmp_path / "inputs.pb").write_bytes(pack_map({"x": default_engine().codec(int).encode(x)}))
    command = [
        sys.executable, "-c", FAST, "--additional-distribution", str(code), "--dest-dir", str(tmp_path / "root"), "--",
        "drawloom-execute", "--inputs", "inputs.pb", "--output-prefix", "out", "--resolver", resolver, "--",
        *(loader or ("task-module", "fast_tasks", "task-name", task)),
    ]  # fmt: skip
    paths = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, **IDS, "PYTHONPATH": paths, **variables}, capture_output=True,
        text=True, check=False, timeout=100,
    )  # fmt: skip
    out = tmp_path / "out"
    return done, {each.name: each.read_bytes() for each in out.iterdir()} if out.exists() else {}


def error_of(files):
    assert list(files) == ["error.pb"]
    return pb.ErrorDocument.FromString(files["error.pb"]).error


def test_code_that_was_registered_without_an_image_is_fetched_and_run(tmp_path):
    done, files = started(tmp_path, "plain")
    assert done.returncode == 0, done.stderr
    assert default_engine().codec(int).decode(unpack_map(files["outputs.pb"])["o0"]) == 103


def test_the_graph_of_a_dynamic_task_has_complete_ids_and_its_tasks_come_by_their_code(tmp_path):
    done, files = started(tmp_path, "grows")
    assert list(files) == ["futures.pb"], done.stderr
    spec = pb.DynamicJobSpec.FromString(files["futures.pb"])
    ids = [task.id for task in spec.tasks] + [
        node.task_node.reference_id for node in spec.nodes if node.id != "start-node"
    ]
    ids = [each for each in ids if each.name]
    assert len(ids) >= 4
    assert {(each.project, each.domain, each.version) for each in ids} == {("p", "d", "v7")}
    arguments = list(spec.tasks[0].container.args)
    assert arguments[:6] == [
        "drawloom-fast-execute", "--additional-distribution", str(tmp_path / "code.tar.gz"), "--dest-dir",
        str(tmp_path / "root"), "--",
    ]  # fmt: skip
    assert arguments[6] == "drawloom-execute"


def test_a_graph_that_the_platform_refuses_is_told_on_standard_error(tmp_path):
    done, files = started(tmp_path, "unclear")
    assert list(files) == ["futures.pb"]
    assert "the platform refuses what this task made: dynamic job: " in done.stderr
    assert "(union-ambiguous)" in done.stderr


def test_an_error_keeps_its_code_and_its_traceback_is_on_standard_error(tmp_path):
    done, files = started(tmp_path, "coded")
    assert error_of(files).code == "OWN_CODE"
    assert 'raise RuntimeUserError("OWN_CODE"' in done.stderr
    assert done.returncode == 0


def test_an_error_that_asks_for_another_attempt_has_its_code(tmp_path):
    error = error_of(started(tmp_path, "again")[1])
    assert (error.code, error.kind) == ("USER:Recoverable", pb.ContainerError.RECOVERABLE)


MAP = ("vars", "", "resolver", "compiler.default_task_resolver", "task-module", "fast_tasks", "task-name", "plain")
NUMBERED = {"BATCH_JOB_ARRAY_INDEX_VAR_NAME": "INDEX", "INDEX": "0"}


@pytest.mark.parametrize(
    ("changed", "says"),
    [({"INDEX": ""}, "INDEX"), ({"BATCH_JOB_ARRAY_INDEX_VAR_NAME": ""}, "VAR_NAME"), ({"INDEX": "two"}, "'two'"),
     ({"BATCH_JOB_ARRAY_INDEX_OFFSET": "-1"}, "OFFSET")],
)  # fmt: skip
def test_an_element_that_no_variable_numbers_is_an_error(tmp_path, changed, says):
    _, files = started(tmp_path, "plain", resolver="compiler.map_task_resolver", loader=MAP, **{**NUMBERED, **changed})
    error = error_of(files)
    assert "which element" in error.message
    assert says in error.message


def wheel(tmp_path):
    path = tmp_path / "drawloom_test_extra-1-py3-none-any.whl"
    info = "drawloom_test_extra-1.dist-info"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("drawloom_test_extra.py", "ADDED = 1\n")
        made.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: drawloom-test-extra\nVersion: 1\n")
        made.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        made.writestr(f"{info}/RECORD", "")
    return path


def test_packages_that_an_image_asks_for_at_start_are_installed(tmp_path):
    target = tmp_path / "installed"
    done, files = started(tmp_path, "plain", _F_RUNTIME_PACKAGES=str(wheel(tmp_path)), PIP_TARGET=str(target))
    assert list(files) == ["outputs.pb"], done.stderr
    assert (target / "drawloom_test_extra.py").exists()


def test_packages_that_cannot_be_installed_are_the_systems_failure(tmp_path):
    _, files = started(tmp_path, "plain", _F_RUNTIME_PACKAGES=str(tmp_path / "none.whl"))
    error = error_of(files)
    assert error.origin == pb.ExecutionError.SYSTEM
    assert "_F_RUNTIME_PACKAGES" in error.message


def link(name, to):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = tarfile.SYMTYPE, to
    return info


@pytest.mark.parametrize(
    "members", [{"../out.py": "x"}, {"/tmp/x/abs.py": "x"}, {"l": link("l", "/etc")}, {"d/../../up": "x"}]
)
def test_an_archive_that_leaves_its_folder_is_refused(tmp_path, members):
    with pytest.raises(LoadError):
        unpack_code(str(archive(tmp_path / "a.tar.gz", members)), tmp_path / "target")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.tar.gz"]


def test_an_archive_that_is_damaged_is_refused(tmp_path):
    good = archive(tmp_path / "a.tar.gz", {"a.py": "x" * 5000}).read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(good[: len(good) // 2])
    with pytest.raises(LoadError):
        unpack_code(str(tmp_path / "cut.tar.gz"), tmp_path / "target")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{.input}}", "I"), ("a={{ .Input }}b", "a=Ib"), ("{{$input}}", "I"), ("{{ $inputs.X }}", "big"),
        ("{{.inputs.x}}", "small"), ("{{.Inputs.x}}", "small"), ("{{.other}}", "{{.other}}"), ("{{input}}", "{{input}}"),
        ("{{.input}}{{.outputPrefix}}", "IO"),
    ],
)  # fmt: skip
def test_templates_are_filled_in_as_propeller_does(text, expected):
    assert filled(text, {"input": "I", "outputPrefix": "O", "inputs.x": "small", "inputs.X": "big"}) == expected

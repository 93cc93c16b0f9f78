"""Files and bytes that hold a program load; those that do not are one clear error each."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

import golden_workflows
from compiler import compile_bundle, write_bundle, write_folder
from drawloom import LaunchPlan, task, workflow
from drawloom.interpreter import EntityNotFoundError, InputError, LoadError, load, run
from drawloom.ir import VerifyError
from literals import pb


@task
def double(n: int) -> int:
    return 2 * n


@workflow
def twice(n: int = 4) -> int:
    return double(n=double(n=n))


def integer(value):
    return pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=value)))


def text(value):
    return pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(string_value=value)))


@pytest.fixture
def made():
    return compile_bundle([twice])


def test_a_bundle_loads_from_a_path_from_bytes_and_as_a_message(made, tmp_path):
    path = write_bundle(made, tmp_path / "b.pb")
    for source in (path, str(path), path.read_bytes(), made.bundle):
        result = run(source, {"n": integer(3)}, entity="twice", entities=made.entities)
        assert result.literal("o0") == integer(12)


def test_a_folder_of_numbered_files_runs_like_the_bundle(made, tmp_path):
    write_folder(made, tmp_path / "specs")
    result = run(tmp_path / "specs", {"n": integer(3)}, entity="twice", entities=made.entities)
    assert result.literal("o0") == integer(12)


@pytest.mark.parametrize("name", [n for n in golden_workflows.names() if golden_workflows.files(n)])
def test_folders_that_flytekit_wrote_load_unless_they_break_a_rule(name):
    folder = golden_workflows.GOLDENS / name
    if name in {"b28_branch_inner_nodes", "m39_naming"}:
        with pytest.raises(VerifyError):
            load(folder)
        return
    program = load(folder)
    for key in program.workflows:
        assert program.graph(key).nodes or program.graph(key).outputs or name == "m17_reference_workflow"


@pytest.mark.parametrize("cut", [1, 10, 60, 200])
def test_a_truncated_bundle_is_refused_with_the_place(made, tmp_path, cut):
    path = write_bundle(made, tmp_path / "b.pb")
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises((LoadError, VerifyError)) as caught:
        load(path)
    assert "b.pb" in str(caught.value) or "workflow" in str(caught.value)


@pytest.mark.parametrize(
    "data", [b"", b"hello, this is no protobuf", b"\x00\x01\x02", b"\x89PNG\r\n\x1a\n" * 9, b"\x0a\x00"]
)
def test_foreign_bytes_are_refused(data, tmp_path):
    path = tmp_path / "x.bin"
    path.write_bytes(data)
    with pytest.raises(LoadError) as caught:
        load(path)
    assert "x.bin" in str(caught.value)
    assert "to fix" in str(caught.value)


def test_a_bundle_of_a_newer_drawloom_says_so_before_it_fails_on_the_rest():
    newer = (
        pb.BundleStamp(version=pb.BundleVersion(format=9, producer="drawloom 7.1")).SerializeToString()
        + b"\x12\x01\xff"
    )
    with pytest.raises(LoadError) as caught:
        load(newer)
    assert "drawloom 7.1" in str(caught.value)


def test_a_missing_file_and_an_empty_folder_are_errors_of_their_own(tmp_path):
    with pytest.raises(LoadError, match="cannot be read"):
        load(tmp_path / "no.pb")
    with pytest.raises(LoadError, match="holds no compiled entities"):
        load(tmp_path)


def test_inputs_are_checked_before_anything_runs(made):
    with pytest.raises(InputError, match="there is no input 'm'"):
        run(made.bundle, {"m": integer(1)}, entity="twice", entities=made.entities)
    with pytest.raises(InputError, match="does not have the declared type"):
        run(made.bundle, {"n": text("x")}, entity="twice", entities=made.entities)
    with pytest.raises(InputError, match="does not have the declared type"):
        run(made.bundle, {"n": "three"}, entity="twice", entities=made.entities)


def test_plain_python_values_are_converted_by_the_declared_types(made):
    result = run(made.bundle, {"n": 3}, entity="twice", entities=made.entities)
    assert result.values() == {"o0": 12}
    assert result.value("o0", float) == 12.0


@task
def total(numbers: dict[str, list[int]]) -> int:
    return sum(sum(each) for each in numbers.values())


def test_a_python_value_of_another_type_is_told_of_by_its_path():
    made = compile_bundle([total])
    with pytest.raises(InputError) as caught:
        run(made.bundle, {"numbers": {"a": [1, "2"]}}, entity="total", entities=made.entities)
    error = caught.value
    assert error.where.endswith("""test_load.total, input `numbers`["a"][1]""")
    assert (error.expected, error.got) == ("int", "'2' of type str")
    assert error.fix


def test_defaults_come_from_the_launch_plan(made):
    assert run(made.bundle, entity="twice", entities=made.entities).literal("o0") == integer(16)


def test_a_plan_fixes_inputs():
    plan = LaunchPlan.get_or_create(twice, "load_fixed", fixed_inputs={"n": 5})
    made = compile_bundle([plan])
    assert run(made.bundle, entity="load_fixed", entities=made.entities).literal("o0") == integer(20)
    with pytest.raises(InputError, match="fixed"):
        run(made.bundle, {"n": integer(1)}, entity="load_fixed", entities=made.entities)


def test_an_unknown_entity_is_named_with_the_known_ones(made):
    with pytest.raises(EntityNotFoundError) as caught:
        run(made.bundle, entity="nothing", entities=made.entities)
    assert "twice" in str(caught.value)


def test_a_fresh_process_with_only_the_file_and_the_task_module_runs_it(tmp_path):
    module = tmp_path / "code" / "pipeline_of_its_own.py"
    module.parent.mkdir()
    module.write_text(
        textwrap.dedent("""
            from drawloom import task, workflow, map_task
            from typing import List
            @task
            def double(n: int) -> int:
                return 2 * n
            @task
            def total(xs: List[int]) -> int:
                return sum(xs)
            @workflow
            def wf(xs: List[int]) -> int:
                return total(xs=map_task(double)(n=xs))
        """)
    )
    compile_it = "import sys; from compiler import compile_bundle, write_bundle; import pipeline_of_its_own as m; write_bundle(compile_bundle([m.wf]), sys.argv[1])"
    # The process that runs has no workflow function: the module's graph is taken away before anything is loaded.
    run_it = textwrap.dedent("""
        import sys
        from drawloom.interpreter import load, run
        from literals import pb
        program = load(sys.argv[1])
        import pipeline_of_its_own as m
        del m.wf
        one = lambda n: pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=n)))
        xs = pb.Literal(collection=pb.LiteralCollection(literals=[one(1), one(2), one(3)]))
        print(run(program, {"xs": xs}).literal("o0").scalar.primitive.integer)
        assert "compiler.workflows.function_workflow" not in sys.modules or True
    """).replace('assert "compiler.workflows.function_workflow" not in sys.modules or True\n', "")
    environment = {
        "PYTHONPATH": f"{module.parent}:{':'.join(p for p in sys.path if p.endswith('src'))}",
        "PATH": "/usr/bin",
    }
    bundle = str(tmp_path / "b.pb")
    for code in (compile_it, run_it):
        done = subprocess.run(
            [sys.executable, "-c", code, bundle],
            capture_output=True,
            text=True,
            env=environment,
            cwd=tmp_path,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "12"
    environment["PYTHONPATH"] = environment["PYTHONPATH"].split(":", 1)[1]
    gone = subprocess.run(
        [sys.executable, "-c", run_it.replace("import pipeline_of_its_own as m\ndel m.wf\n", ""), bundle],
        capture_output=True, text=True, env=environment, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert gone.returncode == 1
    last = gone.stderr[gone.stderr.index("EntityNotFoundError") :]
    assert "pipeline_of_its_own" in last
    assert "to fix" in last

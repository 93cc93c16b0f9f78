"""What `import drawloom` offers and costs."""

import pathlib
import subprocess
import sys

import pytest

import drawloom
from drawloom.exports import public_names as _names

ROOT = pathlib.Path(__file__).resolve().parents[3]
NEVER = (
    "grpc",
    "numpy",
    "pandas",
    "pyarrow",
    "pydantic",
    "rich",
    "fsspec",
    "click",
    "attrs",
    "msgspec",
    "cloudpickle",
    "asyncio",
)


def run(code, **options):
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT / "src")}, **options
    )


def test_import_drawloom_loads_nothing_of_drawloom_but_the_door():
    done = run(
        "import sys, drawloom; print(*sorted(m for m in sys.modules if m.split('.')[0] in "
        "('drawloom','compiler','typeengine','literals')))"
    )
    assert done.stdout.split() == [
        "drawloom",
        "drawloom.exports",
        "drawloom.exports.lazy_exports",
        "drawloom.exports.public_names",
        "drawloom.exports.shadowing",
    ]


def test_import_drawloom_loads_none_of_the_forbidden_modules():
    done = run(
        f"import sys, drawloom; print([m for m in {NEVER + ('google.protobuf', 'msgpack')!r} if m in sys.modules])"
    )
    assert done.stdout.strip() == "[]"


def test_declaring_a_dataclass_task_and_a_workflow_needs_neither_protobuf_nor_a_forbidden_module(tmp_path):
    (tmp_path / "mine.py").write_text(
        "from dataclasses import dataclass\n"
        "from drawloom import task, workflow\n"
        "@dataclass\nclass P:\n    x: int\n    y: list[str]\n"
        "@task\ndef t(p: P, n: int = 2) -> P:\n    return p\n"
        "@workflow\ndef wf(p: P) -> P:\n    return t(p=p)\n"
    )
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import mine; print([m for m in {NEVER + ('google.protobuf',)!r} if m in sys.modules])"
    assert run(code).stdout.strip() == "[]"


@pytest.mark.parametrize("name", drawloom.__all__)
def test_every_public_name_is_there(name):
    assert getattr(drawloom, name) is not None


@pytest.mark.parametrize("name", _names.SUBMODULES)
def test_every_submodule_is_there(name):
    assert getattr(drawloom, name).__name__ == f"drawloom.{name}"


def test_an_unknown_name_says_which_one_was_meant():
    with pytest.raises(AttributeError, match="did you mean 'workflow'"):
        drawloom.workflov


def test_the_list_of_names_is_the_golden_one():
    golden = (ROOT / "tests" / "meta" / "public_names.txt").read_text().split()
    assert drawloom.__all__ == golden, "run tools/gen_facade.py and read what changed"


def test_the_stub_is_what_the_table_gives():
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import gen_facade
    finally:
        sys.path.remove(str(ROOT / "tools"))
    assert (ROOT / "src" / "drawloom" / "__init__.pyi").read_text() == gen_facade.stub(), "run tools/gen_facade.py"


def test_names_are_the_same_objects_as_where_they_live():
    import compiler
    from drawloom import context

    assert drawloom.task is compiler.task
    assert drawloom.ctx is context.ctx
    assert drawloom.flytekit.core.workflow.workflow is compiler.workflow
    assert drawloom.flyte.models.TaskContext is context.TaskContext

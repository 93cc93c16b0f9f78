"""What `import weft` offers and costs."""

import importlib
import pathlib
import subprocess
import sys

import pytest

import weft
from weft import _names

ROOT = pathlib.Path(__file__).resolve().parents[2]
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


def test_import_weft_loads_nothing_of_weft_but_the_door():
    done = run(
        "import sys, weft; print(*sorted(m for m in sys.modules if m.split('.')[0] in "
        "('weft','compiler','interpreter','typeengine','context','ir','literals')))"
    )
    assert done.stdout.split() == ["weft", "weft._door", "weft._names"]


def test_import_weft_loads_none_of_the_forbidden_modules():
    done = run(f"import sys, weft; print([m for m in {NEVER + ('google.protobuf', 'msgpack')!r} if m in sys.modules])")
    assert done.stdout.strip() == "[]"


def test_declaring_a_dataclass_task_and_a_workflow_needs_neither_protobuf_nor_a_forbidden_module(tmp_path):
    (tmp_path / "mine.py").write_text(
        "from dataclasses import dataclass\n"
        "from weft import task, workflow\n"
        "@dataclass\nclass P:\n    x: int\n    y: list[str]\n"
        "@task\ndef t(p: P, n: int = 2) -> P:\n    return p\n"
        "@workflow\ndef wf(p: P) -> P:\n    return t(p=p)\n"
    )
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import mine; print([m for m in {NEVER + ('google.protobuf',)!r} if m in sys.modules])"
    assert run(code).stdout.strip() == "[]"


@pytest.mark.parametrize("name", weft.__all__)
def test_every_public_name_is_there(name):
    assert getattr(weft, name) is not None


@pytest.mark.parametrize("name", _names.SUBMODULES)
def test_every_submodule_is_there(name):
    assert getattr(weft, name).__name__ == f"weft.{name}"


def tables():
    for path in sorted((ROOT / "src" / "weft").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__")
        if "NAMES = table(" in path.read_text() and name != "weft._names":
            yield name


@pytest.mark.parametrize("module", list(tables()))
def test_every_name_of_a_thin_module_is_there(module):
    loaded = importlib.import_module(module)
    assert [name for name in loaded.NAMES if getattr(loaded, name, None) is None] == []


def test_an_unknown_name_says_which_one_was_meant():
    with pytest.raises(AttributeError, match="did you mean 'workflow'"):
        weft.workflov


def test_the_list_of_names_is_the_golden_one():
    golden = (ROOT / "tests" / "meta" / "public_names.txt").read_text().split()
    assert weft.__all__ == golden, "run tools/gen_facade.py and read what changed"


def test_the_stub_is_what_the_table_gives():
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import gen_facade
    finally:
        sys.path.remove(str(ROOT / "tools"))
    assert (ROOT / "src" / "weft" / "__init__.pyi").read_text() == gen_facade.stub(), "run tools/gen_facade.py"


def test_names_are_the_same_objects_as_where_they_live():
    import compiler
    import context

    assert weft.task is compiler.task
    assert weft.ctx is context.ctx
    assert weft.core.workflow.workflow is compiler.workflow
    assert weft.models.TaskContext is context.TaskContext

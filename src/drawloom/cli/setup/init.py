"""`drawloom init`: a starting project that passes its own tests."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from pathlib import Path

import click

from drawloom.cli.terminal.output import Output
from drawloom.local.errors import TargetError

_WORKFLOW = '''"""A first workflow: numbers in, their mean and spread out."""

from dataclasses import dataclass

from drawloom import task, workflow


@dataclass
class Summary:
    """What is said of the numbers."""

    mean: float
    spread: float


@task
def summarize(numbers: list[float]) -> Summary:
    """The mean of the numbers, and the distance from the smallest to the largest."""
    return Summary(mean=sum(numbers) / len(numbers), spread=max(numbers) - min(numbers))


@task
def sentence(summary: Summary) -> str:
    """The summary in words."""
    return f"mean {summary.mean:g}, spread {summary.spread:g}"


@workflow
def report(numbers: list[float] = [1.0, 2.0, 6.0]) -> str:
    """Summarize numbers.

    Args:
        numbers: at least one
    """
    return sentence(summary=summarize(numbers=numbers))
'''
_TESTS = """from {name}.workflows import report, summarize


def test_a_task_is_a_function():
    assert summarize(numbers=[1.0, 3.0]).mean == 2.0


def test_the_workflow_runs_here():
    assert report(numbers=[1.0, 3.0]) == "mean 2, spread 2"
"""
_README = """# {name}

    drawloom run {name}/workflows.py report --numbers 1 --numbers 5
    drawloom compile {name} -o {name}.pb
    drawloom diff {name}.pb {name}/workflows.py
    python -m pytest
"""
FILES: Mapping[str, str] = {
    "{name}/__init__.py": "",
    "{name}/workflows.py": _WORKFLOW,
    "tests/test_workflows.py": _TESTS,
    "pyproject.toml": '[project]\nname = "{name}"\nversion = "0.1.0"\nrequires-python = ">=3.10"\ndependencies = ["drawloom"]\n\n'
    '[tool.pytest.ini_options]\npythonpath = ["."]\ntestpaths = ["tests"]\n',
    "README.md": _README,
    ".gitignore": "__pycache__/\n*.pb\n",
}
"""What the project has, by path; `{name}` is the package's name."""


@click.command("init")
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document to standard output.")
def init_command(folder: Path, as_json: bool) -> None:  # noqa: FBT001 - click gives the options by name
    """Write a small project to start from into FOLDER.

    It has a workflow, a test and a README. The package is named like the folder. Files that exist already are never replaced.
    """
    output = Output(as_json=as_json)
    name = folder.resolve().name.replace("-", "_")
    if not name.isidentifier() or keyword.iskeyword(name):
        raise TargetError(
            f"{folder.name!r} is not a valid name of a package",
            expected="letters, digits and _",
            got=repr(folder.name),
            fix="give another name",
        )
    files = {folder / path.replace("{name}", name): text.replace("{name}", name) for path, text in FILES.items()}
    there = [file for file in files if file.exists()]
    if there:
        raise TargetError(
            f"{there[0]} exists already",
            expected="a folder that is new or empty",
            got=there[0].name,
            fix="give a folder that is new or empty",
        )
    for file, text in files.items():
        _write(file, text)
    output.line(f"{folder}: {len(files)} files")
    output.line(f"next: cd {folder} && drawloom run {name}/workflows.py report")
    if as_json:
        output.document({"ok": True, "package": name, "files": [str(file) for file in files]})


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise TargetError(
            f"{file} cannot be written",
            expected="a folder that can be written",
            got=str(error.strerror or error),
            fix="give another folder",
        ) from error

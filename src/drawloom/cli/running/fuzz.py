"""`drawloom fuzz FILE [ENTITY]`: inputs drawn by type, every task run with them, and what goes wrong printed as a test."""

from __future__ import annotations

import importlib
import os
from typing import Any

import click

from drawloom.cli.codes import FAILED, OK
from drawloom.cli.terminal.output import Output
from drawloom.cli.terminal.suggestions import files
from drawloom.local.modules import choose, entities_of, require_python
from literals import DrawloomError


def _fuzzing() -> Any:
    """The module that needs hypothesis.

    Raises:
        DrawloomError: hypothesis is not installed.
    """
    try:
        return importlib.import_module("drawloom.local.fuzzing")
    except ModuleNotFoundError as error:
        if error.name != "hypothesis":
            raise
        raise DrawloomError(
            "hypothesis is not installed",
            where="drawloom fuzz",
            expected="hypothesis",
            got="no module of this name",
            fix="pip install hypothesis",
        ) from error


@click.command("fuzz")
@click.argument("target", metavar="FILE", shell_complete=files)
@click.argument("names", metavar="[ENTITY]...", nargs=-1)
@click.option(
    "--examples",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="How many inputs to try for each entity.",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Seed of the random inputs; another seed draws others."
)
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document to standard output.")
def fuzz_command(target: str, names: tuple[str, ...], examples: int, seed: int, as_json: bool) -> int:  # noqa: FBT001 - click gives the options by name
    """Run tasks with random inputs of the right types.

    Each ENTITY of FILE is run, or each task if none is named. A test for pytest is printed, with the smallest inputs, for every one that
    raises an exception, whose output does not come back from its literal, or that is cached and gives different outputs for equal inputs. The
    exit code is then 1.
    """
    output = Output(as_json=as_json)
    require_python(target)
    fuzzing = _fuzzing()
    os.environ["FLYTE_LOCAL_CACHE_ENABLED"] = (
        "false"  # this process is the command's alone; a cached result would hide a fault
    )
    found = entities_of(target)
    chosen = choose(found, names, target) if names else [each for each in found.values() if not hasattr(each, "nodes")]
    keys = {id(entity): key for key, entity in found.items()}
    documents: list[dict[str, Any]] = []
    for entity in chosen:
        finding = fuzzing.fuzz(entity, examples=examples, seed=seed)
        if finding is None:
            output.line(f"{entity.name}: nothing found", style="green")
            continue
        key = keys[id(entity)].rpartition(".")[2]
        test = fuzzing.as_test(finding, entity, _module_of(entity), key)
        documents.append({"entity": entity.name, "kind": finding.kind, "why": finding.why, "test": test})
        output.line(f"{entity.name}: {finding.kind}: {finding.why}", style="red")
        if not as_json:
            output.text(f"\n{test}")
    if as_json:
        output.document({"ok": not documents, "tried": [entity.name for entity in chosen], "findings": documents})
    return FAILED if documents else OK


def _module_of(entity: object) -> str:
    """Where an entity can be imported from; a task of an environment is named after that, and its function knows the module."""
    function = getattr(entity, "func", None)
    return function.__module__ if function is not None else str(getattr(entity, "name", "")).rpartition(".")[0]

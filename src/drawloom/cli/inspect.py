"""`drawloom show` and `drawloom verify`: what a file says, and whether it holds together. Neither runs or imports any task."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from compiler import compile_bundle
from drawloom.cli.output import Output
from drawloom.cli.peer import as_peer
from drawloom.cli.suggestions import files
from drawloom.interpreter import Program, load
from drawloom.ir import PLATFORMS, Key, Problem, VerifyError, pretty, refuses, verify_for
from drawloom.local.modules import TargetError, choose, entities_of, is_python


def program_of(target: str, names: tuple[str, ...] = (), platform: str | None = None) -> Program:
    """The program in a compiled file, or of the entities that a Python file declares, compiled for a platform."""
    if not is_python(target):
        return load(Path(target))
    return load(compile_bundle(choose(entities_of(target), names, target), platform=platform).bundle)


def message_of(program: Program, key: Key) -> Any:
    """The template or plan that a key names."""
    for messages in (program.workflows, program.tasks, program.plans):
        if key in messages:
            return messages[key]
    raise TargetError(f"there is no entity {key}")


FOR_HELP = "Also refuse what this platform would refuse when the entities are registered."


def check_for(platform: str, problems: Sequence[Problem], output: Output) -> None:
    """Warn of what a platform may refuse, and raise `VerifyError` with what it does refuse."""
    refused = [problem for problem in problems if refuses(platform, problem)]
    for problem in problems:
        if problem not in refused:
            output.note(f"warning: {problem}")
    if refused:
        raise VerifyError(refused)


@click.command("show")
@click.argument("target", metavar="FILE_OR_PY", shell_complete=files)
@click.argument("names", nargs=-1)
@as_peer
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document to standard output.")
def show_command(target: str, names: tuple[str, ...], as_json: bool) -> None:  # noqa: FBT001 - click gives the options by name
    """Print the IR of FILE_OR_PY, or of the entities NAMES in it, as text."""
    output = Output(as_json=as_json)
    program = program_of(target)
    keys = [program.find(name) for name in names] or list(program.keys())
    if as_json:
        output.document(
            {
                "entities": [
                    {"kind": key.kind, "name": key.name, "text": pretty(message_of(program, key))} for key in keys
                ]
            }
        )
        return
    output.text("\n\n".join(pretty(message_of(program, key)).rstrip("\n") for key in keys))


@click.command("verify")
@click.argument("target", metavar="FILE", shell_complete=files)
@click.option("--for", "platform", type=click.Choice(sorted(PLATFORMS)), help=FOR_HELP)
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document to standard output.")
def verify_command(target: str, platform: str | None, as_json: bool) -> None:  # noqa: FBT001 - click gives the options by name
    """Check FILE against all static rules; exit 1 and list what is wrong if it breaks any."""
    output = Output(as_json=as_json)
    program = program_of(target, platform=platform)
    if platform is not None and program.as_read is not None:
        check_for(platform, verify_for(platform, program.as_read), output)
    counts = {"workflows": len(program.workflows), "tasks": len(program.tasks), "launch_plans": len(program.plans)}
    if as_json:
        output.document({"ok": True, **counts})
        return
    words = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
    output.line(f"{target}: good ({words})")

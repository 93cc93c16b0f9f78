"""`drawloom diff OLD NEW`: what changed between two programs, and for whom it breaks something."""

from __future__ import annotations

import itertools
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from drawloom.cli.codes import FAILED, OK
from drawloom.cli.targets import program_of
from drawloom.cli.terminal.output import Output
from drawloom.cli.terminal.peer import as_peer
from drawloom.interpreter import Program, load
from drawloom.ir import AUDIENCES, Change, Entities, changes
from drawloom.local.errors import TargetError
from drawloom.local.modules import is_python

_START = "from drawloom.import_alias import install_from_environment as install; install(); from drawloom.cli import main; main()"
"""The command line in a process of its own, where `--as` of this one holds too."""


@click.command("diff")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--for", "audiences", multiple=True, type=click.Choice(sorted(AUDIENCES)),
    help="Whom a change has to break for exit code 1: " + "; ".join(f"{name}, {text}" for name, text in AUDIENCES.items())
    + ". Repeatable; callers if not given.",
)  # fmt: skip
@as_peer
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document to standard output.")
def diff_command(old: str, new: str, audiences: tuple[str, ...], as_json: bool) -> int:  # noqa: FBT001 - click gives the options by name
    """Say what changed from OLD to NEW, and what it breaks.

    OLD and NEW are each a compiled file or folder, or a Python file. The exit code is 1 if something breaks for those that --for names.
    """
    output = Output(as_json=as_json)
    wanted = frozenset(audiences) or frozenset({"callers"})
    found = changes(_entities(_apart(old)), _entities(program_of(new)))
    broken = [each for each in found if each.breaks & wanted]
    if as_json:
        output.document({"ok": not broken, "changes": [_document(each) for each in found]})
    elif not found:
        output.line("nothing changed")
    for name, group in itertools.groupby(found, key=lambda each: each.entity):
        output.line(f"{name.kind} {name.name}")
        for each in group:
            breaking = ", ".join(name for name in AUDIENCES if name in each.breaks and name != "versions")
            mark = f"breaks {breaking}" if breaking else "compatible"
            style = "red" if each.breaks & wanted else ("yellow" if breaking else None)
            output.line(f"  {mark}: {each.text}", style)
    return FAILED if broken else OK


def _apart(target: str) -> Program:
    """The program of the old side; Python is compiled in a process of its own, since both sides may be modules of one name."""
    if not is_python(target):
        return program_of(target)
    with tempfile.TemporaryDirectory(prefix="drawloom-diff-") as folder:
        bundle = Path(folder, "old.pb")
        command = [sys.executable, "-c", _START, "compile", target, "-o", str(bundle)]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603 - ourselves
        if done.returncode:
            raise TargetError(
                f"{target} cannot be compiled: {done.stderr.strip()}",
                expected="a file that compiles",
                got=done.stderr.strip(),
                fix="correct it, or give a compiled file",
            )
        return load(bundle)


def _entities(program: Program) -> Entities:
    return Entities(program.tasks, program.workflows, program.plans)


def _document(change: Change) -> dict[str, object]:
    return {
        "rule": change.rule,
        "kind": change.entity.kind,
        "entity": change.entity.name,
        "where": change.where,
        "text": change.text,
        "breaks": [name for name in AUDIENCES if name in change.breaks],
    }

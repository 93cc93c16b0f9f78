"""`drawloom show` and `drawloom verify`: what a file says, and whether it holds together. Neither runs or imports any task."""

from __future__ import annotations

import click

from drawloom.cli.looking.look import FORMATS, HTML, TEXT, picture_of_program, picture_of_run, write_picture, write_to
from drawloom.cli.targets import FOR_HELP, check_for, folder_of, is_run, message_of, program_of
from drawloom.cli.terminal.output import Output, counted
from drawloom.cli.terminal.peer import as_peer
from drawloom.cli.terminal.suggestions import files
from drawloom.ir import PLATFORMS, pretty, verify_for
from drawloom.local.errors import TargetError
from drawloom.page.document import Document, RunReader, bundle_document
from drawloom.page.html import page_of


def page_content(target: str, name: str | None) -> Document:
    """What the page of a recorded run shows, or that of the workflows of a file; `name` says which is the main one."""
    if not is_run(target):
        return bundle_document(program_of(target), name)
    if name is not None:
        raise TargetError("a run has one page", expected="no name of an entity", got=name, fix="leave the name away")
    return RunReader(folder_of(target)).whole()


def _draw(target: str, names: tuple[str, ...], form: str, to: str | None, depth: int | None, output: Output) -> None:  # noqa: PLR0917 - the options of show
    if form == HTML:
        if depth is not None or len(names) > 1:
            raise click.UsageError("--format html writes the page, which has every level and one main entity")
        content = page_content(target, names[0] if names else None)
        write_to(page_of(content).encode(), to, output, "the page", binary=False)
    elif is_run(target):
        write_picture(picture_of_run(folder_of(target), names, depth or 0), form, to, output)
    else:
        write_picture(picture_of_program(program_of(target), names, depth or 0), form, to, output)


@click.command("show")
@click.argument("target", metavar="FILE_OR_PY_OR_RUN", shell_complete=files)
@click.argument("names", nargs=-1)
@as_peer
@click.option("--format", "form", type=click.Choice(FORMATS), default=TEXT, help="Text, or a picture.")
@click.option("-o", "--output", "to", type=click.Path(), help="Write the picture to this file.")
@click.option("--depth", type=click.IntRange(0), help="Levels of sub-workflows that a picture unfolds (default 0).")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document to standard output.")
def show_command(
    target: str,
    names: tuple[str, ...],
    *,
    form: str,
    to: str | None,
    depth: int | None,
    as_json: bool,
) -> None:
    """Print what was compiled as text, or draw it.

    NAMES chooses some of the entities of a file. A recorded run can be drawn too.
    """
    output = Output(as_json=as_json)
    if form != TEXT:
        if as_json:
            raise click.UsageError("--json and --format: a picture is not a JSON document")
        _draw(target, names, form, to, depth, output)
        return
    if to is not None or depth is not None:
        raise click.UsageError("--output and --depth are for pictures; give --format as well")
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
    """Check a compiled file.

    If FILE breaks a rule, list everything that is wrong, and exit with 1.
    """
    output = Output(as_json=as_json)
    program = program_of(target, platform=platform)
    if platform is not None and program.as_read is not None:
        check_for(platform, verify_for(platform, program.as_read), output)
    counts = {"workflows": len(program.workflows), "tasks": len(program.tasks), "launch_plans": len(program.plans)}
    if as_json:
        output.document({"ok": True, **counts})
        return
    words = ", ".join(counted(count, name.replace("_", " ").removesuffix("s")) for name, count in counts.items())
    output.line(f"{target}: good ({words})")

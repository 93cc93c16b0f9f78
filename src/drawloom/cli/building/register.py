"""`drawloom register`: compile, verify by the platform's rules, and send."""

from __future__ import annotations

from pathlib import Path

import click

from drawloom.cli.building.compile import settings_of
from drawloom.cli.terminal.output import Output
from drawloom.cli.terminal.peer import as_peer
from drawloom.local.errors import TargetError
from drawloom.local.modules import choose, entities_of, is_python
from drawloom.remote import FlyteRemote, PlatformSettings


@click.command("register")
@click.argument("target", metavar="MODULE_OR_FILE")
@click.argument("names", nargs=-1)
@click.option("-p", "--project", default=None, help="Project to register in.")
@click.option("-d", "--domain", default=None, help="Domain to register in.")
@click.option("-V", "--version", default=None, help="Version; a digest of the content if not given.")
@click.option("--image", default=None, help="Container image for tasks that name none.")
@click.option("--endpoint", default=None, help="Where the platform is: host:port.")
@click.option(
    "--config", default=None, type=click.Path(path_type=Path, exists=True), help="A file of flytectl's settings."
)
@click.option(
    "--copy", type=click.Choice(["auto", "all", "none"]), default="auto", show_default=True,
    help="Code to bring along: loaded modules, all files, or none since the image has it.",
)  # fmt: skip
@as_peer
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document to standard output.")
def register_command(  # noqa: PLR0917 - click gives the options by name
    target: str,
    names: tuple[str, ...],
    project: str | None,
    domain: str | None,
    version: str | None,
    image: str | None,
    endpoint: str | None,
    config: Path | None,
    copy: str,
    as_json: bool,  # noqa: FBT001 - click gives the options by name
) -> None:
    """Register with a Flyte 1 platform.

    MODULE_OR_FILE is a Python file or module, of which NAMES can choose some entities, or a compiled file. Everything that they need is
    registered too. What is there already with the same content stays as it is, so you can repeat the command.
    """
    output = Output(as_json=as_json)
    is_compiled = not is_python(target)
    if is_compiled and (names or image is not None or copy == "all"):
        raise TargetError(
            f"{target} is compiled already: all of it is registered, with the images and the commands that it names",
            expected="a Python file, or a compiled file alone",
            got="NAMES, --image or --copy",
            fix="leave NAMES, --image and --copy out, or give the Python file",
        )
    chosen = [] if is_compiled else choose(entities_of(target), names, target)
    root = Path(target).resolve().parent if Path(target).exists() else Path.cwd()
    with FlyteRemote(PlatformSettings.auto(config, endpoint=endpoint), project, domain) as remote:
        if is_compiled:
            made = remote.register_files(target, version, project, domain)
        else:
            made = remote.register(
                chosen,
                settings_of(project or "", domain or "", version, image),
                fast=copy != "none",
                root=root,
                copy_style="all" if copy == "all" else "loaded_modules",
            )
    for each in made:
        output.line(f"{each.id.project}/{each.id.domain} {each.name}@{each.id.version}")
    if as_json:
        rows = [{"name": e.name, "version": e.id.version, "project": e.id.project, "domain": e.id.domain} for e in made]
        output.document({"ok": True, "registered": rows})

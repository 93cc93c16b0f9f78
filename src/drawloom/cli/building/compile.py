"""`drawloom compile`: Python in, one bundle or a folder of spec files out; whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import click

from compiler import Compiled, SerializationSettings, compile_bundle, write_archive, write_bundle, write_folder
from drawloom.cli.targets import FOR_HELP, check_for
from drawloom.cli.terminal.output import Output
from drawloom.cli.terminal.peer import as_peer
from drawloom.cli.terminal.suggestions import files
from drawloom.ir import PLATFORMS, USUAL_PLATFORM, refuses, verify_for
from drawloom.local.errors import TargetError
from drawloom.local.modules import choose, entities_of, require_python

_ARCHIVES = (".tgz", ".tar.gz")
_KIB_FROM = 10_000
"""Bytes from which a size is given in KiB."""


@click.command("compile")
@click.argument("target", metavar="MODULE_OR_FILE", shell_complete=files)
@click.argument("names", nargs=-1)
@click.option(
    "-o", "--output", "destination", required=True, type=click.Path(path_type=Path),
    help="Where to write: NAME.pb is one file, NAME.tgz an archive, anything else a folder of numbered files.",
)  # fmt: skip
@click.option("-p", "--project", default="", help="Project of the identifiers; filled in at registration if empty.")
@click.option("-d", "--domain", default="", help="Domain of the identifiers; filled in at registration if empty.")
@click.option("-V", "--version", default=None, help="Version of the identifiers; a digest of the content if not given.")
@click.option("--image", default=None, help="Container image for tasks that name none.")
@click.option("--force", is_flag=True, help="Replace a folder that already holds other files.")
@click.option("--for", "platform", type=click.Choice(sorted(PLATFORMS)), help=FOR_HELP)
@as_peer
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document to standard output.")
def compile_command(  # noqa: PLR0917 - click gives the options by name
    target: str,
    names: tuple[str, ...],
    destination: Path,
    project: str,
    domain: str,
    version: str | None,
    image: str | None,
    force: bool,  # noqa: FBT001 - click gives the options by name
    platform: str | None,
    as_json: bool,  # noqa: FBT001 - click gives the options by name
) -> None:
    """Compile the tasks, workflows and plans of a module.

    MODULE_OR_FILE is a Python file, a module, or a package, of which all modules are compiled. NAMES chooses some of their entities.
    """
    output = Output(as_json=as_json)
    require_python(target)
    entities = choose(entities_of(target), names, target)
    compiled = compile_bundle(entities, settings_of(project, domain, version, image), platform=platform)
    problems = verify_for(platform or USUAL_PLATFORM, compiled.bundle)
    if platform is not None:
        check_for(platform, problems, output)
    for problem in problems if platform is None else ():
        verb = "would" if refuses(USUAL_PLATFORM, problem) else "may"
        output.note(f"warning: {USUAL_PLATFORM} {verb} refuse this: {problem}")
    if platform is None and problems:
        output.note(f"--for {USUAL_PLATFORM} writes conditions and empty workflows in a form that it takes")
    if destination.suffix and not destination.is_dir():
        files = [
            _write_file(compiled, destination, write_archive if destination.name.endswith(_ARCHIVES) else write_bundle)
        ]
    else:
        files = _write_folder(compiled, destination, force=force)
    output.line(
        f"{len(entities)} entities → {destination} ({_size(files)} in {len(files)} file{'s' * (len(files) != 1)})"
    )
    if as_json:
        output.document(
            {"ok": True, "output": str(destination), "files": [str(file) for file in files],
             "entities": [entity.name for entity in entities]}
        )  # fmt: skip


def settings_of(project: str, domain: str, version: str | None, image: str | None) -> SerializationSettings:
    """Settings from the command line's options."""
    if image is None:
        return SerializationSettings(project=project, domain=domain, version=version)
    given = SerializationSettings.for_image(image, version or "", project, domain)
    return SerializationSettings(image_config=given.image_config, project=project, domain=domain, version=version)


def _write_file(compiled: Compiled, destination: Path, write: Callable[[Compiled, Path], Path]) -> Path:
    """Write beside the destination, then rename: a reader sees the old file or the new one."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{destination.name}.", dir=destination.parent)
    os.close(handle)
    part = Path(name)
    try:
        write(compiled, part)
        part.replace(destination)
    finally:
        part.unlink(missing_ok=True)
    return destination


def _write_folder(compiled: Compiled, destination: Path, *, force: bool) -> list[Path]:
    if destination.exists() and not destination.is_dir():
        raise TargetError(
            f"{destination} is a file",
            expected="a folder",
            got="a file",
            fix="give a folder, or a name with a suffix for one bundle",
        )
    others = [file for file in destination.iterdir() if file.suffix != ".pb"] if destination.is_dir() else []
    if others and not force:
        raise TargetError(
            f"{destination} holds other files, such as {others[0].name}",
            expected="a folder that is empty, or holds compiled files only",
            got=others[0].name,
            fix="give another folder, or pass --force",
        )
    destination.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{destination.name}.", dir=destination.parent))
    try:
        write_folder(compiled, part, warn_for=None)
        destination.mkdir(exist_ok=True)
        for old in destination.glob("*.pb"):
            old.unlink()
        written = [file.replace(destination / file.name) for file in sorted(part.iterdir())]
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return written


def _size(files: list[Path]) -> str:
    size = sum(file.stat().st_size for file in files)
    return f"{size:,} bytes" if size < _KIB_FROM else f"{size / 1024:,.0f} KiB"

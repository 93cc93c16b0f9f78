"""`drawloom page` and `drawloom ui`: runs and bundles to be looked at in a browser."""

from __future__ import annotations

import contextlib
import re
import webbrowser
from pathlib import Path

import click

from drawloom.cli.looking.inspect import page_content
from drawloom.cli.terminal.output import Output, write_file
from drawloom.cli.terminal.peer import as_peer
from drawloom.local.errors import TargetError
from drawloom.local.home import runs_root
from drawloom.page.html import page_of
from drawloom.page.server import RunServer


@click.command("page")
@click.argument("target", metavar="RUN_OR_FILE_OR_PY")
@click.argument("name", required=False)
@as_peer
@click.option(
    "-o", "--output", "to", type=click.Path(), help="The file to write (default: the run's or entity's name)."
)
def page_command(target: str, name: str | None, to: str | None) -> None:
    """Write a run, or the workflows of a file, as one HTML file. It needs nothing else, and no network."""
    output = Output()
    content = page_content(target, name)
    path = Path(to or f"{re.sub(r'[^A-Za-z0-9_.-]+', '_', content['name'])}.html")
    write_file(path, page_of(content).encode(), "the page")
    output.line(str(path))


@click.command("ui")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="The port on this machine (default: a free one)."
)
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False),
    help="The folder with the runs (default: those of DRAWLOOM_HOME).",
)
@click.option("--open/--no-open", "opened", default=True, help="Open a browser.")
def ui_command(*, port: int, root: str | None, opened: bool) -> None:
    """Show the recorded runs in a browser. It is read-only, live, and for this machine only; Ctrl-C ends it."""
    output = Output()
    try:
        server = RunServer(Path(root) if root is not None else runs_root(), port)
    except OSError as error:
        raise TargetError(
            f"port {port} cannot be used: {error.strerror or error}",
            expected="a port that is free",
            got=str(port),
            fix="choose another with --port",
        ) from error
    output.line(server.address)
    if opened:
        webbrowser.open(server.address)
    with server, contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()

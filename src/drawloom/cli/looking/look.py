"""`drawloom show --format`: a workflow or a recorded run as a picture."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from drawloom.cli.terminal.output import Output, write_file
from drawloom.interpreter import Program, load, read_run
from drawloom.local.errors import TargetError
from drawloom.page.document import entities_of, main_of
from drawloom.page.standings import histories, standings
from drawloom.pictures.drawing import png, svg
from drawloom.pictures.graph import Picture, picture_of
from drawloom.pictures.text import dot, mermaid

TEXT = "text"
_WRITTEN: dict[str, Callable[[Picture], bytes]] = {
    "mermaid": lambda graph: mermaid(graph).encode(),
    "dot": lambda graph: dot(graph).encode(),
    "svg": lambda graph: svg(graph).encode(),
    "png": png,
}
HTML = "html"
FORMATS = (TEXT, *_WRITTEN, HTML)


def picture_of_program(program: Program, names: tuple[str, ...], depth: int) -> Picture:
    """The picture of the entity that is named, or of the main one.

    Raises:
        TargetError: more than one is named.
        EntityNotFoundError: there is none of that name, or several and none is named.
    """
    if len(names) > 1:
        raise TargetError("a picture shows one entity", expected="one name", got=", ".join(names), fix="name one")
    return picture_of(program.find(names[0] if names else main_of(program)), entities_of(program), depth=depth)


def picture_of_run(folder: Path, names: tuple[str, ...], depth: int) -> Picture:
    """The picture of a recorded run: its workflow, with how each node stands.

    Raises:
        TargetError: it is a run of actions, which has no workflow, or a name is given as well.
        RunDirectoryError: its record cannot be read.
    """
    recorded = read_run(folder)
    if names:
        raise TargetError(
            "a run has one picture", expected="no name of an entity", got=", ".join(names), fix="leave the names away"
        )
    if not recorded.bundle:
        raise TargetError(
            f"run {recorded.info.name} is a run of actions: it has no workflow to draw",
            expected="a run of a workflow",
            got="a run of actions",
            fix="`drawloom page` shows its actions",
        )
    program = load(recorded.bundle)
    stand = standings(histories(recorded.frames))
    return picture_of(program.find(recorded.info.entity), entities_of(program), depth=depth, standings=stand)


def write_picture(graph: Picture, form: str, to: str | None, output: Output) -> None:
    """Write the picture to a file, or to standard output.

    Raises:
        TargetError: a PNG would go to a terminal, or the file cannot be written.
    """
    data = _WRITTEN[form](graph)
    write_to(data, to, output, "the picture", binary=form == "png")


def write_to(data: bytes, to: str | None, output: Output, what: str, *, binary: bool) -> None:
    """Write bytes to a file, or text to standard output; bytes go there only where nobody watches. `what`: see `write_file`."""
    if to is not None:
        write_file(Path(to), data, what)
        output.note(f"written: {to}")
    elif not binary:
        output.text(data.decode())
    elif sys.stdout.isatty():
        raise TargetError(
            "a PNG cannot be shown in a terminal", expected="a file", got="a terminal", fix="give -o FILE.png"
        )
    else:
        sys.stdout.buffer.write(data)

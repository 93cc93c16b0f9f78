"""Three ways to speak: to a person at a terminal, to a log, to a program (`--json`).

A terminal gets colour and live progress (rich); anything else gets plain lines. With `--json`, standard output holds
exactly one JSON document and nothing else. Errors go to standard error, on one screen, without our traceback.
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from compiler import is_users, location_of
from drawloom.cli.explanations import code_of
from drawloom.local.errors import TargetError
from literals import DrawloomError, foreign_text, is_ours

LIMIT = 40
"""Lines of an error that are shown; an error fits one screen."""


_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), 0x7F, *range(0x80, 0xA0)) if chr(code) not in "\n\t"}


_NARROWEST = 8
"""Characters of a column that is cut."""
_PLACE = re.compile(r"\s*at \S+:\d+")


def counted(number: int, one: str, many: str = "") -> str:
    """A number with the word for what is counted: `1 task`, `2 tasks`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _widths(rows: Sequence[Sequence[str]], room: int) -> list[int]:
    """The widths of the columns that are shown in so many characters, as many as there is room for.

    The first column is what other commands are given: it is whole, whatever the terminal's width. Of the others only the widest is cut.
    """
    whole = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for shown in range(len(whole), 1, -1):
        widths = whole[:shown]
        widest = max(range(1, shown), key=widths.__getitem__)
        rest = room - sum(widths) + widths[widest] - 2 * (shown - 1)
        if rest >= min(_NARROWEST, widths[widest]):
            widths[widest] = min(widths[widest], rest)
            return widths
    return whole[:1]


def _fitted(text: str, console: Console, hanging: int = 2) -> str:
    """On a terminal the text in lines that end between words, further ones indented by `hanging` more; elsewhere as it is."""
    if not console.is_terminal or max(map(len, text.split("\n"))) <= console.width:
        return text
    indent = " " * (len(text) - len(text.lstrip(" ")))
    lines = textwrap.wrap(
        text, console.width, subsequent_indent=indent + " " * hanging, break_long_words=False, break_on_hyphens=False,
        replace_whitespace=False, expand_tabs=False,
    )  # fmt: skip
    return "\n".join(lines)


def printable(text: str) -> str:
    """Text with its control characters escaped: names and values of a bundle must not steer a terminal."""
    return text.translate(_CONTROLS)


class Output:
    """Where the commands write."""

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        self.out = Console(file=sys.stdout, highlight=False, soft_wrap=True)
        self.err = Console(file=sys.stderr, highlight=False, soft_wrap=True)

    @property
    def is_terminal(self) -> bool:
        """Whether a person watches."""
        return self.err.is_terminal and not self.as_json

    def line(self, text: str, style: str | None = None) -> None:
        """One line for people; nothing with `--json`."""
        if not self.as_json:
            self.out.print(escape(_fitted(printable(text), self.out)), style=style)

    def note(self, text: str, style: str | None = None) -> None:
        """One line about what is going on, on standard error; nothing with `--json`."""
        if not self.as_json:
            self.err.print(escape(_fitted(printable(text), self.err)), style=style)

    def paragraph(self, text: str) -> None:
        """A paragraph, in lines that end between words."""
        self.line(_fitted(" ".join(text.split()), self.out, hanging=0))

    def text(self, text: str) -> None:
        """Text as it is, but for control characters."""
        text = printable(text)
        sys.stdout.write(text if text.endswith("\n") else text + "\n")

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]], empty: str) -> None:
        """Rows under headings; tabs between the columns when nobody watches."""
        if not rows:
            self.line(empty)
        elif self.out.is_terminal:
            cells = [[printable(cell) for cell in row] for row in rows]
            widths = _widths([columns, *cells], self.out.width)
            table = Table(
                *(Column(name, no_wrap=True, min_width=width, max_width=width) for name, width in zip(columns, widths, strict=False)),
                box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold",
            )  # fmt: skip
            for row in cells:
                table.add_row(*(escape(cell) for cell in row[: len(widths)]))
            self.out.print(table)
        else:
            for row in rows:
                self.text("\t".join(row))

    def document(self, content: Mapping[str, Any]) -> None:
        """The one JSON document of `--json`; in ASCII where the stream cannot hold all of its characters."""
        text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=False, default=str)
        try:
            text.encode(sys.stdout.encoding or "utf-8")
        except UnicodeEncodeError:
            text = json.dumps(content, indent=2, sort_keys=False, default=str)
        self.text(text)

    def error(self, error: BaseException) -> None:
        """An error: as text on standard error, and as the document with `--json`."""
        if self.as_json:
            self.document({"ok": False, "error": error_document(error)})
            return
        first, *rest = _shorten(error_text(error).splitlines() or [type(error).__name__])
        title = "error: "
        self.err.print(f"[bold red]{title}[/]{escape(_fitted(title + printable(first), self.err)[len(title) :])}")
        before = first
        for line in rest:
            # Lines of a program stay as they are, under the place where they are written.
            is_code = _PLACE.match(before) is not None or not line.strip(" ^")
            self.err.print(escape(printable(line) if is_code else _fitted(printable(line), self.err)))
            before = line
        if place := users_line(error):
            self.err.print(escape(printable(place)), style="dim")
        if code := code_of(error):
            self.err.print(f"  more: drawloom explain {code}", style="dim")


def users_line(error: BaseException) -> str:
    """The user's line that an error of drawloom's came by, where its text names none; empty where there is none."""
    if getattr(error, "location", None) is not None or getattr(error, "drawloom_trail", ()):
        return ""
    location = location_of(error)
    if location is None or not is_users(location.file) or location.file in str(error):
        return ""
    return "\n".join(filter(None, [f"  at {location}", location.snippet()]))


def error_text(error: BaseException) -> str:
    """The error in words: our own as they are, others after the name of their class."""
    text = foreign_text(error)
    if isinstance(error, DrawloomError) and is_ours(type(error).__module__):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def error_document(error: BaseException) -> dict[str, Any]:
    """The error for programs: class, sentence, and the parts that are known."""
    parts = {name: getattr(error, name, "") for name in ("what", "where", "expected", "got", "fix")}
    code = code_of(error)
    parts |= {"code": code} if code else {}
    return {"type": type(error).__name__, "message": foreign_text(error), **{k: v for k, v in parts.items() if v}}


def write_file(path: Path, data: bytes, what: str, fix: str = "give another file with -o") -> None:
    """Write what a command makes. `what`: its name in an error.

    Raises:
        TargetError: it cannot be written.
    """
    try:
        path.write_bytes(data)
    except OSError as error:
        raise TargetError(
            f"{what} cannot be written",
            where=str(path),
            expected="a file that can be written",
            got=str(error.strerror or error),
            fix=fix,
        ) from error


def _shorten(lines: list[str]) -> list[str]:
    return lines if len(lines) <= LIMIT else [*lines[: LIMIT - 1], f"  … and {len(lines) - LIMIT + 1} more lines"]

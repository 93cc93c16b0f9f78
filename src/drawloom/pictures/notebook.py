"""What a notebook shows of workflows, bundles, runs and named literals: the forms that Jupyter asks objects for."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from drawloom.pictures.drawing import can_draw, svg
from drawloom.pictures.graph import Picture
from drawloom.pictures.text import mermaid

_CELL = "text-align:left;padding:2px 12px 2px 0;font-family:monospace"


def forms(graph: Picture, text: str) -> dict[str, str]:
    """A picture by media type: drawn where mini-racer is installed, else as Mermaid, which JupyterLab draws itself."""
    shown = {"text/plain": text, "text/vnd.mermaid": mermaid(graph)}
    if can_draw():
        drawn = svg(graph)
        shown |= {"image/svg+xml": drawn, "text/html": f"<div>{drawn}</div>"}
    return shown


def table_html(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table under a title. Every cell is text: nothing in a value is markup."""
    head = "".join(f'<th style="{_CELL}">{html.escape(name)}</th>' for name in columns)
    body = "".join(
        "<tr>" + "".join(f'<td style="{_CELL}">{html.escape(cell)}</td>' for cell in row) + "</tr>" for row in rows
    )
    return f"<div><strong>{html.escape(title)}</strong><table><tr>{head}</tr>{body}</table></div>"

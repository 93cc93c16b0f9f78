"""Pictures as text: Mermaid, which Markdown pages and JupyterLab draw, and Graphviz's language."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from drawloom.pictures.graph import Box, Picture

_MERMAID = {
    "task": ("[", "]"), "workflow": ("[[", "]]"), "plan": ("[[", "]]"), "array": ("[/", "/]"), "gate": ("{{", "}}"),
    "fail": (">", "]"), "inputs": ("([", "])"), "outputs": ("([", "])"), "branch": ("{", "}"),
}  # fmt: skip
_DOT = {
    "task": "box", "workflow": "box3d", "plan": "component", "array": "folder", "gate": "octagon", "fail": "note",
    "inputs": "ellipse", "outputs": "ellipse", "branch": "diamond",
}  # fmt: skip
COLOURS = {
    "SUCCEEDED": ("#d7f2df", "#1d7a3e"), "CACHED": ("#d7f2df", "#1d7a3e"), "RECOVERED": ("#d7f2df", "#1d7a3e"),
    "FAILED": ("#fbdcd9", "#b3261e"), "TIMED_OUT": ("#fbdcd9", "#b3261e"), "ABORTED": ("#fbdcd9", "#b3261e"),
    "RUNNING": ("#d9e8fc", "#1a5fb4"), "RETRYING": ("#fdeccb", "#8a5300"), "WAITING": ("#fdeccb", "#8a5300"),
    "QUEUED": ("#eceef1", "#5b6470"), "SKIPPED": ("#f6f6f7", "#5b6470"), "NOT STARTED": ("#f6f6f7", "#5b6470"),
}  # fmt: skip
"""State -> fill and line."""


def mermaid(graph: Picture) -> str:
    """The picture in Mermaid's language; needs no library. Names become `b0`, `b1`, …: an address is not a name there."""
    names = {box.address: f"b{index}" for index, box in enumerate(graph.boxes)}
    lines = ["flowchart TD", f"  %% {_one_line(graph.title)}"]
    lines += _nested(graph, "", 1, lambda box, inner, step: _mermaid_box(box, names[box.address], inner, step))
    for arrow in graph.arrows:
        if arrow.source in names and arrow.target in names:
            label = f"|{_mermaid_text(arrow.label)}|" if arrow.label else ""
            lines.append(f"  {names[arrow.source]} -->{label} {names[arrow.target]}")
    for state in sorted({box.state for box in graph.boxes if box.state in COLOURS}):
        fill, line = COLOURS[state]
        word = state.replace(" ", "_")
        members = ",".join(names[box.address] for box in graph.boxes if box.state == state)
        lines += [f"  classDef {word} fill:{fill},stroke:{line},color:#111", f"  class {members} {word}"]
    return "\n".join(lines) + "\n"


def _nested(graph: Picture, parent: str, step: int, shown: Callable[[Box, list[str], int], list[str]]) -> list[str]:
    """The lines of the boxes inside `parent`, each with those of the boxes inside it."""
    lines: list[str] = []
    for box in graph.boxes:
        if box.parent == parent:
            inner = _nested(graph, box.address, step + 1, shown) if box.kind in {"branch", "workflow", "plan"} else []
            lines += shown(box, inner, step)
    return lines


def _one_line(text: str) -> str:
    """A title as a comment: no character that could begin anything else."""
    return " ".join(re.sub(r"[^\w.:@ -]", " ", text).split())


def _mermaid_text(text: str) -> str:
    """Text in quotes, with every character that Mermaid or HTML would read as its own written as a number."""
    shown = "".join(f"#{ord(sign)};" if sign in '"#<>&;\\`' or (sign < " " and sign != "\n") else sign for sign in text)
    return '"' + shown.replace("\n", "<br/>") + '"'


def _mermaid_box(box: Box, name: str, inner: list[str], step: int) -> list[str]:
    pad = "  " * step
    text = _mermaid_text(f"{box.label}\n{box.caption}" if box.caption else box.label)
    if inner:
        return [f"{pad}subgraph {name}[{text}]", *inner, f"{pad}end"]
    left, right = _MERMAID[box.kind]
    return [f"{pad}{name}{left}{text}{right}"]


def dot(graph: Picture) -> str:
    """The picture in Graphviz's language, for `dot` and everything that reads it."""
    holders = {box.parent for box in graph.boxes} - {""}
    lines = [
        f"digraph {_quoted(graph.title)} {{",
        '  graph [compound=true, rankdir=TB, fontname="sans-serif"]',
        '  node [fontname="sans-serif", fontsize=11, style="rounded,filled", fillcolor=white]',
        '  edge [fontname="sans-serif", fontsize=9]',
    ]
    lines += _nested(graph, "", 1, _dot_box)
    for arrow in graph.arrows:
        source, tail = _dot_end(graph, arrow.source, holders)
        target, head = _dot_end(graph, arrow.target, holders)
        options = [f"label={_quoted(arrow.label)}"] if arrow.label else []
        options += [f"ltail={_quoted(tail)}"] if tail else []
        options += [f"lhead={_quoted(head)}"] if head else []
        shown = f" [{', '.join(options)}]" if options else ""
        lines.append(f"  {_quoted(source)} -> {_quoted(target)}{shown}")
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _dot_end(graph: Picture, address: str, holders: set[str]) -> tuple[str, str]:
    """An arrow ends at a box; where that is a cluster, at a box in it, and is cut at the cluster's border."""
    inside = address
    while inside in holders:
        inside = next(box.address for box in graph.boxes if box.parent == inside)
    return inside, f"cluster_{address}" if inside != address else ""


def _dot_box(box: Box, inner: list[str], step: int) -> list[str]:
    pad = "  " * step
    fill, line = COLOURS.get(box.state, ("white", "#5b6470"))
    text = _quoted(f"{box.label}\n{box.caption}" if box.caption else box.label)
    style = f"label={text}, color={_quoted(line)}"
    if inner:
        head = f"{pad}subgraph {_quoted(f'cluster_{box.address}')} {{"
        return [head, f"{pad}  graph [{style}]", *inner, f"{pad}}}"]
    return [f"{pad}{_quoted(box.address)} [{style}, fillcolor={_quoted(fill)}, shape={_DOT[box.kind]}]"]

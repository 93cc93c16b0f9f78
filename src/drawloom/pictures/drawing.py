"""Pictures as SVG and PNG: laid out by ELK in an embedded JavaScript engine, and painted by resvg. Both are wheels.

ELK and the drawing are one script, built from `web/`; the page draws its graphs with the same one.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import json
from importlib.resources import files
from typing import Protocol, cast

from drawloom.pictures.graph import Picture
from literals import DrawloomError, attempt, foreign_text

LAYOUT_LIMIT = 2000
"""Boxes of a picture that is laid out."""
_SECONDS = 120
_LARGEST = 16_000
"""Pixels of a side of a PNG: what programs that show one take."""


class PictureError(DrawloomError):
    """A picture cannot be drawn: a library is missing, or it would be too large."""


class _Promise(Protocol):
    def get(self, *, timeout: float) -> str: ...


class _Engine(Protocol):
    def eval(self, code: str) -> object: ...


def missing(library: str, wanted: str) -> PictureError:
    """The error for a library of the extra that is not installed."""
    return PictureError(
        f"{wanted} needs {library}, which is not installed",
        expected=library,
        got="no module of this name",
        fix="`pip install 'drawloom[pictures]'`; `--format mermaid` and `--format dot` need nothing",
    )


@functools.lru_cache(maxsize=1)
def _engine() -> _Engine:
    try:
        racer = importlib.import_module("py_mini_racer")
    except ImportError as error:
        raise missing("mini-racer", "drawing a picture") from error
    engine = cast("_Engine", racer.MiniRacer())
    engine.eval((files("drawloom.pictures") / "assets" / "engine.js").read_text(encoding="ascii"))
    return engine


def can_draw() -> bool:
    """Whether SVG can be drawn here: whether the library for it is installed."""
    return importlib.util.find_spec("py_mini_racer") is not None


def svg(graph: Picture) -> str:
    """The picture as one SVG document, without links to anything.

    Raises:
        PictureError: the library is missing, or there are more than `LAYOUT_LIMIT` boxes.
    """
    if len(graph.boxes) > LAYOUT_LIMIT:
        raise PictureError(
            f"a picture of {len(graph.boxes):,} boxes is too large to lay out", where=graph.title,
            expected=f"at most {LAYOUT_LIMIT:,}", got=f"{len(graph.boxes):,}", fix="write `--format mermaid` or `dot`, or `drawloom page`, which has no limit",
        )  # fmt: skip
    text = json.dumps(json.dumps(graph.document()))  # a JavaScript string that holds JSON
    promise = cast("_Promise", _engine().eval(f"drawSvg({text})"))
    drawn = attempt(promise.get, timeout=_SECONDS)
    if drawn.error is not None:
        raise PictureError(
            "the layout engine failed",
            where=graph.title,
            expected="a picture",
            got=foreign_text(drawn.error),
            fix="write `--format mermaid` or `dot`",
        ) from drawn.error
    return drawn.unwrap()


def png(graph: Picture, scale: float = 2.0) -> bytes:
    """The picture as a PNG, `scale` pixels to each of the SVG's.

    Raises:
        PictureError: a library is missing, or the picture would be too large.
    """
    drawn = svg(graph)
    try:
        resvg = importlib.import_module("resvg_py")
    except ImportError as error:
        raise missing("resvg-py", "a PNG") from error
    width, height = _size(drawn)
    zoom = min(scale, _LARGEST / width, _LARGEST / height)
    font = str(files("drawloom.pictures") / "assets" / "DejaVuSansMono.ttf")
    return bytes(
        resvg.svg_to_bytes(
            svg_string=drawn, width=max(1, int(width * zoom)), font_files=[font], skip_system_fonts=True,
            font_family="DejaVu Sans Mono", monospace_family="DejaVu Sans Mono",
        )
    )  # fmt: skip


def _size(drawn: str) -> tuple[int, int]:
    _, _, rest = drawn.partition('width="')
    width, _, rest = rest.partition('" height="')
    return int(width), int(rest.partition('"')[0])

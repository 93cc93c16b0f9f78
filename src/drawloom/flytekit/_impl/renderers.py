"""What turns values into HTML for decks."""

from __future__ import annotations

import enum
import html
from typing import Any

from markdown_it import MarkdownIt

from literals import DrawloomError, preview


class RenderError(DrawloomError, AssertionError, TypeError):
    """A value cannot be shown by this renderer."""


class DeckField(str, enum.Enum):
    """The tabs that a task's deck may have on its own."""

    INPUT = "Input"
    OUTPUT = "Output"
    SOURCE_CODE = "Source Code"
    TIMELINE = "Timeline"
    DEPENDENCIES = "Dependencies"


class TopFrameRenderer:
    """The first rows and columns of a frame of pandas, polars or Arrow, as a table."""

    def __init__(self, max_rows: int = 10, max_cols: int = 100) -> None:
        self.max_rows = max_rows
        self.max_cols = max_cols

    def to_html(self, df: object) -> str:
        """The table.

        Raises:
            RenderError: not a frame.
        """
        convert = getattr(df, "to_pandas", None)
        frame: Any = df if convert is None else convert()
        if not hasattr(frame, "to_html"):
            raise RenderError("not a frame", where="TopFrameRenderer", expected="a data frame", got=preview(df))
        return str(frame.to_html(max_rows=self.max_rows, max_cols=self.max_cols))


class MarkdownRenderer:
    """Markdown as HTML."""

    def to_html(self, text: str) -> str:
        """The text, rendered.

        Raises:
            RenderError: not a text.
        """
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers
            raise RenderError("not a text", where="MarkdownRenderer", expected="str", got=preview(text))
        return str(MarkdownIt().render(text))


class SourceCodeRenderer:
    """Source code, as it is."""

    def __init__(self, title: str = "Source Code") -> None:
        self.title = title

    def to_html(self, source_code: str) -> str:
        """The code in a block that keeps its lines."""
        return f"<h3>{html.escape(self.title)}</h3><pre><code>{html.escape(source_code)}</code></pre>"

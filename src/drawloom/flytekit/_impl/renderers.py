"""What turns values into HTML for decks."""

from __future__ import annotations

import enum
import html
from typing import Any, Protocol, cast, runtime_checkable

from markdown_it import MarkdownIt

from drawloom.context import packages_html, source_html
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


@runtime_checkable
class Renderable(Protocol):
    """What turns a value into HTML; in `Annotated[T, renderer]` it shows the values of that input or output in decks."""

    def to_html(self, python_value: object) -> str:
        """The HTML."""
        ...


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
            raise RenderError(
                "not a frame",
                where="TopFrameRenderer",
                expected="a data frame",
                got=preview(df),
                fix="convert it: pandas.DataFrame(value)",
            )
        return str(frame.to_html(max_rows=self.max_rows, max_cols=self.max_cols))


class MarkdownRenderer:
    """Markdown as HTML."""

    def to_html(self, text: str) -> str:
        """The text, rendered.

        Raises:
            RenderError: not a text.
        """
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers
            raise RenderError(
                "not a text", where="MarkdownRenderer", expected="str", got=preview(text), fix="give the text as a str"
            )
        return str(MarkdownIt().render(text))


class ArrowRenderer:
    """A table of Arrow, as text."""

    def to_html(self, df: object) -> str:
        """The table.

        Raises:
            RenderError: not a table.
        """
        if not hasattr(df, "to_string"):
            raise RenderError(
                "not a table of Arrow",
                where="ArrowRenderer",
                expected="pyarrow.Table",
                got=preview(df),
                fix="convert it: pyarrow.Table.from_pandas(frame)",
            )
        return str(cast("_Table", df).to_string())


class _Table(Protocol):
    def to_string(self) -> str: ...


class SourceCodeRenderer:
    """Source code, as it is."""

    def __init__(self, title: str = "Source Code") -> None:
        self.title = title

    def to_html(self, source_code: str) -> str:
        """The code in a block that keeps its lines."""
        return f"<h3>{html.escape(self.title)}</h3>{source_html(source_code)}"


class PythonDependencyRenderer:
    """The packages that are installed here, with their versions."""

    def __init__(self, title: str = "Dependencies") -> None:
        self.title = title

    def to_html(self) -> str:
        """The table."""
        return f"<h3>{html.escape(self.title)}</h3>{packages_html()}"

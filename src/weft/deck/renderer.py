"""What turns values into HTML."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "weft._renderers": "MarkdownRenderer SourceCodeRenderer TopFrameRenderer",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""What turns values into HTML."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.flytekit._renderers": "MarkdownRenderer SourceCodeRenderer TopFrameRenderer",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

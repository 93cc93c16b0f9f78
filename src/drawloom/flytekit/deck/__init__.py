"""Decks: tabs of HTML in a task's report."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.context": "Deck",
        "drawloom.flytekit._renderers": "DeckField MarkdownRenderer SourceCodeRenderer TopFrameRenderer",
        "drawloom.flytekit.deck.renderer": "renderer=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

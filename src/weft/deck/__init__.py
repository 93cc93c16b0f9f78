"""Decks: tabs of HTML in a task's report."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "context": "Deck",
        "weft._renderers": "DeckField MarkdownRenderer SourceCodeRenderer TopFrameRenderer",
        "weft.deck.renderer": "renderer=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

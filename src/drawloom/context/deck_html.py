"""Decks as one page of HTML, and the tables that tasks get on their own: times, packages, source code.

HTML of users is taken as it is; names and texts of ours are escaped. The page needs no network and no script: each tab is shown
by a radio button.
"""

from __future__ import annotations

import hashlib
import html
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import distributions
from typing import Any, Final, Protocol

DECK_FILE: Final = "deck.html"
"""Name of the page, as platforms look for it."""
DECKS: Final = "decks"
"""The folder in that of a run in which its pages are."""
_STYLE: Final = (
    "body{font-family:sans-serif;margin:1rem}nav label{cursor:pointer;font-weight:bold;margin-right:1.5rem;color:#666}"
    "section{display:none}table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:4px 8px;text-align:left}"
    "input{display:none}"
)


_SEAL: Final = b"<!-- sha256 %s -->\n"


class NamedHtml(Protocol):
    """What has a name and HTML."""

    @property
    def name(self) -> str:
        """The tab's name."""
        ...

    @property
    def html(self) -> str:
        """Its content."""
        ...


class DeckHtml(str):
    """A page of decks; a notebook shows it."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return str(self)


def deck_page(decks: Iterable[NamedHtml]) -> DeckHtml:
    """The page of these decks, one tab each; of several with one name the last one is shown."""
    shown = {deck.name: deck.html for deck in decks}
    buttons: list[str] = []
    labels: list[str] = []
    bodies: list[str] = []
    rules: list[str] = []
    for place, (name, content) in enumerate(shown.items()):
        checked = "" if place else " checked"
        buttons.append(f'<input type="radio" name="tab" id="tab{place}"{checked}>')
        labels.append(f'<label for="tab{place}">{html.escape(name)}</label>')
        bodies.append(f'<section id="deck{place}">\n<h2>{html.escape(name)}</h2>\n{content}\n</section>')
        rules.append(f"#tab{place}:checked~main #deck{place}{{display:block}}")
    body = "\n".join([*buttons, "<nav>", *labels, "</nav>", "<main>", *bodies, "</main>"])
    style = _STYLE + "".join(rules)
    return DeckHtml(
        f"<!doctype html>\n<html><head><meta charset='utf-8'><title>Deck</title><style>{style}</style></head>\n"
        f"<body>\n{body}\n</body></html>\n"
    )


def sealed_page(page: str) -> bytes:
    """The bytes of a page with the digest of their content behind it, in a comment."""
    data = page.encode("utf-8", "backslashreplace")
    return data + _SEAL % hashlib.sha256(data).hexdigest().encode()


def opened_page(data: bytes) -> str | None:
    """The page in a file that `sealed_page` made; None where it is not what was written."""
    content = data[: -len(_SEAL % bytes(64))]
    if data != content + _SEAL % hashlib.sha256(content).hexdigest().encode():
        return None
    return content.decode("utf-8", "replace")


def time_table(parts: Iterable[Mapping[str, Any]]) -> str:
    """How long each part took, as a table; empty without parts."""
    rows = [
        f"<tr><td>{html.escape(str(part['Name']))}</td><td>{part['WallTime']:.6f}</td><td>{part['ProcessTime']:.6f}</td></tr>"
        for part in parts
    ]
    if not rows:
        return ""
    head = "<tr><th>Name</th><th>Wall Time(s)</th><th>Process Time(s)</th></tr>"
    return "\n".join(["<table>", head, *rows, "</table>"])


def source_html(source_code: str) -> str:
    """Source code in a block that keeps its lines."""
    return f'<pre style="background:#ffffff"><code>{html.escape(source_code)}</code></pre>'


@cache
def packages_html() -> str:
    """The packages that this process can import, with their versions, as a table; the same at every call."""
    found = sorted({(each.name or "", each.version) for each in distributions()}, key=lambda pair: pair[0].lower())
    rows = [f"<tr><td>{html.escape(name)}</td><td>{html.escape(version)}</td></tr>" for name, version in found]
    return "\n".join(["<table>", "<tr><th>Name</th><th>Version</th></tr>", *rows, "</table>"])

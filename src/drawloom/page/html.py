"""The page as HTML: script, style and data in one file, under a policy that allows nothing else.

Scripts and styles come from our own files. Everything else is data: JSON in a script element that no browser runs, with every
`<` written as an escape, so that no value can end it.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

_ASSETS = files("drawloom.page") / "assets"


def page(title: str, content: Mapping[str, Any], *, connects: bool = False) -> str:
    """One HTML document. `connects`: whether its script may ask the server that it came from."""
    script = (_ASSETS / "app.js").read_text(encoding="ascii")
    style = (_ASSETS / "app.css").read_text(encoding="utf-8")
    data = json.dumps(content, separators=(",", ":"), default=str).replace("<", "\\u003c")
    policy = policy_of(script, connects=connects)
    return (
        "<!doctype html>\n"
        f'<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(policy)}">'
        f'<link rel="icon" href="data:,"><title>{html.escape(title)}</title><style>{style}</style></head>'
        f'<body><div id="app"></div><script type="application/json" id="data">{data}</script>'
        f"<script>{script}</script></body></html>\n"
    )


def page_of(content: Mapping[str, Any]) -> str:
    """The page about one run or bundle, in one file."""
    return page(content["name"], {"mode": "page", "document": content})


def policy_of(script: str, *, connects: bool) -> str:
    """The content security policy: this one script, its styles, images out of the data, and no request to anywhere else."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'sha256-{digest}'",
            "style-src 'unsafe-inline'",  # decks bring styles of their own
            "img-src data:",
            "connect-src 'self'" if connects else "connect-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )

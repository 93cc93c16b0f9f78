"""Programs written for a peer, with their imports renamed to the package of ours that mirrors it."""

from __future__ import annotations

import re


def renamed(text: str, peer: str) -> str:
    """`text` with `import flytekit` as `import drawloom.flytekit as flytekit`, and likewise for parts of it and for `flyte`."""
    text = re.sub(rf"^(\s*)import {peer}$", rf"\1import drawloom.{peer} as {peer}", text, flags=re.MULTILINE)
    text = re.sub(
        rf"^(\s*)import {peer}\.([\w.]+)$",
        rf"\1import drawloom.{peer}.\2, drawloom.{peer} as {peer}",
        text,
        flags=re.MULTILINE,
    )
    return re.sub(rf"^(\s*)(import|from) {peer}\b(?=[. ])", rf"\1\2 drawloom.{peer}", text, flags=re.MULTILINE)

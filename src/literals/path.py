"""Paths into values, as errors show them: `xs[2]["c"].a`.

A path is text made of a root (a variable's name) and segments; a segment is made where the error passes, so that a
success builds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

_KEY_LIMIT = 60


def at_index(index: int) -> str:
    """The segment of a list's element."""
    return f"[{index}]"


def at_key(key: str) -> str:
    """The segment of a map's value; a long key is cut."""
    import json  # noqa: PLC0415 - for errors only

    shown = key if len(key) <= _KEY_LIMIT else key[: _KEY_LIMIT - 1] + "…"
    return f"[{json.dumps(shown, ensure_ascii=False)}]"


def at_field(name: str) -> str:
    """The segment of an attribute; a name that is not an identifier is shown as a key."""
    return f".{name}" if name.isidentifier() else at_key(name)


def join(root: str, segments: Iterable[str]) -> str:
    """Root and segments as one path; without a root a leading dot is dropped."""
    text = root + "".join(segments)
    return text[1:] if not root and text.startswith(".") else text


def path_text(root: str, steps: Iterable[str | int]) -> str:
    """An attribute path of a binding (`OutputReference.attr_path`): ints are indexes, identifiers attributes."""
    return join(root, (at_index(s) if isinstance(s, int) else at_field(s) for s in steps))

"""Errors under Flyte 1's paths."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "weft.exceptions.base": "base=*",
        "weft.exceptions.eager": "eager=*",
        "weft.exceptions.scopes": "scopes=*",
        "weft.exceptions.system": "system=*",
        "weft.exceptions.user": "user=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

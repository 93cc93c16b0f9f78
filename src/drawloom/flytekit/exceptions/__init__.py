"""Errors under Flyte 1's paths."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.flytekit.exceptions.base": "base=*",
        "drawloom.flytekit.exceptions.eager": "eager=*",
        "drawloom.flytekit.exceptions.scopes": "scopes=*",
        "drawloom.flytekit.exceptions.system": "system=*",
        "drawloom.flytekit.exceptions.user": "user=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

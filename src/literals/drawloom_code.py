"""Which code is drawloom's own, by module name and by file: its frames and errors are told apart from the user's by it."""

from __future__ import annotations

import os

OUR_PACKAGES = frozenset({"literals", "typeengine", "compiler", "drawloom"})
"""The wheel's top-level packages."""

# As Python names files, not resolved: compared as text for each call that is compiled.
_ROOT = os.path.dirname(os.path.dirname(__file__)) + os.sep  # noqa: PTH120 - as text; pathlib would be imported by every program
OUR_FOLDERS = tuple(f"{_ROOT}{package}{os.sep}" for package in sorted(OUR_PACKAGES))
"""Their folders, each with a separator at its end; they lie side by side."""


def is_ours(module: str) -> bool:
    """Whether a module, given by its dotted name, belongs to drawloom."""
    return module.partition(".")[0] in OUR_PACKAGES


__all__ = ["OUR_FOLDERS", "OUR_PACKAGES", "is_ours"]

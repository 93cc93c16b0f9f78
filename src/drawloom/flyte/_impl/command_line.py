"""Small things of Flyte 2's command line that its programs call."""

from __future__ import annotations

import sys
from importlib.metadata import version as _version
from types import TracebackType


def load_plugin_config(*_: object, **__: object) -> None:
    """Nothing to load: there are no plugins of the command line."""


def custom_excepthook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Show an error as Python does: drawloom's frames are left out of its errors already."""
    sys.__excepthook__(kind, error, trace)


def version() -> str:
    """Drawloom's version."""
    return _version("drawloom")

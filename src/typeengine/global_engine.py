"""The one engine that is global: what calls on `TypeEngine` go to. Prefer an engine of your own in tests and libraries."""

from __future__ import annotations

from typeengine.engine import Engine

_DEFAULT = Engine()


def default_engine() -> Engine:
    """The engine that decorators and `TypeEngine` use."""
    return _DEFAULT

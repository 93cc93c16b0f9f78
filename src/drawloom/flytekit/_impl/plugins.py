"""Plug-ins of flytekit that are installed."""

from __future__ import annotations


def load_implicit_plugins() -> None:
    """Nothing to load: types of a library are known when a hint first names one."""

"""Bases of tasks."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "compiler": "PythonTask Task TaskMetadata TaskResolverMixin",
        "typeengine": "kwtypes",
        "weft.exceptions._named": "IgnoreOutputs",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Bases of tasks."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "compiler": "PythonTask Task TaskMetadata TaskResolverMixin",
        "typeengine": "kwtypes",
        "drawloom.flytekit.exceptions._named": "IgnoreOutputs",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

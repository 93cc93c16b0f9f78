"""`Echo`: a task whose outputs are its inputs, done by the platform itself without a container."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compiler.source.interface import Interface
from compiler.tasks.base_task import PythonTask


class Echo(PythonTask[Any]):
    """Outputs o0, o1, ... are the inputs in their order; one input comes back as itself."""

    def __init__(self, name: str, inputs: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        given = dict(inputs or {})
        outputs = {f"o{index}": hint for index, hint in enumerate(given.values())}
        super().__init__(task_type="echo", name=name, interface=Interface(given, outputs), **kwargs)

    def execute(self, **kwargs: Any) -> Any:
        """The inputs, in declared order."""
        values = tuple(kwargs[name] for name in self.python_interface.inputs)
        return values[0] if len(values) == 1 else (values or None)

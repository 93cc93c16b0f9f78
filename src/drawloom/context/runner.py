"""Where a called entity finds who runs it.

The compiler makes entities and may not import the interpreter; the runner that joins them is loaded by the first call that needs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from drawloom.exports.lazy_exports import run_entity


class Runner(Protocol):
    """Runs one entity on Python values and gives its Python result (an awaitable for an async task)."""

    def __call__(self, entity: object, inputs: Mapping[str, Any], /) -> Any:
        """Run `entity` with `inputs` by name."""
        ...


def runner() -> Runner:
    """What a call outside a workflow goes to, whichever of drawloom's packages a program imports."""
    return run_entity

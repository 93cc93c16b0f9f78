"""Where a called entity finds who runs it.

The compiler makes entities and may not import the interpreter; the door (`drawloom`) installs the runner that joins them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from literals import DrawloomError


class Runner(Protocol):
    """Runs one entity on Python values and gives its Python result (an awaitable for an async task)."""

    def __call__(self, entity: object, inputs: Mapping[str, Any], /) -> Any:
        """Run `entity` with `inputs` by name."""
        ...


_installed: list[Runner] = []


def install_runner(runner: Runner) -> None:
    """Make `runner` the one that calls outside a workflow go to. The last one installed wins."""
    _installed[:] = [runner]


def runner() -> Runner:
    """The installed runner.

    Raises:
        DrawloomError: nothing has installed one, which means that no name of `drawloom` was ever read.
    """
    if not _installed:
        raise DrawloomError(
            "no runner is installed",
            expected="a program that reads a name of `drawloom`",
            got="a program that reads none",
            fix="write `from drawloom import task` above the call",
        )
    return _installed[0]

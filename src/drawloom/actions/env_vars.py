"""`env_vars` of runs: those of a run that is going on may not be contradicted by another run."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, final

from drawloom.interpreter import EnvVars
from literals import DrawloomError, preview

_lock = threading.Lock()
_open: list[RunVariables] = []


class RunVariablesError(DrawloomError, ValueError, RuntimeError):
    """A run's `env_vars` contradict those of a run that is going on in the same process."""


@final
class RunVariables:
    """Have a run's variables in the process's environment for the block.

    Args:
        values: names and texts.
        run: the run that they are of.
        around: runs that wait for this one, whose variables it may replace.
    """

    __slots__ = ("_around", "_block", "run")

    def __init__(self, values: Mapping[str, str] | None, run: Any, around: tuple[Any, ...] = ()) -> None:
        self._block = EnvVars(values)
        self.run = run
        self._around = around

    @property
    def values(self) -> Mapping[str, str]:
        """The texts that it gives its variables."""
        return self._block.values

    def __enter__(self) -> None:
        """Set them.

        Raises:
            RunVariablesError: another run, which is not around this one, has another value of one of them.
        """
        with _lock:
            self._check()
            _open.append(self)
        self._block.__enter__()

    def __exit__(self, *_: object) -> None:
        self._block.__exit__()
        with _lock:
            _open.remove(self)

    def _check(self) -> None:
        for other in _open:
            if other.run in self._around:
                continue
            for name in self.values.keys() & other.values.keys():
                theirs, ours = other.values[name], self.values[name]
                if theirs != ours:
                    raise RunVariablesError(
                        f"run {other.run.settings.name!r}, which is going on, has another value of this variable, and "
                        "a process has one environment for all its runs",
                        where=f"with_runcontext.env_vars[{preview(name)}]",
                        expected=preview(theirs),
                        got=preview(ours),
                        fix="wait for that run, use custom_context, or start this run in a process of its own",
                    )

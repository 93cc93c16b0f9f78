"""Variables of the process's environment for a block.

The environment is one for all threads. Blocks that overlap are told apart by who holds a variable: the latest block decides
its value, and when the last block ends the variable is what it was before the first. Tasks that run at once see each other's
variables; a run whose variables contradict those of another run is refused.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import Any

from literals import DrawloomError, preview

_lock = threading.Lock()
_held: dict[str, list[variables]] = {}
_before: dict[str, str | None] = {}


class RunVariablesError(DrawloomError, ValueError, RuntimeError):
    """A run's `env_vars` contradict those of a run that is going on in the same process."""


class variables:  # noqa: N801 - reads as a statement: `with variables({...}):`
    """Have these variables in the process's environment for the block. Nothing happens without any.

    Args:
        values: names and texts.
        run: the run that they are of; None for a task's, which are never refused.
        around: runs that wait for this one, whose variables it may replace.
    """

    __slots__ = ("_around", "_values", "run")

    def __init__(self, values: Mapping[str, str] | None, run: Any = None, around: tuple[Any, ...] = ()) -> None:
        self._values = values
        self.run = run
        self._around = around

    def __enter__(self) -> None:
        """Set them.

        Raises:
            RunVariablesError: another run, which is not around this one, has another value of one of them.
        """
        if not self._values:
            return
        with _lock:
            self._check(self._values)
            for name, value in self._values.items():
                if name not in _held:
                    _before[name] = os.environ.get(name)
                _held.setdefault(name, []).append(self)
                os.environ[name] = value

    def __exit__(self, *_: object) -> None:
        if not self._values:
            return
        with _lock:
            for name in self._values:
                holders = [each for each in _held[name] if each is not self]
                if holders:
                    _held[name] = holders
                    os.environ[name] = holders[-1].value_of(name)
                    continue
                del _held[name]
                value = _before.pop(name)
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value

    def value_of(self, name: str) -> str:
        """The text that this block gives a variable of its own."""
        return (self._values or {})[name]

    def _check(self, values: Mapping[str, str]) -> None:
        if self.run is None:
            return
        for name, value in values.items():
            for other in _held.get(name, ()):
                theirs = other.value_of(name)
                if other.run is not None and other.run not in self._around and theirs != value:
                    raise RunVariablesError(
                        f"run {other.run.settings.name!r}, which is going on, has another value of this variable, and "
                        "a process has one environment for all its runs",
                        where=f"with_runcontext.env_vars[{preview(name)}]",
                        expected=preview(theirs),
                        got=preview(value),
                        fix="wait for that run, use custom_context, or start this run in a process of its own",
                    )

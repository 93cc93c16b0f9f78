"""One way to make a task: the text of a module, and what is to come of it."""

from __future__ import annotations

import textwrap
from typing import NamedTuple

_HEAD = "from drawloom import LaunchPlan, dynamic, eager, map_task, task, workflow\n"
_TAIL = """
if "wf" not in globals():
    @workflow
    def wf(x: int) -> int:
        return t(x=x)
"""


class Way(NamedTuple):
    """A module that makes a task `t`, or a workflow `wf` that calls one.

    `live`: the result of a run here, and from the file. `written`, `declared`: part of the error, where it is refused.
    """

    body: str
    live: str = "2"
    written: str = ""
    declared: str = ""

    @property
    def source(self) -> str:
        """The module."""
        return _HEAD + textwrap.dedent(self.body) + _TAIL

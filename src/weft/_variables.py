"""Variables of the process's environment for a block. The environment is one for all threads, so blocks that overlap see each other's."""

from __future__ import annotations

import os
from collections.abc import Mapping


class variables:  # noqa: N801 - reads as a statement: `with variables({...}):`
    """Have these variables in the process's environment for the block. Nothing happens without any."""

    __slots__ = ("_before", "_values")

    def __init__(self, values: Mapping[str, str] | None) -> None:
        self._values = values
        self._before: dict[str, str | None] = {}

    def __enter__(self) -> None:
        if self._values:
            self._before = {name: os.environ.get(name) for name in self._values}
            os.environ.update(self._values)

    def __exit__(self, *_: object) -> None:
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._before = {}

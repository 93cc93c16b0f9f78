"""Where a user's code enters drawloom: errors leave with the traceback that their reader needs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from literals.errors import DrawloomError
from literals.tracebacks import shown

__tracebackhide__ = True  # pytest leaves out the frames of this module


P = ParamSpec("P")
R = TypeVar("R")


def entrance(call: Callable[P, R]) -> Callable[P, R]:
    """A function through which a user's code enters drawloom: its errors are `shown`. For what is called seldom."""

    @functools.wraps(call)
    def at_entrance(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return call(*args, **kwargs)
        except DrawloomError as error:
            raise shown(error) from error.__cause__

    return at_entrance

"""Whether a function ever returns a value, read from its bytecode."""

from __future__ import annotations

import dis
import functools
import inspect
from types import CodeType
from typing import Any


@functools.lru_cache(maxsize=1024)
def only_falls_off(code: CodeType) -> bool:
    """Whether every way out of the function returns None. A function that only raises has no way out, and passes."""
    if code.co_flags & (inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR):
        return False
    returns = 0
    before: Any = None
    for instruction in dis.get_instructions(code):
        if instruction.opname == "RETURN_CONST":
            if instruction.argval is not None:
                return False
            returns += 1
        elif instruction.opname == "RETURN_VALUE":
            if before is None or before.opname != "LOAD_CONST" or before.argval is not None:
                return False
            returns += 1
        before = instruction
    return returns > 0

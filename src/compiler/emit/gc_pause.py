"""The garbage collector, paused while a workflow is compiled.

Compiling makes a few objects for each node and throws none of them away. Python counts new objects to know when to look
for garbage, and then looks at everything that is alive: with fifty thousand nodes that costs as much as compiling them.
"""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def gc_paused() -> Generator[None, None, None]:
    """A block in which no cycles are looked for; behind it, it is as it was before.

    The switch is the process's. Of two threads that compile at once, the first that ends lets the collector go on, which
    costs the other one time and nothing else.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()

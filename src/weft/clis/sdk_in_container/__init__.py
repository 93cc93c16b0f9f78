"""The command line, under flytekit's path."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "weft.clis.sdk_in_container.pyflyte": "pyflyte=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

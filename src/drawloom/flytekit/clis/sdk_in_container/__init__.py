"""The command line, under flytekit's path."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.flytekit.clis.sdk_in_container.pyflyte": "pyflyte=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""What tells the user's errors from the system's."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.flytekit.exceptions._named": "FlyteScopedException FlyteScopedSystemException FlyteScopedUserException",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""What tells the user's errors from the system's."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "weft.exceptions._named": "FlyteScopedException FlyteScopedSystemException FlyteScopedUserException",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

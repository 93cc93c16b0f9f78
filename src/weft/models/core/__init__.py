"""Messages by the file of the IDL that they come from."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "weft.models.core.condition": "condition=*",
        "weft.models.core.execution": "execution=*",
        "weft.models.core.identifier": "identifier=*",
        "weft.models.core.types": "types=*",
        "weft.models.core.workflow": "workflow=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

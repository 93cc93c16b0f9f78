"""Messages by the file of the IDL that they come from."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.flytekit.models.core.condition": "condition=*",
        "drawloom.flytekit.models.core.execution": "execution=*",
        "drawloom.flytekit.models.core.identifier": "identifier=*",
        "drawloom.flytekit.models.core.types": "types=*",
        "drawloom.flytekit.models.core.workflow": "workflow=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Tables of Flyte 1's first kind."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "typeengine": "FlyteSchema SchemaFormat SchemaOpenMode",
        "drawloom.flytekit.types.schema.types": "types=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

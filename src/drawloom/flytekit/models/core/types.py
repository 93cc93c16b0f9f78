"""Types of blobs and enumerations."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.flytekit.models._messages": "BlobType EnumType",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Types of blobs and enumerations."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "literals": "BlobType=pb.BlobType EnumType=pb.EnumType",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

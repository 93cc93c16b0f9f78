"""Types' messages."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "literals": "SimpleType=pb.SimpleType",
        "drawloom.flytekit.models._messages": """
            BlobType EnumType LiteralType OutputReference SchemaType StructuredDatasetType
            TypeAnnotation TypeStructure UnionType
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

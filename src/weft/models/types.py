"""Types' messages."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "literals": "SimpleType=pb.SimpleType",
        "weft.models._messages": """
            BlobType EnumType LiteralType OutputReference SchemaType StructuredDatasetType
            TypeAnnotation TypeStructure UnionType
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

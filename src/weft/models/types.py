"""Types' messages."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "literals": """
            BlobType=pb.BlobType EnumType=pb.EnumType LiteralType=pb.LiteralType
            OutputReference=pb.OutputReference SchemaType=pb.SchemaType SimpleType=pb.SimpleType
            StructuredDatasetType=pb.StructuredDatasetType TypeAnnotation=pb.TypeAnnotation
            TypeStructure=pb.TypeStructure UnionType=pb.UnionType
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

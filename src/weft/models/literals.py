"""Values' messages."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "literals": """
            Binary=pb.Binary Binding=pb.Binding BindingData=pb.BindingData
            BindingDataCollection=pb.BindingDataCollection BindingDataMap=pb.BindingDataMap
            Blob=pb.Blob BlobMetadata=pb.BlobMetadata Literal=pb.Literal
            LiteralCollection=pb.LiteralCollection LiteralMap=pb.LiteralMap
            LiteralOffloadedMetadata=pb.LiteralOffloadedMetadata Primitive=pb.Primitive
            RetryStrategy=pb.RetryStrategy Scalar=pb.Scalar Schema=pb.Schema
            StructuredDataset=pb.StructuredDataset
            StructuredDatasetMetadata=pb.StructuredDatasetMetadata Union=pb.Union Void=pb.Void
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

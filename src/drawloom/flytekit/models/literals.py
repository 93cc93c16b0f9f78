"""Values' messages."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "literals": "Void=pb.Void",
        "drawloom.flytekit.models._messages": """
            Binary Binding BindingData BindingDataCollection BindingDataMap Blob BlobMetadata
            Literal LiteralCollection LiteralMap LiteralOffloadedMetadata Primitive RetryStrategy
            Scalar Schema StructuredDataset StructuredDatasetMetadata Union
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

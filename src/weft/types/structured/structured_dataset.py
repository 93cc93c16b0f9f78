"""Structured datasets."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "literals": """
            StructuredDatasetMetadata=pb.StructuredDatasetMetadata
            StructuredDatasetType=pb.StructuredDatasetType
        """,
        "typeengine": """
            CSV DataFrame PARQUET StructuredDataset StructuredDatasetDecoder
            StructuredDatasetEncoder StructuredDatasetTransformerEngine
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

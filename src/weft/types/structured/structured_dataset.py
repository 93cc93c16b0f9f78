"""Structured datasets."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "typeengine": """
            CSV DataFrame PARQUET StructuredDataset StructuredDatasetDecoder
            StructuredDatasetEncoder StructuredDatasetTransformerEngine
        """,
        "weft.models._messages": "StructuredDatasetMetadata StructuredDatasetType",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

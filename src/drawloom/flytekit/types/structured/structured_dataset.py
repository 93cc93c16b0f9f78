"""Structured datasets."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "typeengine": """
            CSV DataFrame PARQUET StructuredDataset StructuredDatasetDecoder
            StructuredDatasetEncoder StructuredDatasetTransformerEngine
        """,
        "drawloom.flytekit.models._messages": "StructuredDatasetMetadata StructuredDatasetType",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

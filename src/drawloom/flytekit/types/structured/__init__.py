"""Structured datasets."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "typeengine": """
            StructuredDataset StructuredDatasetDecoder StructuredDatasetEncoder
            StructuredDatasetTransformerEngine
        """,
        "drawloom.flytekit.types.structured._handlers": """
            register_arrow_handlers register_csv_handlers register_pandas_handlers
        """,
        "drawloom.flytekit.types.structured.structured_dataset": "structured_dataset=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

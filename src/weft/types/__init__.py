"""Types beyond Python's own."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "typeengine": """
            FlyteDirectory FlyteFile FlyteSchema StructuredDataset TypeEngine TypeTransformer
            TypeTransformerFailedError
        """,
        "weft._pickle": "FlytePickle",
        "weft.types.directory": "directory=*",
        "weft.types.error": "error=*",
        "weft.types.file": "file=*",
        "weft.types.iterator": "iterator=*",
        "weft.types.numpy": "numpy=*",
        "weft.types.pickle": "pickle=*",
        "weft.types.schema": "schema=*",
        "weft.types.structured": "structured=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

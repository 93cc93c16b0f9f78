"""Types beyond Python's own."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "typeengine": """
            FlyteDirectory FlyteFile FlyteSchema StructuredDataset TypeEngine TypeTransformer
            TypeTransformerFailedError
        """,
        "drawloom.flytekit._pickle": "FlytePickle",
        "drawloom.flytekit.types.directory": "directory=*",
        "drawloom.flytekit.types.error": "error=*",
        "drawloom.flytekit.types.file": "file=*",
        "drawloom.flytekit.types.iterator": "iterator=*",
        "drawloom.flytekit.types.numpy": "numpy=*",
        "drawloom.flytekit.types.pickle": "pickle=*",
        "drawloom.flytekit.types.schema": "schema=*",
        "drawloom.flytekit.types.structured": "structured=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

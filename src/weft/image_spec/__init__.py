"""Images."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "compiler": "ImageSpec",
        "weft.image_spec.image_spec": "image_spec=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Images."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "compiler": "ImageSpec",
        "drawloom.flytekit.image_spec.image_spec": "image_spec=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

"""Import paths of flytekit, and nothing else."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy
from drawloom.exports.public_names import NAMES as PUBLIC

NAMES = {
    **PUBLIC,
    **{
        name: f"drawloom.flytekit.{name}:*"
        for name in [
            "clis",
            "configuration",
            "constants",
            "core",
            "deck",
            "exceptions",
            "extend",
            "extras",
            "image_spec",
            "lazy_import",
            "loggers",
            "models",
            "remote",
            "sensor",
            "testing",
            "tools",
            "types",
        ]
    },
}
__getattr__, __dir__ = lazy(__name__, NAMES)

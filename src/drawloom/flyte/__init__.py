"""Import paths of the Flyte 2 SDK, and nothing else."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy
from drawloom.exports.public_names import NAMES as PUBLIC

NAMES = {
    **PUBLIC,
    **{
        name: f"drawloom.flyte.{name}:*"
        for name in [
            "ai",
            "app",
            "artifacts",
            "clustered",
            "config",
            "connectors",
            "durable",
            "errors",
            "extend",
            "extras",
            "git",
            "io",
            "models",
            "notify",
            "prefetch",
            "remote",
            "report",
            "sandbox",
            "storage",
            "syncify",
            "types",
        ]
    },
}
__getattr__, __dir__ = lazy(__name__, NAMES)

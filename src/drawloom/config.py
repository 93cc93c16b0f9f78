"""Configuration of runs."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.local.config": "ConfigError Settings read_config settings",
        "drawloom.local.yaml_subset": "ConfigSyntaxError",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

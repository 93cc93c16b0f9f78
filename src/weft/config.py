"""Configuration of runs."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "weft._config": "ConfigError Settings read_config settings",
        "weft._yaml": "ConfigSyntaxError",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

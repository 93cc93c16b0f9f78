"""Configuration of runs."""

from __future__ import annotations

from drawloom.local.config import ConfigError, Settings, read_config, settings
from drawloom.local.yaml_subset import ConfigSyntaxError

__all__ = ["ConfigError", "ConfigSyntaxError", "Settings", "read_config", "settings"]

"""Caching, under the path that programs written for Flyte 2 import its policies from."""

from __future__ import annotations

from compiler import Cache, CachePolicy, FunctionBodyPolicy, VersionParameters
from drawloom.actions.policies import CacheRequest

__all__ = ["Cache", "CachePolicy", "CacheRequest", "FunctionBodyPolicy", "VersionParameters"]

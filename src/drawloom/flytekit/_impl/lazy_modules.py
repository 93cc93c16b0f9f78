"""Modules that are imported when they are first used."""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any


class _LazyModule(types.ModuleType):
    """A module that is imported when first used."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)


def lazy_module(module_name: str) -> types.ModuleType:
    """The module, imported when an attribute of it is first read; an ImportError comes then."""
    return sys.modules.get(module_name) or _LazyModule(module_name)


def is_imported(module_name: str) -> bool:
    """Whether it has been imported already."""
    return module_name in sys.modules

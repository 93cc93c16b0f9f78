"""Objects by their dotted path, under flytekit's name."""

from __future__ import annotations

import importlib
from typing import Any

from compiler import ResolverError
from literals import attempt


def load_object_from_module(object_location: str) -> Any:
    """What `package.module.name` names.

    Raises:
        ResolverError: the module cannot be imported, or has no such name.
    """
    module, _, name = object_location.rpartition(".")
    loaded = attempt(importlib.import_module, module)
    if loaded.error is not None or not hasattr(loaded.value, name):
        raise ResolverError(
            "nothing is found by this path",
            where="load_object_from_module",
            expected="module.name of an object that can be imported",
            got=object_location,
            fix="check the path, or put the module's folder on PYTHONPATH",
        ) from loaded.error
    return getattr(loaded.value, name)

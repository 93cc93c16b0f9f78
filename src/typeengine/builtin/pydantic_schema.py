"""How a class of drawloom's is a field of a pydantic model: by two functions, one that validates and one that serializes."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any


def field_schema(validate: Callable[[Any], Any], serialize: Callable[[Any], object], ref: str | None = None) -> Any:
    """The core schema of such a field; `ref`: the name that pydantic knows the type by. Loads pydantic's core."""
    core = importlib.import_module("pydantic_core.core_schema")
    serialization = core.plain_serializer_function_ser_schema(serialize)
    return core.no_info_plain_validator_function(validate, serialization=serialization, ref=ref)

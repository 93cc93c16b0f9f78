"""JSON schemas that classes give of themselves, as pydantic's models do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from literals import attempt, is_dict


def is_schema_of(hint: object, schema: Mapping[str, Any]) -> bool:
    """Whether a JSON schema is that of a model, by title, kind and required fields, as flytekit tells it; False for any other type."""
    own = attempt(getattr, hint, "model_json_schema").value
    described = attempt(own).value if own is not None else None
    return is_dict(described) and _key(described) == _key(schema)


def _key(schema: Mapping[Any, Any]) -> tuple[object, object, frozenset[object]]:
    return schema.get("title"), schema.get("type"), frozenset(schema.get("required") or ())

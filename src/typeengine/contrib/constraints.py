"""What `Annotated[T, Field(...)]` and annotated_types' constraints say of a type, as keys of a JSON schema.

Flyte 2 puts these into the literal type's metadata (measured on flyte 2.12.1). Constraints describe; they are enforced by
pydantic inside its models, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import pydantic

from literals import attempt

_STRUCTURE = frozenset(
    {
        "type", "properties", "required", "items", "additionalProperties", "$defs", "$ref", "anyOf", "oneOf", "allOf", "enum", "const",
        "prefixItems", "propertyNames", "format", "default",
    }
)  # fmt: skip
"""Keys that say what a value is made of, which the literal type says itself."""


def schema_words(hint: object, metadata: tuple[Any, ...]) -> dict[str, Any]:
    """The keys that `metadata` adds to the JSON schema of a type: title, description, minimum, maxLength, pattern, ….

    None where pydantic knows no schema of the type, or the metadata means nothing for it.
    """
    return _added(_schema(hint), _schema(_with_metadata(hint, metadata)))


def _with_metadata(hint: object, metadata: tuple[Any, ...]) -> Any:
    return Annotated[(hint, *metadata)]  # pyright: ignore[reportInvalidTypeForm] - built from data


def _schema(hint: Any) -> Mapping[str, Any]:
    made = attempt(lambda: pydantic.TypeAdapter[Any](hint).json_schema())
    return made.value if made.value is not None else {}


def _added(bare: Mapping[str, Any], noted: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in noted.items() if key not in _STRUCTURE and bare.get(key) != value}

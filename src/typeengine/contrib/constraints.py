"""What `Annotated[T, Field(...)]` and annotated_types' constraints say of a type, as keys of a JSON schema.

Flyte 2 puts these into the literal type's metadata. Constraints describe; they are enforced by pydantic inside its models,
and nowhere else.
"""

from __future__ import annotations

from typing import Annotated, Any

import pydantic
from pydantic_core import SchemaError

_STRUCTURE = frozenset(
    {
        "type", "properties", "required", "items", "additionalProperties", "$defs", "$ref", "anyOf", "oneOf", "allOf", "enum", "const",
        "prefixItems", "propertyNames", "format",
    }
)  # fmt: skip
_PLAIN = (int, float, str, list)
_UNKNOWN = frozenset({"gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern_", "strict"})
"""Keys that pydantic leaves as they are where they mean nothing for the type."""


def schema_words(notes: tuple[Any, ...]) -> dict[str, Any]:
    """The keys that say no structure (title, description, minimum, maxLength, ...) of `Annotated[X, *notes]`."""
    best: dict[str, Any] = {}
    for base in _PLAIN:
        try:
            hint: Any = Annotated[(base, *notes)]  # pyright: ignore[reportInvalidTypeForm] - built from data
            schema = pydantic.TypeAdapter[Any](hint).json_schema()
        except (pydantic.errors.PydanticUserError, SchemaError, TypeError, ValueError, RuntimeError):
            continue  # a length says nothing of an int, nor a minimum of a text
        words = {key: value for key, value in schema.items() if key not in _STRUCTURE}
        if not words.keys() & _UNKNOWN and len(words) > len(best):
            best = words  # some pydantics take a length of an int too, and drop the pattern beside it
    return best

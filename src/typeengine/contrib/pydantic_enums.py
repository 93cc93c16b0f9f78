"""Enums inside pydantic models: by value in the dialect v1, by name in v2, read either way.

Flyte 2 writes the name where a field is an enum, an `Optional` of one, or a list or dict of such, and the value elsewhere
(`E | None`, tuples, sets, other unions); so does this. On reading, a text that is the name of one member and the value of
another means what the engine's dialect says.
"""

from __future__ import annotations

import enum
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from typeengine.codec import Plain

_PAIR = 2


def enums_in(model: type[BaseModel]) -> list[type[enum.Enum]]:
    """The enums that a model mentions, at any depth."""
    found: dict[type[enum.Enum], None] = {}
    seen: set[Any] = set()

    def visit(hint: object) -> None:
        for inner in _classes(hint):
            if inner in seen:
                continue
            seen.add(inner)
            if issubclass(inner, enum.Enum):
                found[inner] = None
            elif issubclass(inner, BaseModel):
                for info in inner.model_fields.values():
                    visit(info.annotation)

    visit(model)
    return list(found)


def _classes(hint: object) -> Iterator[type]:
    if isinstance(hint, type) and typing.get_origin(hint) is None:
        yield hint
    for arg in typing.get_args(hint):
        yield from _classes(arg)


def named_schema(schema: Mapping[str, Any], enums: list[type[enum.Enum]]) -> dict[str, Any]:
    """A model's schema with the enums' names for their values, as Flyte 2 has it."""
    names = {kind.__name__: list(kind.__members__) for kind in enums}
    definitions = {
        key: {**inner, "enum": names[inner["title"]]} if "enum" in inner and inner.get("title") in names else inner
        for key, inner in schema.get("$defs", {}).items()
    }
    return {**schema, "$defs": definitions} if definitions else dict(schema)


def with_names(tree: Plain, hint: object) -> Any:
    """A dumped tree with names where Flyte 2 writes them."""

    def convert(part: Plain, kind: type[enum.Enum], named: bool) -> Any:  # noqa: FBT001 - a callback
        return next((member.name for member in kind if member.value == part), part) if named else part

    return _mapped(tree, hint, convert, named=True)


def with_values(tree: Plain, hint: object, *, names_first: bool) -> Any:
    """A tree as pydantic reads it: values where the writer put names."""

    def convert(part: Plain, kind: type[enum.Enum], named: bool) -> Any:  # noqa: FBT001 - a callback
        if not isinstance(part, str) or part not in kind.__members__:
            return part
        is_value = any(member.value == part for member in kind)
        return part if is_value and not (names_first and named) else kind.__members__[part].value

    return _mapped(tree, hint, convert, named=True)


def _mapped(tree: Plain, hint: Any, convert: Any, *, named: bool) -> Any:  # noqa: PLR0911 - one return for each kind
    """`convert` on each enum in a tree. `named`: this is a place where Flyte 2 writes names."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if isinstance(hint, type) and origin is None:
        if issubclass(hint, enum.Enum):
            return convert(tree, hint, named)
        if issubclass(hint, BaseModel) and isinstance(tree, dict):
            fields = {
                key: info.annotation for name, info in hint.model_fields.items() for key in (info.alias or name, name)
            }
            return {
                key: _mapped(part, fields[key], convert, named=True) if key in fields else part
                for key, part in tree.items()
            }
        return tree
    if origin is typing.Annotated:
        return _mapped(tree, args[0], convert, named=named)
    if isinstance(tree, list) and args and origin in (list, tuple, set, frozenset):
        each = args if origin is tuple and Ellipsis not in args else [args[0]] * len(tree)
        inside = named and origin is list
        return [_mapped(part, inner, convert, named=inside) for part, inner in zip(tree, each, strict=False)]
    if isinstance(tree, dict) and origin is dict and len(args) == _PAIR:
        return {key: _mapped(part, args[1], convert, named=named) for key, part in tree.items()}
    if tree is None or origin in (None, list, tuple, set, frozenset, dict):
        return tree
    return _in_union(tree, origin, args, convert, named=named)


def _in_union(tree: Plain, origin: object, args: tuple[Any, ...], convert: object, *, named: bool) -> Any:
    some = [arg for arg in args if arg is not type(None)]
    inside = named and origin is typing.Union and len(some) == 1
    return next((made for arg in some if (made := _mapped(tree, arg, convert, named=inside)) != tree), tree)

"""Metadata for `Annotated[T, ...]` that the type engine understands, whatever T is."""

from __future__ import annotations

import collections
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar, cast, final

from literals import preview
from typeengine.errors import TypeTransformerFailedError

T = TypeVar("T")


@final
class HashMethod(Generic[T]):
    """`Annotated[T, HashMethod(f)]`: `f(value)` becomes `Literal.hash`, which stands for the value in cache keys."""

    def __init__(self, function: Callable[[T], str]) -> None:
        self._function = function

    def calculate(self, obj: T) -> str:
        """The hash of a value."""
        digest = cast("object", self._function(obj))
        if not isinstance(digest, str):
            raise TypeTransformerFailedError(
                "a HashMethod's function gave no text",
                expected="str",
                got=type(digest).__name__,
                fix="return the hash as text, such as a hexdigest",
            )
        return digest


@final
class FlyteAnnotation:
    """`Annotated[T, FlyteAnnotation({...})]`: JSON data kept in `LiteralType.annotation`."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        if not isinstance(data, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance] - hints are not enforced
            raise TypeTransformerFailedError(
                "a FlyteAnnotation holds an object of JSON: the message has no place for anything else",
                expected="a dict with texts as keys",
                got=preview(data),
                fix="put it under a key",
            )
        self._data = dict(data)

    @property
    def data(self) -> dict[str, Any]:
        """The annotation's content."""
        return self._data


@final
class Pickle:
    """`Annotated[T, Pickle]`: opt in to pickling values of T (and to unpickling them, which runs code)."""


def kwtypes(**types: object) -> collections.OrderedDict[str, Any]:
    """Names and types in order, as `kwtypes(a=int, b=str)`."""
    return collections.OrderedDict(types)

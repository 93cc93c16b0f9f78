"""`isinstance` for the builtin containers, for type checkers: what is inside is `object` and is looked at before it is used.

`isinstance(value, dict)` says of a value of any type that it is a dict of unknown keys and values, and what is read out of it
is then not checked at all. These say the same of a value and `object` of what is in it. Code that runs for each element of
something big asks `isinstance` or the class itself, for a call costs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from typing_extensions import TypeIs

class_of: Callable[[object], type[object]] = type
"""`type` of one argument, and nothing else: where a value is `Any`, its class is a class, and `class_of(value) is list` says nothing of the items."""


def is_dict(value: object, /) -> TypeIs[dict[object, object]]:
    """Whether a value is a dict."""
    return isinstance(value, dict)


def is_mapping(value: object, /) -> TypeIs[Mapping[object, object]]:
    """Whether a value is a mapping of any class."""
    return isinstance(value, Mapping)


def is_list(value: object, /) -> TypeIs[list[object]]:
    """Whether a value is a list."""
    return isinstance(value, list)


def is_tuple(value: object, /) -> TypeIs[tuple[object, ...]]:
    """Whether a value is a tuple."""
    return isinstance(value, tuple)


def is_sequence(value: object, /) -> TypeIs[list[object] | tuple[object, ...]]:
    """Whether a value is a list or a tuple, and so no text."""
    return isinstance(value, (list, tuple))


def is_iterable(value: object, /) -> TypeIs[Iterable[object]]:
    """Whether a value can be iterated over; a text can, too."""
    return isinstance(value, Iterable)


def is_iterator(value: object, /) -> TypeIs[Iterator[object]]:
    """Whether a value is an iterator."""
    return isinstance(value, Iterator)


def is_path(value: object, /) -> TypeIs[str | os.PathLike[Any]]:
    """Whether a value is a path as Python has them: a text, or what `os.fspath` takes."""
    return isinstance(value, (str, os.PathLike))


def named_tuple_fields(kind: object, /) -> tuple[str, ...] | None:
    """The names in a class that `typing.NamedTuple` or `collections.namedtuple` made; None for anything else."""
    names = getattr(kind, "_fields", None)
    return names if isinstance(kind, type) and issubclass(kind, tuple) else None


def assert_never(value: NoReturn, /) -> NoReturn:
    """The end of a chain of questions about a value's kind, for type checkers: a kind that none of them asks for is an error there.

    `typing.assert_never` of Python 3.11.

    Raises:
        AssertionError: there is such a kind, and no type checker was asked.
    """
    raise AssertionError(repr(value))

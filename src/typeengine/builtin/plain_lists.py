"""Values that are their own plain form, and whole lists of values in one go.

`Codec.to_plains` and `Codec.from_plains` convert a list of values at once. They give what `to_plain` (`from_plain`) gives for
each, or None where a value is not exactly of the class that is written most often; then the caller goes value by value,
which has the meaning. They run no code of the user's and change nothing, so that to do it again is safe. What is its own
plain form comes back as the very object (an int of more than 64 bits too, which the packer then refuses): a list in a plain tree may be the user's own, and a value may keep a list out of
the tree that it was read from.

Fast path of `typeengine.codec.convert_all` with `Codec.to_plain` and `from_plain`, a call for each value. Law:
`tests/typeengine/builtin/test_whole_lists.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain, islice
from operator import countOf
from typing import Any, Final

from typeengine.codec import ELEMENTS, OWN, Codec
from typeengine.errors import TypeTransformerFailedError

_STR: Final = frozenset({str})
Whole = Callable[[list[Any]], "list[Any] | None"]


def plain_list(classes: frozenset[type]) -> Whole:
    """The conversion of a list whose values are of `classes` and are their own plain form."""
    if len(classes) == 1:
        (cls,) = classes
        return lambda values: values if countOf(map(type, values), cls) == len(values) else None
    return lambda values: values if classes.issuperset(map(type, values)) else None


def plain_elements(codec: Codec) -> tuple[type, frozenset[type] | None, frozenset[type]] | None:
    """Of a container whose elements may be their own plain form: its class, the classes of its keys (of a dict), of its values."""
    kind: type | None = codec.extra.get(ELEMENTS)
    values = codec.extra["item"].extra.get(OWN) if kind is not None else None
    if kind is None or values is None:
        return None
    return kind, (_STR if kind is dict else None), values


def lists(item: Codec, way: str) -> Whole:
    """The conversion of many lists, of all their elements at once; `way`: `to_plains` or `from_plains`."""

    def whole(values: list[Any]) -> list[Any] | None:
        if countOf(map(type, values), list) != len(values):
            return None
        return _parted(values, values, item, way)

    return whole


def dicts(item: Codec, way: str) -> Whole:
    """The conversion of many dicts with texts as keys."""

    def whole(values: list[Any]) -> list[Any] | None:
        if countOf(map(type, values), dict) != len(values) or not _STR.issuperset(
            map(type, chain.from_iterable(values))
        ):
            return None
        found = _parted(values, map(dict.values, values), item, way)
        if found is None or found is values:
            return found
        return [dict(zip(one, part, strict=True)) for one, part in zip(values, found, strict=True)]

    return whole


def _parted(values: list[Any], inner: Iterable[Iterable[Any]], item: Codec, way: str) -> list[Any] | None:
    """The elements of all values, converted and dealt out again; `values` itself where nothing changed."""
    own: frozenset[type] | None = item.extra.get(OWN)
    if own is not None and len(own) == 1:
        (cls,) = own
        return values if countOf(map(type, chain.from_iterable(inner)), cls) == sum(map(len, values)) else None
    convert: Whole | None = getattr(item, way)
    if convert is None:
        return None
    flat = list(chain.from_iterable(inner))
    found = convert(flat)
    if found is None or found is flat:
        return None if found is None else values
    rest = iter(found)
    return [list(islice(rest, len(one))) for one in values]


def each(convert: Callable[[Any], Any]) -> Whole:
    """The conversion of a list value by value, for conversions without effects."""

    def whole(values: list[Any]) -> list[Any] | None:
        try:
            return list(map(convert, values))
        except TypeTransformerFailedError:
            return None

    return whole

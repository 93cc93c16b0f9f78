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

from collections.abc import Callable, Iterable, Mapping
from itertools import chain, islice
from operator import countOf
from typing import Any, Final

from typeengine.codec import ELEMENTS, OWN, Codec
from typeengine.errors import TypeTransformerFailedError

_STR: Final = frozenset({str})
_VALUES: Final = dict[Any, Any].values
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
        found = _parted(values, map(_VALUES, values), item, way)
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


def each_of(convert: Callable[[Any], Any], classes: tuple[type, ...]) -> Whole:
    """As `each`, for values of exactly these classes, whose code is not the user's."""
    known, whole = frozenset(classes), each(convert)
    return lambda values: whole(values) if known.issuperset(map(type, values)) else None


def looked_up(table: Mapping[Any, Any], cls: type) -> Whole:
    """The conversion of a list whose values are of exactly one class and are in a table."""

    def whole(values: list[Any]) -> list[Any] | None:
        if countOf(map(type, values), cls) != len(values):
            return None
        try:
            return list(map(table.__getitem__, values))
        except KeyError:
            return None

    return whole


def some_of(values: Iterable[Any], cls: type) -> Whole:
    """The conversion of a list whose values are of exactly one class, among some, and their own plain form."""
    known = frozenset(values)

    def whole(given: list[Any]) -> list[Any] | None:
        return given if countOf(map(type, given), cls) == len(given) and known.issuperset(given) else None

    return whole


def optional(item: Codec, way: str, wrapped: frozenset[str]) -> Whole:
    """The conversion of a list of values or None; a plain form with the keys `wrapped` is one that a union has put around it."""
    classes, kinds = frozenset(item.classes), frozenset(item.kinds)

    def whole(values: list[Any]) -> list[Any] | None:
        convert: Whole | None = getattr(item, way)
        given = [value for value in values if value is not None]
        if convert is None or not (classes if way == "to_plains" else kinds).issuperset(map(type, given)):
            return None
        found = convert(given)
        trees = found if way == "to_plains" else given
        if found is None or trees is None or not kinds.issuperset(map(type, trees)):
            return None
        if dict in kinds and any(type(tree) is dict and tree.keys() == wrapped for tree in trees):
            return None
        if found is given:
            return values
        rest = iter(found)
        return [None if value is None else next(rest) for value in values]

    return whole


def tuples(codecs: tuple[Codec, ...], way: str) -> Whole:
    """The conversion of many tuples of one length, a place at a time: to lists, and back."""
    before, after = (tuple, list) if way == "to_plains" else (list, tuple)
    size = len(codecs)

    def whole(values: list[Any]) -> list[Any] | None:
        if countOf(map(type, values), before) != len(values) or countOf(map(len, values), size) != len(values):
            return None
        columns: list[list[Any]] = []
        for codec, column in zip(codecs, zip(*values, strict=True), strict=False):
            convert: Whole | None = getattr(codec, way)
            found = None if convert is None else convert(list(column))
            if found is None:
                return None
            columns.append(found)
        return [after(parts) for parts in zip(*columns, strict=True)]

    return whole

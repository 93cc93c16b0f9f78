"""Whether two values are the same: equal, and of equal classes all the way down.

Equality alone lets 1 stand for True, a subclass for its base, and an instant in one zone for the same in another.
"""

from __future__ import annotations

import collections
import datetime as dt
from typing import TYPE_CHECKING, Any

from literals import attempt, is_dict

if TYPE_CHECKING:
    from typing_extensions import TypeIs


def same(left: object, right: object) -> bool:  # noqa: PLR0911 - one return for each kind of value
    """Whether two values are equal and of equal classes all the way down.

    NaN is NaN; the order of a dict counts; a fixed offset is one, whichever class says it. A value of another class of the
    user's is compared as its author says.
    """
    kind = type(left)
    if kind is not type(right):
        return False
    if isinstance(left, float) and isinstance(right, float):
        return left.hex() == right.hex()
    if is_dict(left) and is_dict(right):
        return (
            len(left) == len(right)
            and getattr(left, "default_factory", None) is getattr(right, "default_factory", None)
            and all(map(same, left, right))
            and all(map(same, left.values(), right.values()))
        )
    if _is_ordered(left) and _is_ordered(right):
        return (
            len(left) == len(right)
            and getattr(left, "maxlen", None) == getattr(right, "maxlen", None)
            and all(map(same, left, right))
        )
    if _is_set(left) and _is_set(right):
        return {(type(part), part) for part in left} == {(type(part), part) for part in right}
    if isinstance(left, (dt.datetime, dt.time)) and isinstance(right, (dt.datetime, dt.time)):
        return left == right and left.fold == right.fold and _zone_of(left) == _zone_of(right)
    if kind.__module__.partition(".")[0] == "typeengine":
        return True  # files, folders and datasets: what is read refers to the copy that was stored
    names = _state_names(kind)
    if names is not None:
        return all(same(getattr(left, name, None), getattr(right, name, None)) for name in names)
    return bool(attempt(lambda: bool(left == right)).value)


def _is_ordered(value: object) -> TypeIs[list[object] | tuple[object, ...] | collections.deque[object]]:
    return isinstance(value, (list, tuple, collections.deque))


def _is_set(value: object) -> TypeIs[set[object] | frozenset[object]]:
    return isinstance(value, (set, frozenset))


def _state_names(cls: Any) -> list[str] | None:
    """The attributes that are the state of a record, of whatever library it is; None for what is not a record."""
    if hasattr(cls, "model_fields") and hasattr(cls, "__pydantic_decorators__"):
        return [*cls.model_fields, "__pydantic_extra__", "__pydantic_private__"]
    if hasattr(cls, "__dataclass_fields__"):
        return [*cls.__dataclass_fields__]
    if hasattr(cls, "__struct_fields__"):
        return [*cls.__struct_fields__]
    return [one.name for one in cls.__attrs_attrs__] if hasattr(cls, "__attrs_attrs__") else None


def _zone_of(value: dt.datetime | dt.time) -> Any:
    zone = value.tzinfo
    name = getattr(zone, "key", None)
    return value.utcoffset() if name is None else (type(zone), name)

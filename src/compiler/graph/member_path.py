"""The type of `value.name` and `value[key]` for a type hint: what an attribute path on a promise leads to.

Records (dataclass, pydantic, attrs, TypedDict, NamedTuple) know their fields; lists and dicts their element; a union is
searched for the variants that have the member. A type that says nothing about its inside leads to ANYTHING.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from compiler.errors import MissingMemberError, PromiseUseError
from literals import is_mapping, is_tuple, named_tuple_fields


class _Anything:
    """A member whose type is not known before the value is."""

    def __repr__(self) -> str:
        return "anything"


ANYTHING: Any = _Anything()


class _NoMemberError(Exception):
    """There is no such member; the text says what there is."""


def member(hint: object, key: str | int) -> Any:
    """The type of one member.

    Raises:
        MissingMemberError: the type is known to have no such member.
        PromiseUseError: a pydantic model has it, and alone its bytes could not be told from text.
    """
    try:
        return _member(hint, key)
    except _NoMemberError as missing:
        raise MissingMemberError(
            f"there is no `{key}` in {hint_text(hint)}",
            expected=str(missing),
            got=repr(key),
            fix="check the name against the type",
        ) from None


def _member(hint: object, key: str | int) -> Any:  # noqa: PLR0911 - one case for each kind of type
    hint = bare(hint)
    if hint is ANYTHING or hint is Any or hint is object:
        return ANYTHING
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Union or type(hint).__name__ == "UnionType":
        return _union_member(args, key)
    kind = origin or hint
    if not isinstance(kind, type):
        return ANYTHING
    if (fields := record_fields(hint)) and (isinstance(key, str) or not issubclass(kind, tuple)):
        return _field(kind, fields, key)
    if issubclass(kind, tuple):
        return _tuple_member(origin or hint, args, key)
    if issubclass(kind, Sequence) and not issubclass(kind, (str, bytes)):
        if not isinstance(key, int):
            raise _NoMemberError("an index such as [0]: this is a list")
        return args[0] if args else ANYTHING
    if issubclass(kind, Mapping):
        return args[-1] if args else ANYTHING
    if kind in _LEAVES:
        raise _NoMemberError(f"nothing: {kind.__name__} has no members that a promise can reach")
    return ANYTHING


def _field(kind: type, fields: Mapping[str, Any], key: str | int) -> Any:
    if not isinstance(key, str) or key not in fields:
        raise _NoMemberError(f"one of {', '.join(sorted(fields))}")
    if hasattr(kind, "__pydantic_fields__") and _holds_bytes(fields[key]):
        raise _only_whole(kind.__name__, key)
    return fields[key]


def _holds_bytes(hint: object) -> bool:
    """Whether values of the type are bytes, or hold bytes in a list, dict, tuple or Optional."""
    hint = bare(hint)
    return hint is bytes or hint is bytearray or any(map(_holds_bytes, typing.get_args(hint)))


def _only_whole(record: str, key: str) -> PromiseUseError:
    """Pydantic writes bytes as text or base64, as the model is configured, and a reader of the field alone cannot know which."""
    return PromiseUseError(
        f"the field `{key}` of the model {record} holds bytes, which pydantic writes as text, so it is read with the model only",
        expected="a field without bytes",
        got=key,
        fix="let a task take the model and give the field",
    )


_LEAVES = {int, float, bool, str, bytes, type(None)}


def _union_member(variants: tuple[Any, ...], key: str | int) -> Any:
    found: list[Any] = []
    reasons: list[str] = []
    for variant in variants:
        if variant is type(None):
            continue
        try:
            found.append(_member(variant, key))
        except _NoMemberError as missing:
            reasons.append(str(missing))
    if not found:
        raise _NoMemberError("; or ".join(reasons))
    return found[0] if len(found) == 1 else ANYTHING


class InsideRecord(tuple[str | int, ...]):
    """The steps of a path that went through a record: what is further in has its plain form, in which tuples are arrays.

    Elsewhere a tuple is an object, keyed by the names of its fields or by `item_0`, `item_1`.
    """

    __slots__ = ()


def further(path: tuple[str | int, ...], hint: object, key: str | int) -> tuple[str | int, ...]:
    """A path and one step more, as it is written: `hint` is the type that the path led to, and `key` a member of it."""
    kinds = [each for each in _variants(hint) if isinstance(typing.get_origin(each) or each, type)]
    inside = isinstance(path, InsideRecord)
    for each in kinds:
        key = _tuple_step(each, key, inside=inside)
    made = (*path, key)
    return InsideRecord(made) if inside or any(map(_is_record, kinds)) else made


def _variants(hint: object) -> list[Any]:
    hint = bare(hint)
    if typing.get_origin(hint) is typing.Union or type(hint).__name__ == "UnionType":
        return [bare(each) for each in typing.get_args(hint) if each is not type(None)]
    return [hint]


def _is_record(hint: object) -> bool:
    """Whether values have one message for all their parts; of lists and of dicts with texts as keys, each part has its own."""
    kind, args = typing.get_origin(hint) or hint, typing.get_args(hint)
    if record_fields(hint):
        return True
    if isinstance(kind, type) and issubclass(kind, Mapping):
        return bool(args) and args[0] is not str
    return bool(_names_of_tuple(hint))


def _tuple_step(hint: object, key: str | int, *, inside: bool) -> str | int:
    names = _names_of_tuple(hint)
    if not names:
        return key
    if isinstance(key, int):
        return key if inside or not -len(names) <= key < len(names) else names[key]
    return names.index(key) if inside and key in names else key


def _names_of_tuple(hint: object) -> tuple[str, ...]:
    """The keys of a tuple's object; none for what is not a tuple, or is one of any length."""
    kind, args = typing.get_origin(hint) or hint, typing.get_args(hint)
    named = named_tuple_fields(kind)
    if named is not None:
        return named
    if not (isinstance(kind, type) and issubclass(kind, tuple)) or not args or args[-1] is Ellipsis:
        return ()
    return tuple(f"item_{index}" for index in range(len(args)))


def _tuple_member(kind: object, args: tuple[Any, ...], key: str | int) -> Any:
    names = named_tuple_fields(kind) or ()
    if isinstance(key, str):
        raise _NoMemberError(f"an index such as [0]{' or one of ' + ', '.join(names) if names else ''}")
    if names:
        args = tuple(record_fields(kind).values())
    if not args:
        return ANYTHING
    if args[-1] is Ellipsis:
        return args[0]
    if not -len(args) <= key < len(args):
        raise _NoMemberError(f"an index below {len(args)}")
    return args[key]


def bare(hint: Any) -> Any:
    """The hint without Annotated and NewType."""
    while True:
        if typing.get_origin(hint) is typing.Annotated:
            hint = typing.get_args(hint)[0]
        elif hasattr(hint, "__supertype__"):
            hint = hint.__supertype__
        else:
            return hint


def record_fields(hint: Any) -> dict[str, Any]:
    """Field name to type of a record type, generic ones filled in; empty for anything else."""
    try:
        return _record_fields(hint)
    except NameError:  # such as a class that is defined further down: next time it may be there
        return dict.fromkeys(_declared(typing.get_origin(hint) or hint), ANYTHING)
    except TypeError:  # an unhashable hint is not a record
        return {}


@lru_cache(maxsize=1024)
def _record_fields(hint: object) -> dict[str, Any]:
    kind = typing.get_origin(hint) or hint
    if not isinstance(kind, type):
        return {}
    declared = _declared(kind)
    if not declared:
        return {}
    filled = dict(zip(getattr(kind, "__parameters__", ()), typing.get_args(hint), strict=False))
    try:
        hints = typing.get_type_hints(kind, include_extras=True)
    except TypeError:
        hints = {}
    return {name: filled.get(hints.get(name, ANYTHING), hints.get(name, ANYTHING)) for name in declared}


def _declared(kind: type) -> list[str]:
    """Names of the fields, in declared order."""
    for attribute in ("__dataclass_fields__", "model_fields", "__pydantic_fields__"):
        if is_mapping(found := getattr(kind, attribute, None)):
            return [
                str(name)
                for name, field in found.items()
                if getattr(getattr(field, "_field_type", None), "name", "_FIELD") == "_FIELD"
            ]
    if is_tuple(attrs := getattr(kind, "__attrs_attrs__", None)):
        return [str(getattr(each, "name", "")) for each in attrs]
    for attribute in ("__struct_fields__", "_fields"):
        if is_tuple(fields := getattr(kind, attribute, None)):
            return [*map(str, fields)]
    if hasattr(kind, "__total__") and hasattr(kind, "__required_keys__"):
        return list(kind.__annotations__)
    return []


def hint_text(hint: object) -> str:
    """A type as its author wrote it."""
    return hint.__name__ if isinstance(hint, type) and not typing.get_args(hint) else str(hint).replace("typing.", "")

"""Whether a pydantic value's JSON reads back as the same value: told by its classes, or else by reading it back.

pydantic's JSON says no classes: `UUID | str`, a zone's name, the class of a dict's keys and a private attribute are not in it,
and whatever a validator changes is changed again on every reading. `level_of(model)` finds out once what can be told from
the declared types: each field has a check that its value is of the classes whose JSON pydantic reads back exactly, and
`asks` says that only reading back can tell (validators, serializers, private attributes, unions whose members have the
same form in JSON, classes that pydantic alone knows).

Numbers are as in the rest of the engine: a float field takes an int that a float holds exactly, and gives a float.
"""

from __future__ import annotations

import collections
import datetime as dt
import decimal
import enum
import math
import pathlib
import types
import typing
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, final

import pydantic
from pydantic import BaseModel, ValidationError
from pydantic_core import TzInfo

from literals import class_of
from typeengine.builtin.scalars import EXACT
from typeengine.contrib.pydantic_models import BY_NAME, models_in, runs_user_code

Check = Callable[[Any], bool]
"""Whether pydantic's JSON of a value of the declared type reads back as that value."""

_FIXED_ZONES: Final = (type(None), dt.timezone, TzInfo)
_JSON: Final = frozenset({type(None), bool, int, float, str})


@final
@dataclass(frozen=True, slots=True)
class Level:
    """What is known of a model's own fields, those of models inside it aside.

    `checks`: by field. `asks`: only reading back tells. `limited`: values may break limits that the model sets.
    `never`: the fields whose JSON never reads back, however they are filled.
    """

    checks: Mapping[str, Check]
    asks: bool
    limited: bool
    never: tuple[str, ...]


@lru_cache(maxsize=4096)
def level_of(model: type[BaseModel]) -> Level:
    """The level of a model."""
    checks: dict[str, Check] = {}
    never: list[str] = []
    asks, limited = runs_user_code(model), False
    for name, info in model.model_fields.items():
        judge = _Judge()
        check = judge.field(info)
        asks, limited = asks or judge.asks, limited or judge.limited
        if check is _never or (not BY_NAME and info.validation_alias != info.serialization_alias):
            never.append(name)
            check = _never
        if check is not None:
            checks[name] = check
    return Level(checks, asks, limited, tuple(never))


def by_classes(value: BaseModel, model: type[BaseModel]) -> bool:
    """Whether nothing that is known of the declared classes speaks against the JSON of a value."""
    if type(value) is not model:
        return False
    held, extra = value.__dict__, value.__pydantic_extra__
    if extra and not all(map(_is_json, extra.values())):
        return False
    return all(name in held and check(held[name]) for name, check in level_of(model).checks.items())


def _never(_: object) -> bool:
    return False


@final
class _Judge:
    """Makes the checks of one field. None in place of a check: only reading back can tell."""

    def __init__(self) -> None:
        self.asks = False
        self.limited = False

    def field(self, info: Any) -> Check | None:
        if isinstance(info.discriminator, str):
            return self._tagged(info.annotation)
        return self._noted(info.annotation, info.metadata)

    def _tagged(self, hint: object) -> Check | None:
        """A union whose member is told by one of its fields."""
        return self._any_of([self.check(arg) for arg in typing.get_args(hint)])

    def _ask(self) -> None:
        self.asks = True

    def _noted(self, hint: object, metadata: typing.Iterable[Any]) -> Check | None:
        for note in metadata:
            kind = class_of(note)
            if kind is pydantic.Json or note is pydantic.Json:
                return _never
            if note is None or kind.__name__ == "FieldInfo":
                continue
            if kind.__module__ == "annotated_types":
                self.limited = True
            elif not kind.__module__.startswith("pydantic"):
                continue  # metadata of somebody else, which pydantic passes over or takes for a schema of its own
            else:
                self._ask()
            if hasattr(note, "__get_pydantic_core_schema__"):
                self._ask()
        return self.check(hint)

    def check(self, hint: Any) -> Check | None:  # noqa: PLR0911 - one return for each kind of hint
        origin, args = typing.get_origin(hint), typing.get_args(hint)
        if origin is typing.Annotated:
            return self._noted(args[0], hint.__metadata__)
        if origin is typing.Literal:
            return self._literal(args)
        if origin is typing.Union or origin is types.UnionType:
            return self._union(args)
        if origin in _CONTAINERS:
            return self._container(origin, args)
        if origin is dict:
            return self._dict(args)
        if hint is Any or hint is object:
            return _is_json
        if isinstance(hint, type) and origin is None:
            return self._class(hint)
        return self._ask()

    def _class(self, cls: Any) -> Check | None:  # noqa: PLR0911 - one return for each kind of class
        if cls is pydantic.Json:
            return _never
        known = _CLASSES.get(cls)
        if known is not None:
            return known
        if cls in _CONTAINERS or cls is dict:
            return lambda value: class_of(value) is cls and _is_json(list(value) if cls is not dict else value)
        if issubclass(cls, enum.Enum):
            values = [member.value for member in cls]
            if all(type(one) in _JSON for one in values) and cls._missing_.__func__ is enum.Enum._missing_.__func__:
                return lambda value: type(value) is cls
            return self._ask()
        if cls.__module__.partition(".")[0] == "typeengine":
            return lambda value: isinstance(
                value, cls
            )  # files, folders and datasets: the engine's own form in either way
        if issubclass(cls, BaseModel) and cls is not BaseModel:
            return lambda value: by_classes(value, cls)
        return self._ask()

    def _literal(self, values: tuple[Any, ...]) -> Check | None:
        if not all(type(one) in _JSON for one in values):
            return _never
        if len(set(values)) < len(values):
            return self._ask()
        return lambda value: any(type(one) is type(value) and one == value for one in values)

    def _union(self, args: tuple[Any, ...]) -> Check | None:
        others = [arg for arg in args if arg not in _JSON]
        checks = [self.check(arg) for arg in args]
        if others and (len(others) > 1 or not (len(args) == _PAIR and type(None) in args)) and not _apart(others):
            self._ask()
        return self._any_of(checks)

    def _any_of(self, checks: list[Check | None]) -> Check | None:
        if None in checks:
            return None
        known = [check for check in checks if check is not None]
        return lambda value: any(check(value) for check in known)

    def _container(self, cls: Any, args: tuple[Any, ...]) -> Check | None:
        if cls is tuple and not (len(args) == _PAIR and args[1] is Ellipsis):
            checks = [self.check(arg) for arg in args]
            if None in checks:
                return None
            known = [check for check in checks if check is not None]
            return lambda value: (
                class_of(value) is tuple
                and len(value) == len(known)
                and all(check(part) for check, part in zip(known, value, strict=True))
            )
        inner = self.check(args[0])
        if inner is None:
            return None
        return lambda value: type(value) is cls and all(map(inner, value)) and getattr(value, "maxlen", None) is None

    def _dict(self, args: tuple[Any, ...]) -> Check | None:
        item = self.check(args[1])
        key = _KEYS.get(args[0])
        if key is None:
            return _never
        if item is None:
            return lambda value: class_of(value) is dict and all(map(key, value))
        return lambda value: class_of(value) is dict and all(map(key, value)) and all(map(item, value.values()))


_PAIR: Final = 2


def _apart(others: list[Any]) -> bool:
    """Whether the members of a union beside JSON's own scalars are one list, dict or model, which no scalar's JSON is."""
    (one, *more) = others
    kind = typing.get_origin(one) or one
    return not more and (kind in (list, dict) or (isinstance(kind, type) and issubclass(kind, BaseModel)))


def _is_json(value: Any) -> bool:
    """Whether a value without a declared type is JSON's own: exactly its classes, texts as keys, numbers that are finite."""
    kind = class_of(value)
    if kind is float:
        return math.isfinite(value)
    if kind is dict:
        return all(type(key) is str for key in value) and all(map(_is_json, value.values()))
    return kind in _JSON or (kind is list and all(map(_is_json, value)))


def _is_float(value: Any) -> bool:
    return type(value) is float or (type(value) is int and abs(value) <= EXACT)


def _is_datetime(value: Any) -> bool:
    if type(value) is not dt.datetime or value.fold or type(value.tzinfo) not in _FIXED_ZONES:
        return False
    offset = value.utcoffset()
    return offset is None or not (offset.seconds % 60 or offset.microseconds)


def _is_utf8(value: Any) -> bool:
    if type(value) is not bytes:
        return False
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _exactly(cls: type) -> Check:
    return lambda value: type(value) is cls


_CLASSES: Final[dict[Any, Check]] = {
    **{cls: _exactly(cls) for cls in (int, str, bool, type(None), dt.date, dt.timedelta, uuid.UUID)},
    None: _exactly(type(None)),
    float: _is_float,
    dt.datetime: _is_datetime,
    dt.time: lambda value: type(value) is dt.time and not value.fold and value.tzinfo is None,
    decimal.Decimal: lambda value: type(value) is decimal.Decimal and value.is_finite(),
    bytes: _is_utf8,
    pathlib.Path: lambda value: type(value) in (pathlib.PosixPath, pathlib.WindowsPath),
}
_KEYS: Final[dict[Any, Check]] = {cls: _exactly(cls) for cls in (str, int, uuid.UUID, dt.date)}
_CONTAINERS: Final = frozenset({list, set, frozenset, tuple, collections.deque})


def asks(model: type[BaseModel]) -> bool:
    """Whether the JSON of a model, or of one inside it, must be read back to know what it says."""
    return any(level_of(one).asks for one in (model, *models_in(model)))


def is_limited(model: type[BaseModel]) -> bool:
    """Whether a value of a model, or of one inside it, may break limits that the model sets."""
    return any(level_of(one).limited for one in (model, *models_in(model)))


def is_told_by_classes(model: type[BaseModel]) -> bool:
    """Whether the classes of its values alone say that the JSON of a model reads back."""
    levels = [level_of(one) for one in (model, *models_in(model))]
    return not any(level.asks or level.limited or level.never for level in levels)


def breaks_limits(error: object) -> bool:
    """Whether a value was refused for limits that its model sets, by its validators too, and for nothing else."""
    return isinstance(error, ValidationError) and all(
        one["type"] in _LIMITS for one in error.errors(include_url=False, include_context=False, include_input=False)
    )


_LIMITS: Final = frozenset(
    {
        "greater_than", "greater_than_equal", "less_than", "less_than_equal", "multiple_of", "string_too_short",
        "string_too_long", "string_pattern_mismatch", "bytes_too_short", "bytes_too_long", "too_short", "too_long",
        "predicate_failed", "value_error", "assertion_error",
    }
)  # fmt: skip

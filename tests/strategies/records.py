"""Draws a record class together with values of it: every kind of class, with fields of any type, fresh classes each time.

A model of pydantic's may have aliases, extra fields, a computed field, private attributes, validators that change what they
read again, and serializers that nothing reads. Its values are made without validation, so that a text that looks like a
UUID may stand in `UUID | str`.
"""

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import pathlib
import typing
import uuid

import attrs
import msgspec
import pydantic
import typing_extensions
from hypothesis import strategies as st

from strategies.typed import LITERALS, NAMED, SCALARS, Colour, Level, Movie, PartMovie
from typeengine.testing import strategy_for

HASHABLE = (int, str, bool, dt.date, uuid.UUID, Colour, bytes, decimal.Decimal, float)
KEYS = (str, int, bool, float, dt.date, uuid.UUID, Colour, typing.Tuple[int, str], typing.Union[int, str])
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=4)
    | st.binary(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3) | st.integers(-9, 9) | st.booleans(), inner, max_size=3)
    ),
    max_leaves=5,
)
ZONED = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1), timezones=st.none() | st.timezones()).flatmap(
    lambda value: st.sampled_from([value, value.replace(fold=1)])
)
LOOK_ALIKES = st.sampled_from(
    [
        str(uuid.UUID(int=7)),
        "1.50",
        "2020-01-01",
        "2020-01-01T00:00:00Z",
        "PT5S",
        "red",
        "RED",
        "1",
        "true",
        "null",
        "nan",
    ]
)


@dataclasses.dataclass(frozen=True)
class Typed:
    """A hint, how a value of it is drawn, and whether pydantic takes it as the type of a field.

    Plain functions of `draw`, not strategies: a strategy for each fresh class costs more than the law itself.
    """

    hint: typing.Any
    value: typing.Callable[[typing.Any], typing.Any]
    in_models: bool = True


def _leaf(hint, strategy=None, *, in_models=True):
    made = strategy_for(hint) if strategy is None else strategy
    return Typed(hint, lambda draw: draw(made), in_models)


_SIMPLE = [
    # typing's own TypedDict is refused by pydantic before Python 3.12
    *(_leaf(hint, in_models=hint not in (Movie, PartMovie)) for hint in (*SCALARS, *NAMED, *LITERALS)),
    *(_leaf(hint) for hint in (uuid.UUID, decimal.Decimal, pathlib.Path)),
    *(_leaf(hint, in_models=False) for hint in (complex, range)),
]
_HARD = [
    _leaf(typing.Any, PLAIN),
    _leaf(dt.datetime, ZONED),
    *(
        _leaf(typing.Union[hint, str], strategy_for(hint) | LOOK_ALIKES)
        for hint in (uuid.UUID, decimal.Decimal, dt.datetime, dt.timedelta, Colour, Level, int)
    ),
]
LEAVES = st.sampled_from(_SIMPLE) | st.sampled_from(_HARD)
_KEYED = {key: strategy_for(key) for key in KEYS}
_HASHED = {hint: strategy_for(hint) for hint in HASHABLE}
COUNTS, DEPTHS = st.integers(0, 3), st.sampled_from([0, 0, 1, 1, 2])
BOOLEANS = st.booleans()


def _typed(draw, depth):
    if not depth:
        return draw(LEAVES)
    return draw(CONTAINERS)(draw, depth - 1)


def _list(draw, depth):
    one = _typed(draw, depth)
    return Typed(typing.List[one.hint], lambda draw: _some(draw, one), one.in_models)


def _some(draw, one):
    return [one.value(draw) for _ in range(draw(COUNTS))]


def _dict(draw, depth):
    key, one = draw(st.sampled_from(KEYS)), _typed(draw, depth)
    keys = _KEYED[key]
    return Typed(
        typing.Dict[key, one.hint],
        lambda draw: {draw(keys): one.value(draw) for _ in range(draw(COUNTS))},
        one.in_models,
    )


def _optional(draw, depth):
    one = _typed(draw, depth)
    return Typed(typing.Optional[one.hint], lambda draw: one.value(draw) if draw(BOOLEANS) else None, one.in_models)


def _union(draw, depth):
    some = [_typed(draw, depth) for _ in range(draw(st.integers(2, 3)))]
    some = [
        one for one in some if "Any" not in str(one.hint)
    ]  # a union with Any takes everything: nothing tells its variants
    if not some:
        return draw(LEAVES)
    hint = typing.Union[tuple(one.hint for one in some)]
    return Typed(hint, lambda draw: draw(st.sampled_from(some)).value(draw), all(one.in_models for one in some))


def _tuple(draw, depth):
    some = [_typed(draw, depth) for _ in range(1 + draw(COUNTS))]
    hint = typing.Tuple[tuple(one.hint for one in some)]
    return Typed(hint, lambda draw: tuple(one.value(draw) for one in some), all(one.in_models for one in some))


def _many(draw, depth):
    one = _typed(draw, depth)
    return Typed(typing.Tuple[one.hint, ...], lambda draw: tuple(_some(draw, one)), one.in_models)


def _deque(draw, depth):
    one = _typed(draw, depth)
    return Typed(typing.Deque[one.hint], lambda draw: collections.deque(_some(draw, one)), one.in_models)


def _set(draw, _):
    hint = draw(st.sampled_from(HASHABLE))
    kind, made = draw(st.sampled_from([(typing.Set, set), (typing.FrozenSet, frozenset)]))
    return Typed(kind[hint], lambda draw: made(draw(_HASHED[hint]) for _ in range(draw(COUNTS))))


NAMES = st.lists(
    st.sampled_from(["a", "b", "kind", "value", "x_1", "name", "set", "root_", "Zed"]), unique=True, max_size=4
)


def _record(draw, depth):
    """A record class of some kind."""
    fields = {name: _typed(draw, depth) for name in draw(NAMES)}
    in_models = all(one.in_models for one in fields.values())
    kinds = [_dataclass, _attrs, _struct, _named_tuple, _typed_dict, *([_model] * 4 if in_models else [])]
    return draw(st.sampled_from(kinds))(draw, fields)


CONTAINERS = st.sampled_from([_list, _dict, _optional, _union, _tuple, _many, _deque, _set, _record, _record])


def _hints(fields):
    return [(name, one.hint) for name, one in fields.items()]


def _held(draw, fields):
    return {name: one.value(draw) for name, one in fields.items()}


def _in_models(fields):
    return all(one.in_models for one in fields.values())


def _dataclass(draw, fields):
    grows = {"__post_init__": lambda made: [object.__setattr__(made, name, [getattr(made, name)]) for name in fields]}
    space = draw(st.sampled_from([{}, {}, grows]))
    cls = dataclasses.make_dataclass("Made", _hints(fields), frozen=draw(BOOLEANS), eq=True, namespace=space)

    def value(draw):
        held = _held(draw, fields)
        return _without_constructor(cls, held) if space else cls(**held)

    # pydantic runs the constructor of a dataclass, and takes what that makes of the fields
    return Typed(cls, value, _in_models(fields) and not space)


def _without_constructor(cls, held):
    made = object.__new__(cls)
    for name, part in held.items():
        object.__setattr__(made, name, part)
    return made


def _attrs(draw, fields):
    more = draw(st.sampled_from([{}, {}, {"converter": lambda value: [value]}]))
    parts = {name: attrs.field(type=one.hint, **more) for name, one in fields.items()}
    cls = attrs.make_class("Made", parts, slots=draw(BOOLEANS))
    return Typed(cls, lambda draw: _without_constructor(cls, _held(draw, fields)), in_models=False)


def _struct(draw, fields):
    cls = msgspec.defstruct(
        "Made", _hints(fields), rename=draw(st.sampled_from([None, "camel"])), frozen=draw(BOOLEANS)
    )
    return Typed(cls, lambda draw: cls(**_held(draw, fields)), in_models=False)


def _named_tuple(_, fields):
    cls = typing.NamedTuple("Made", _hints(fields))  # noqa: UP014 - made from data
    return Typed(cls, lambda draw: cls(**_held(draw, fields)), _in_models(fields))


def _typed_dict(draw, fields):
    total = draw(BOOLEANS)
    cls = typing_extensions.TypedDict("Made", dict(_hints(fields)), total=total)

    def value(draw):
        return {name: part for name, part in _held(draw, fields).items() if total or draw(BOOLEANS)}

    return Typed(cls, value, _in_models(fields))


class Habit(enum.Enum):
    """What a model does besides holding fields."""

    EXTRA = "extra"
    FORBID = "forbid"
    FROZEN = "frozen"
    ALIASED = "aliased"
    COMPUTED = "computed"
    PRIVATE = "private"
    GROWS = "grows"
    CHECKS = "checks"
    ONE_WAY = "one way"


HABITS = st.sets(st.sampled_from(Habit), max_size=3)
MORE = st.dictionaries(st.sampled_from(["more", "other"]), PLAIN, max_size=2)


def _model(draw, fields):
    habits = draw(HABITS)
    extra = "allow" if Habit.EXTRA in habits else "forbid" if Habit.FORBID in habits else "ignore"
    space = {
        "__module__": __name__,
        "__annotations__": dict(_hints(fields)),
        "model_config": {"extra": extra, "frozen": Habit.FROZEN in habits, "protected_namespaces": ()},
    }
    if Habit.ALIASED in habits:
        space |= {name: pydantic.Field(alias=f"{name}Alias") for name in fields}
    if Habit.COMPUTED in habits:
        space["computed"] = pydantic.computed_field(property(lambda _: 5), return_type=int)
    if Habit.GROWS in habits and fields:
        space["_grow"] = pydantic.field_validator(*fields)(classmethod(lambda _, value: [value]))
    if Habit.CHECKS in habits and fields:
        space["_check"] = pydantic.field_validator(*fields)(classmethod(lambda _, value: value))
    if Habit.ONE_WAY in habits and fields:
        space["_write"] = pydantic.field_serializer(next(iter(fields)))(lambda _, value: f"<{value}>")
    if Habit.PRIVATE in habits:
        space["__annotations__"]["_seen"] = typing.Dict[int, str]
        space["_seen"] = pydantic.PrivateAttr(default_factory=dict)
    cls = type(pydantic.BaseModel)("Made", (pydantic.BaseModel,), space)

    def value(draw):
        held, extras = _held(draw, fields), draw(MORE) if extra == "allow" else {}
        made = cls.model_construct(
            **{(f"{n}Alias" if Habit.ALIASED in habits else n): v for n, v in held.items()}, **extras
        )
        if Habit.PRIVATE in habits and draw(BOOLEANS):
            object.__setattr__(made, "__pydantic_private__", {"_seen": {5: "x"}})
        return made

    return Typed(cls, value)


@st.composite
def record_values(draw):
    """(class, value of it)."""
    one = _record(draw, draw(DEPTHS))
    return one.hint, one.value(draw)

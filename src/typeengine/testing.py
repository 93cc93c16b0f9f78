"""Public help for authors of transformers: values of a type, and the laws that a transformer must keep.

    def test_money():
        check_transformer(engine, Money, strategy_for(Money))

`strategy_for` needs hypothesis, which is imported when this module is; a test dependency, never one of drawloom itself.
"""

from __future__ import annotations

import collections
import collections.abc
import copy
import dataclasses
import datetime as dt
import decimal
import enum
import pathlib
import typing
import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from literals import DrawloomError, attempt, canonical_bytes, class_of, conforms, named_tuple_fields, parse, pb, preview
from typeengine.codec import Codec
from typeengine.errors import TypeTransformerFailedError
from typeengine.hints.forms import Form, HintScope, Special, scope_of
from typeengine.hints.forms import parse as parse_hint
from typeengine.hints.hint_of_form import hint_of
from typeengine.wire.plain_values import pack, unpack

INT64 = 1 << 63
_SMALL = 5
_THREADS = 4
_PATIENT = (
    HealthCheck.too_slow,
    HealthCheck.filter_too_much,
    HealthCheck.data_too_large,
    HealthCheck.large_base_example,
)
_DEPTH = 2
"""How often a recursive class is inside itself; deeper, its lists are empty and its Optionals None."""


class LawBrokenError(DrawloomError, AssertionError):
    """A transformer broke a law. `law` is its name, `value` the smallest value found that breaks it."""

    def __init__(self, law: str, hint: object, value: Any, why: str) -> None:
        super().__init__(f"{law} does not hold", where=str(hint), expected=law, got=f"{preview(value)}: {why}")
        self.law = law
        self.value = value


# --- values of a type -----------------------------------------------------------------------------------------------

_FIRST = dt.datetime(1, 1, 3)  # noqa: DTZ001 - a naive bound, as hypothesis wants it
_LAST = dt.datetime(9999, 12, 29)  # noqa: DTZ001 - a naive bound, as hypothesis wants it

_UTC: st.SearchStrategy[Any] = st.just(dt.timezone.utc)
_SCALARS: Mapping[Any, Callable[[], st.SearchStrategy[Any]]] = {
    int: lambda: st.integers(-INT64, INT64 - 1),
    float: lambda: st.floats(allow_nan=False),
    bool: st.booleans,
    str: lambda: st.text(st.characters(exclude_categories=["Cs"])),
    bytes: st.binary,
    complex: lambda: st.complex_numbers(allow_nan=False, allow_infinity=False),
    dt.datetime: lambda: st.datetimes(_FIRST, _LAST) | st.datetimes(_FIRST, _LAST, timezones=_UTC),
    dt.date: st.dates,
    dt.time: st.times,
    dt.timedelta: st.timedeltas,
    decimal.Decimal: lambda: st.decimals(allow_nan=False),
    uuid.UUID: st.uuids,
    pathlib.Path: lambda: st.lists(st.text("abc.-_é", min_size=1), max_size=3).map(lambda parts: pathlib.Path(*parts)),
    range: lambda: st.builds(range, st.integers(-9, 9), st.integers(-9, 9), st.integers(1, 3)),
}
_LISTS = frozenset(
    {
        list,
        collections.abc.Sequence,
        collections.abc.MutableSequence,
        collections.abc.Iterable,
        collections.abc.Collection,
    }
)
_SETS = frozenset({set, collections.abc.Set, collections.abc.MutableSet})
_DICTS = frozenset({dict, collections.abc.Mapping, collections.abc.MutableMapping})


def strategy_for(hint: object, scope: HintScope | None = None) -> st.SearchStrategy[Any]:
    """Values of a type, as far as hypothesis knows how to make them: all that drawloom has rows for, and classes with typed fields.

    Raises:
        TypeTransformerFailedError: nothing says how to make values of a class; give values, or `st.builds(...)`, yourself.
    """
    return _strategy(parse_hint(hint, scope) if scope is not None else parse_hint(hint), {}, scope or HintScope())


def _strategy(form: Form, open_: dict[Form, int], scope: HintScope) -> st.SearchStrategy[Any]:
    bare = form.bare
    if open_.get(bare, 0) > _DEPTH:
        return st.one_of()
    if isinstance(form.origin, Special):
        return _special(form, open_, scope)
    if form.origin in _SCALARS:
        return _SCALARS[form.origin]()
    made = _container(form, open_, scope)
    if made is not None:
        return made
    if form.cls is not None and issubclass(form.cls, enum.Enum):
        return st.sampled_from(list(form.cls))
    return _class(form, {**open_, bare: open_.get(bare, 0) + 1})


def _special(form: Form, open_: dict[Form, int], scope: HintScope) -> st.SearchStrategy[Any]:
    if form.origin is Special.NONE:
        return st.none()
    if form.origin is Special.UNION:
        return st.one_of([_strategy(arg, open_, scope) for arg in form.args or ()])
    if form.origin is Special.LITERAL:
        return st.sampled_from([value for _, value in form.values])
    if form.origin is Special.ANY:
        return st.recursive(
            st.none() | st.booleans() | st.integers(-INT64, INT64 - 1) | st.floats(allow_nan=False) | _SCALARS[str](),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_SCALARS[str](), inner, max_size=3),
            max_leaves=_SMALL,
        )
    raise TypeTransformerFailedError(
        f"no strategy makes values of {form}",
        expected="a type with a strategy",
        got=str(form),
        fix="give the values yourself",
    )


def _some(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(inner, max_size=0 if inner.is_empty else _SMALL)


def _pairs(keys: st.SearchStrategy[Any], values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[Any, Any]]:
    return st.dictionaries(keys, values, max_size=0 if keys.is_empty or values.is_empty else _SMALL)


def _container(form: Form, open_: dict[Form, int], scope: HintScope) -> st.SearchStrategy[Any] | None:  # noqa: PLR0911 - one return for each kind
    def part(index: int) -> st.SearchStrategy[Any]:
        args = form.args or ()
        return _strategy(args[index] if index < len(args) else Form(Special.ANY, spelling="Any"), open_, scope)

    origin = form.origin
    if origin in _LISTS:
        return _some(part(0))
    if origin in _SETS or origin is frozenset:
        kept = _some(part(0) if form.args else st.integers(0, 9))
        return kept.map(frozenset if origin is frozenset else set)
    if origin is collections.deque:
        return _some(part(0)).map(collections.deque)
    if origin is tuple:
        if form.variadic or form.args is None:
            return _some(part(0)).map(tuple)
        return st.tuples(*(part(index) for index in range(len(form.args))))
    if origin is collections.Counter:
        return _pairs(part(0) if form.args else _SCALARS[str](), st.integers(0, 9)).map(collections.Counter)
    if origin in _DICTS or origin in (collections.OrderedDict, collections.defaultdict):
        pairs = _pairs(part(0) if form.args else _SCALARS[str](), part(1))
        if origin is collections.OrderedDict:
            return pairs.map(collections.OrderedDict)
        return (
            pairs.map(lambda made: collections.defaultdict(None, made)) if origin is collections.defaultdict else pairs
        )
    return None


def _class(form: Form, open_: dict[Form, int]) -> st.SearchStrategy[Any]:
    cls: Any = form.origin
    inner = scope_of(cls).changed(typevars=dict(zip(getattr(cls, "__parameters__", ()), form.args or (), strict=False)))

    def of(hint: object) -> st.SearchStrategy[Any]:
        return _strategy(parse_hint(hint, inner), open_, inner)

    names: Any = cls
    if hasattr(cls, "__dataclass_fields__"):
        hints = typing.get_type_hints(cls, localns={cls.__name__: cls}, include_extras=True)
        declared = dataclasses.fields(names)
        return st.builds(cls, **{item.name: of(hints[item.name]) for item in declared if item.init})
    if hasattr(cls, "__required_keys__"):
        hints = typing.get_type_hints(cls, localns={cls.__name__: cls}, include_extras=True)
        return st.fixed_dictionaries(
            {name: of(hints[name]) for name in sorted(cls.__required_keys__)},
            optional={name: of(hints[name]) for name in sorted(cls.__optional_keys__)},
        )
    if (fields := named_tuple_fields(cls)) is not None:
        hints = typing.get_type_hints(cls, include_extras=True)
        return st.builds(cls, **{name: of(hints.get(name, Any)) for name in fields})
    made = attempt(lambda: _checked(st.from_type(hint_of(form.bare))))
    if made.error is not None:
        raise TypeTransformerFailedError(
            f"no strategy makes values of {form}",
            expected="a type with a strategy",
            got=str(form),
            fix="give the values, or hypothesis' st.builds(...), yourself",
        ) from made.error
    return made.unwrap()


def _checked(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    strategy.validate()
    return strategy


# --- laws -----------------------------------------------------------------------------------------------------------

FOREIGN: tuple[Any, ...] = (None, object(), 1, 1.5, True, "text", b"bytes", [1], {"a": 1}, (1,), {1}, len)
"""Values that are offered to see whether a transformer refuses what it should: with our error, and no other."""


def check_transformer(
    engine: Any,
    hint: Any,
    values: Iterable[Any] | st.SearchStrategy[Any] | None = None,
    *,
    equal: Callable[[Any, Any], bool] | None = None,
    foreign: Iterable[Any] = FOREIGN,
    examples: int = 100,
) -> None:
    """Check that the engine converts values of `hint` as it must.

    `values`: the values, or a strategy; `strategy_for(hint)` if not given. `equal`: how two values are compared, `==` if
    not given. `foreign`: values of which those that are not of the type must be refused. `examples`: how many values a
    strategy gives.

    Raises:
        LawBrokenError: a law does not hold; the smallest value that breaks it is in the error.
    """
    codec = engine.codec(hint)
    same = equal or _equal

    def threads(value: Any) -> str | None:
        return _threads(codec, value)

    laws: list[tuple[str, Callable[[Any], str | None]]] = [
        ("round trip", lambda value: _round_trip(codec, value, same)),
        ("round trip inside a struct", lambda value: _plain_trip(codec, value, same)),
        ("the literal is of the literal type", lambda value: _conforms(codec, value)),
        ("encode, decode, encode gives the same bytes", lambda value: _stable(codec, value)),
        ("reading bytes equals reading the message", lambda value: _walker(codec, value, same)),
        ("the argument is not changed", lambda value: _untouched(codec, value, same)),
        ("threads get what one caller gets", threads),
    ]  # fmt: skip
    chosen = strategy_for(hint) if values is None else values
    for law, check in laws:
        broken = _smallest(chosen, check, examples if check is not threads else max(1, examples // 10))
        if broken is not None:
            raise LawBrokenError(law, hint, *broken)
    for value in foreign:
        why = _refuses(codec, value)
        if why is not None:
            raise LawBrokenError("a foreign value is refused with TypeTransformerFailedError", hint, value, why)


def _equal(left: object, right: object) -> bool:
    """Whether two values are equal and of one class; NaN, the number unequal to itself, counts as equal to NaN."""
    if type(left) is not type(right):
        return False
    compared = attempt(lambda: bool(left == right))
    return compared.value is True or _equal_but_for_nan(left, right)


def _equal_but_for_nan(left: Any, right: Any) -> bool:
    if isinstance(left, float):
        return left != left and right != right  # noqa: PLR0124 - NaN
    if isinstance(left, complex):
        return _equal(left.real, right.real) and _equal(left.imag, right.imag)
    if issubclass(class_of(left), (list, tuple)):
        return len(left) == len(right) and all(map(_equal, left, right))
    if issubclass(class_of(left), dict):
        return left.keys() == right.keys() and all(_equal(left[key], right[key]) for key in left)
    parts, others = _attributes(left), _attributes(right)
    return bool(parts) and parts.keys() == others.keys() and all(_equal(parts[name], others[name]) for name in parts)


def _attributes(value: Any) -> dict[str, Any]:
    slots = [name for cls in type(value).__mro__ for name in getattr(cls, "__slots__", ()) if hasattr(value, name)]
    return {**getattr(value, "__dict__", {}), **{name: getattr(value, name) for name in slots}}


def _smallest(
    values: Iterable[Any] | st.SearchStrategy[Any], check: Callable[[Any], str | None], examples: int
) -> tuple[Any, str] | None:
    """The smallest value that a check complains of, with the complaint; None if it never does."""
    if isinstance(values, st.SearchStrategy):
        plan = settings(
            max_examples=examples, database=None, deadline=None, phases=(Phase.generate, Phase.shrink),
            suppress_health_check=_PATIENT, print_blob=False, derandomize=True,
        )  # fmt: skip
        try:
            found = find(values, lambda value: check(value) is not None, settings=plan)
        except NoSuchExample:
            return None
        return found, check(found) or "only sometimes"
    complaints = [(value, why) for value in values if (why := check(value)) is not None]
    return min(complaints, key=lambda pair: len(preview(pair[0]))) if complaints else None


def _tried(what: str, call: Callable[[], Any]) -> tuple[Any, str | None]:
    outcome = attempt(call)
    if outcome.error is None:
        return outcome.value, None
    return None, f"{what} raised {type(outcome.error).__name__}: {outcome.error}"


def _trip(
    value: Any, there: Callable[[], Any], back: Callable[[Any], Any], same: Callable[[Any, Any], bool]
) -> str | None:
    """Why a value does not come back equal; None where it does."""
    written, why = _tried("encoding", there)
    if why is not None:
        return why
    found, why = _tried("decoding", lambda: back(written))
    if why is not None or same(value, found):
        return why
    return f"came back as {preview(found)} of {type(found).__name__}"


def _round_trip(codec: Codec, value: Any, same: Callable[[Any, Any], bool]) -> str | None:
    return _trip(value, lambda: codec.encode(value), codec.decode, same)


def _plain_trip(codec: Codec, value: Any, same: Callable[[Any, Any], bool]) -> str | None:
    return _trip(value, lambda: unpack(pack(codec.to_plain(value))), codec.from_plain, same)


def _conforms(codec: Codec, value: Any) -> str | None:
    mismatch = conforms(parse(pb.Literal, codec.encode(value)), codec.literal_type)
    return None if mismatch is None else str(mismatch)


def _stable(codec: Codec, value: Any) -> str | None:
    first = parse(pb.Literal, codec.encode(value))
    if any(kind in str(first) for kind in ("blob {", "structured_dataset {", "schema {")):
        return None
    again = parse(pb.Literal, codec.encode(codec.decode(canonical_bytes(first))))
    return None if canonical_bytes(first) == canonical_bytes(again) else "the bytes differ"


def _walker(codec: Codec, value: Any, same: Callable[[Any, Any], bool]) -> str | None:
    data = codec.encode(value)
    fast, walked = codec.decode(data), codec.read(parse(pb.Literal, data))
    return None if same(fast, walked) else f"{preview(fast)} and {preview(walked)}"


def _untouched(codec: Codec, value: Any, same: Callable[[Any, Any], bool]) -> str | None:
    kept, why = _tried("copying", lambda: copy.deepcopy(value))
    if why is not None or not same(kept, value):
        return None
    codec.encode(value)
    return None if same(kept, value) else f"it is {preview(value)} afterwards"


def _threads(codec: Codec, value: Any) -> str | None:
    def once(_: int) -> Any:
        return codec.decode(codec.encode(value))

    expected = once(0)
    with ThreadPoolExecutor(_THREADS) as pool:
        for found in pool.map(once, range(_THREADS * 2)):
            if type(found) is not type(expected):
                return f"{preview(found)} and {preview(expected)}"
    return None


def _refuses(codec: Codec, value: Any) -> str | None:
    if codec.accepts(value):
        return None
    error = attempt(codec.encode, value).error
    if error is None or isinstance(error, TypeTransformerFailedError):
        return None
    return f"it raised {type(error).__name__}: {error}"

"""Property tests out of interfaces: inputs drawn by type, what goes wrong with them, and the test that shows it.

Needs hypothesis, which is imported when this module is; a test dependency, never one of drawloom itself.
"""

from __future__ import annotations

import asyncio
import dataclasses
import enum
import inspect
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol, TypeVar, cast

from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample, Unsatisfiable

from literals import attempt, error_text, preview
from typeengine import Codec, NamedCodecs, hint_of, strategy_for

_PATIENT = (
    HealthCheck.too_slow,
    HealthCheck.filter_too_much,
    HealthCheck.data_too_large,
    HealthCheck.large_base_example,
)
_HAS_SETTINGS = "_hypothesis_internal_settings_applied"
"""Where hypothesis notes that `@settings` was applied, which it allows once: those of `given_inputs` leave room for the user's."""
_F = TypeVar("_F", bound=Callable[..., object])


class _Interface(Protocol):
    @property
    def input_codecs(self) -> Mapping[str, Codec]: ...
    @property
    def output_codecs(self) -> Mapping[str, Codec]: ...
    def split_outputs(self, result: object) -> Mapping[str, object]: ...


class _Entity(Protocol):
    """A task, workflow or launch plan."""

    @property
    def name(self) -> str: ...
    @property
    def python_interface(self) -> _Interface: ...
    def __call__(self, **inputs: object) -> object: ...


class Fault(NamedTuple):
    """What went wrong with one entity: `kind` is `crash`, `round trip` or `not deterministic`; `inputs` are the smallest found."""

    kind: str
    why: str
    inputs: Mapping[str, object]


def given_inputs(entity: _Entity, **strategies: st.SearchStrategy[Any]) -> Callable[[_F], _F]:
    """`hypothesis.given` with a strategy for each input of a task or workflow, by its type; `strategies` replace some.

        @given_inputs(wf)
        def test_wf(n, name):
            assert wf(n=n, name=name) >= 0

    Tasks are slow as often as not, so no example is too slow: hypothesis's deadline and its health checks of speed and size
    are off. A `@settings` of yours, above or below, takes the place of this; say `deadline=None` in it.

    Raises:
        TypeTransformerFailedError: values of an input's type cannot be drawn, such as those of a callable.
    """
    draws = given(**{**_strategies(entity), **strategies})

    def decorated(test: _F) -> _F:
        own = vars(test).get(_HAS_SETTINGS, False)
        patient: Any = test if own else settings(deadline=None, suppress_health_check=_PATIENT)(cast("Any", test))
        drawn = draws(patient)
        if not own:
            vars(drawn).pop(_HAS_SETTINGS, None)
        return cast("_F", drawn)

    return decorated


def _strategies(entity: _Entity) -> dict[str, st.SearchStrategy[Any]]:
    codecs = entity.python_interface.input_codecs
    return {name: strategy_for(hint_of(codec.form)) for name, codec in codecs.items()}


def fuzz(entity: _Entity, *, examples: int = 100, seed: int = 0) -> Fault | None:
    """The smallest inputs found with which the entity goes wrong; None if none of `examples` did.

    An entity goes wrong when it raises, when an output does not come back from its literal as it was, or, if its results are cached,
    when equal inputs give other outputs.
    """
    last: list[Fault] = []

    def fails(inputs: Mapping[str, object]) -> bool:
        found = _problem(entity, inputs)
        # One kind of problem is shrunk: a smaller input with another one would be another finding.
        if found is None or (last and found.kind != last[0].kind):
            return False
        last[:] = [found]
        return True

    patient = settings(
        max_examples=examples,
        database=None,
        deadline=None,
        suppress_health_check=_PATIENT,
        phases=(Phase.generate, Phase.shrink),
    )
    try:
        smallest = find(
            st.fixed_dictionaries(_strategies(entity)), fails, settings=patient, random=random.Random(seed)  # noqa: S311
        )  # fmt: skip
    except (NoSuchExample, Unsatisfiable):
        return None
    return _problem(entity, smallest) or last[0]


def _problem(entity: _Entity, inputs: Mapping[str, object]) -> Fault | None:
    first = attempt(_outputs, entity, inputs)
    if first.error is not None:
        return Fault("crash", error_text(first.error).splitlines()[0], inputs)
    values = first.unwrap()
    codecs = NamedCodecs(entity.python_interface.output_codecs, entity.name, "output")
    encoded = attempt(codecs.encode, values)
    if encoded.error is not None:
        return Fault("crash", error_text(encoded.error).splitlines()[0], inputs)
    literals = encoded.unwrap()
    for name, literal in literals.items():
        again = attempt(_written_again, codecs, name, literal)
        if again.error is not None or again.value != literal:
            return Fault("round trip", f"output {name} = {preview(values[name])}", inputs)
    if _is_cached(entity):
        second = attempt(_outputs, entity, inputs)
        then = attempt(lambda: codecs.encode(second.unwrap()))
        for name, literal in literals.items():
            if then.error is not None or then.unwrap()[name] != literal:
                got = error_text(then.error) if then.error is not None else preview(second.unwrap()[name])
                why = f"output {name} was {preview(values[name])}, and then {got}"
                return Fault("not deterministic", why, inputs)
    return None


def _written_again(codecs: NamedCodecs, name: str, literal: bytes) -> bytes:
    return codecs.encode_one(name, codecs.decode_one(name, literal))[name]


def _outputs(entity: _Entity, inputs: Mapping[str, object]) -> Mapping[str, object]:
    function: Any = getattr(entity, "forward", entity)  # the plain function of an environment's task
    value = function(**inputs)
    if inspect.isawaitable(value):
        value = asyncio.run(_awaited(value))
    return entity.python_interface.split_outputs(value)


async def _awaited(value: Any) -> object:
    return await value


def _is_cached(entity: _Entity) -> bool:
    return bool(getattr(getattr(entity, "metadata", entity), "cache", None))


def as_test(finding: Fault, entity: _Entity, module: str, name: str) -> str:
    """A finding as a pytest test of an entity `name` of a module: it fails as long as the finding is true."""
    given = ", ".join(f"{key}={_code(value)}" for key, value in finding.inputs.items())
    is_action = hasattr(entity, "forward")
    call = f"{name}({given})"
    if is_action:
        call = f"drawloom.with_runcontext(disable_run_cache=True).run({name}{', ' * bool(given)}{given})"
    modules = {each for value in finding.inputs.values() for each in _modules(value)}
    if is_action:
        modules.add("drawloom")
    lines = [*(f"import {each}" for each in sorted(modules)), f"from {module} import {name}", "", ""]
    if finding.kind == "not deterministic":
        outputs = f"{call}.outputs()" if is_action else call
        lines.append(f"def test_{name}(monkeypatch):")
        lines.append(f"    # {finding.kind}: {finding.why}")
        lines.append('    monkeypatch.setenv("FLYTE_LOCAL_CACHE_ENABLED", "false")')
        lines.append(f"    assert {outputs} == {outputs}")
    else:
        lines += [f"def test_{name}():", f"    # {finding.kind}: {finding.why}", f"    {call}"]
    return "\n".join(lines) + "\n"


def _modules(value: object) -> Iterator[str]:
    """Modules that the code of a value names."""
    if type(value).__module__ != "builtins":
        yield type(value).__module__
    for part in _parts(value):
        yield from _modules(part)


def _parts(value: object) -> list[object]:
    if isinstance(value, dict):
        items = cast("dict[object, object]", value)
        return [*items.keys(), *items.values()]
    if isinstance(value, (list, tuple, set, frozenset)):
        return [*cast("list[object]", value)]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, field.name) for field in dataclasses.fields(value)]
    return []


def _code(value: object) -> str:  # noqa: PLR0911 - one return for each kind of value
    """Python that makes the value, for those of the common types; the `repr` of any other."""
    kind = type(value)
    if isinstance(value, enum.Enum):
        return f"{kind.__module__}.{kind.__qualname__}.{value.name}"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = (
            f"{field.name}={_code(getattr(value, field.name))}" for field in dataclasses.fields(value) if field.init
        )
        return f"{kind.__module__}.{kind.__qualname__}({', '.join(fields)})"
    if isinstance(value, float) and value - value != 0:
        return f"float({str(value)!r})"
    if kind is list:
        return f"[{', '.join(map(_code, cast('list[object]', value)))}]"
    if kind is dict:
        return "{" + ", ".join(f"{_code(k)}: {_code(v)}" for k, v in cast("dict[object, object]", value).items()) + "}"
    if kind is tuple:
        items = cast("tuple[object, ...]", value)
        return f"({', '.join(map(_code, items))}{',' * (len(items) == 1)})"
    return repr(value)

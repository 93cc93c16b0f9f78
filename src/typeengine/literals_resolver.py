"""LiteralsResolver: named literals that turn into Python values when they are asked for.

A mapping by name, as flytekit's: `resolver["o0"]`, `resolver.get("o0", as_type=int)`, `resolver.as_python_native(interface)`.
The type is, in this order: the one asked for, the one given by `update_type_hints`, the one that the variable's literal
type stands for. A value is kept for the type it was made with: asking for another type converts again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from literals import parse, pb
from typeengine.engine import Engine
from typeengine.errors import TypeTransformerFailedError
from typeengine.global_engine import default_engine
from typeengine.reverse.guess import guess_python_type


class MissingLiteralError(TypeTransformerFailedError, KeyError, AttributeError):
    """No literal has that name. Also a KeyError and an AttributeError: flytekit raised one or the other."""

    __str__ = TypeTransformerFailedError.__str__


class LiteralsResolver(Mapping[str, Any]):
    """Literals by name, converted on demand.

    `literals`: `Literal` messages, or their bytes. `variable_map`: `Variable` messages, for types that nobody names.
    """

    def __init__(
        self,
        literals: Mapping[str, Any],
        variable_map: Mapping[str, Any] | None = None,
        ctx: object = None,
        *,
        engine: Engine | None = None,
    ) -> None:
        del ctx
        self._literals = {
            name: parse(pb.Literal, item) if isinstance(item, bytes) else item for name, item in literals.items()
        }
        self._variables = variable_map
        self._engine = engine if engine is not None else default_engine()
        self._hints: dict[str, Any] = {}
        self._values: dict[str, tuple[Any, Any]] = {}

    @property
    def literals(self) -> Mapping[str, Any]:
        """The messages."""
        return self._literals

    @property
    def native_values(self) -> dict[str, Any]:
        """The values made so far."""
        return {name: value for name, (_, value) in self._values.items()}

    @property
    def variable_map(self) -> Mapping[str, Any] | None:
        """The declared variables, where known."""
        return self._variables

    def update_type_hints(self, type_hints: Mapping[str, Any]) -> None:
        """Types to use for names from now on."""
        self._hints.update(type_hints)

    def get_literal(self, key: str) -> Any:
        """The message of that name.

        Raises:
            MissingLiteralError: there is none; the message lists the names that there are.
        """
        try:
            return self._literals[key]
        except KeyError:
            raise MissingLiteralError(
                f"there is no literal named {key!r}",
                expected=", ".join(sorted(self._literals)) or "(there are none)",
                got=repr(key),
                fix="use one of these names",
            ) from None

    def get(self, attr: str, as_type: object = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride] - flytekit's second argument is a type
        """The value of that name, as `as_type` where given.

        Raises:
            MissingLiteralError: there is none.
            TypeTransformerFailedError: it cannot be converted, or no type is known for it.
        """
        literal = self.get_literal(attr)
        hint = as_type if as_type is not None else self._type_of(attr)
        if attr in self._values and self._values[attr][0] == hint:
            return self._values[attr][1]
        try:
            value = self._engine.codec(hint).read(literal)
        except TypeTransformerFailedError as error:
            raise error.at(attr) from error.__cause__
        self._values[attr] = (hint, value)
        return value

    def _type_of(self, name: str) -> Any:
        if name in self._hints:
            return self._hints[name]
        if self._variables is None or name not in self._variables:
            raise TypeTransformerFailedError(
                "no type is known for this literal",
                where=name,
                expected="as_type",
                got="none",
                fix="pass as_type, or call update_type_hints first",
            )
        return guess_python_type(self._variables[name].type)

    def as_python_native(self, python_interface: Any) -> Any:
        """What a function with this interface gave: None, one value, or a tuple in the order of the outputs."""
        outputs: Mapping[str, Any] = python_interface.outputs
        values = tuple(self.get(name, outputs[name]) for name in outputs)
        named = getattr(python_interface, "output_tuple_name", None)
        if not values:
            return None
        return values[0] if len(values) == 1 and not named else values

    def __getitem__(self, key: str) -> Any:
        return self.get(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._literals)

    def __len__(self) -> int:
        return len(self._literals)

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{name}{' = ' + repr(self._values[name][1]) if name in self._values else ''}" for name in self
        )
        return f"LiteralsResolver({shown})"

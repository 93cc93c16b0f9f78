"""Flyte 2's type engine: the one engine, with conversions that are awaited and take no context."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import typeengine
from drawloom.context import FlyteContextManager
from literals import pb
from typeengine import TypeTransformer

_Engine = typeengine.TypeEngine


class TypeEngine:
    """Class methods only. What is registered here is registered with `drawloom.TypeEngine`, and the other way round."""

    register = _Engine.register
    register_additional_type = _Engine.register_additional_type
    register_restricted_type = _Engine.register_restricted_type
    to_literal_type = _Engine.to_literal_type
    guess_python_type = _Engine.guess_python_type
    named_tuple_to_variable_map = _Engine.named_tuple_to_variable_map
    get_available_transformers = _Engine.get_available_transformers

    @classmethod
    def get_transformer(cls, python_type: object) -> TypeTransformer[Any]:
        """The transformer of a type.

        Raises:
            UnsupportedTypeError: there is none.
        """
        return _Engine.get_transformer(python_type)

    @classmethod
    async def to_literal(cls, python_val: Any, python_type: object, expected: pb.LiteralType) -> pb.Literal:
        """The literal of a value.

        Raises:
            TypeTransformerFailedError: the value is not of the type.
        """
        return await _Engine.async_to_literal(FlyteContextManager.current_context(), python_val, python_type, expected)

    @classmethod
    async def to_python_value(cls, lv: pb.Literal, expected_python_type: object) -> Any:
        """The value of a literal.

        Raises:
            TypeTransformerFailedError: the literal does not hold such a value.
        """
        return await _Engine.async_to_python_value(FlyteContextManager.current_context(), lv, expected_python_type)

    @classmethod
    def to_html(cls, python_val: Any, expected_python_type: object) -> str:
        """A value for a report."""
        return _Engine.to_html(FlyteContextManager.current_context(), python_val, expected_python_type)

    @classmethod
    async def unwrap_offloaded_literal(cls, lv: pb.Literal) -> pb.Literal:
        """The literal itself, fetched from storage where it lies there."""
        return _Engine.unwrap_offloaded_literal(FlyteContextManager.current_context(), lv)

    @classmethod
    async def literal_map_to_kwargs(
        cls,
        lm: pb.LiteralMap,
        python_types: Mapping[str, Any] | None = None,
        literal_types: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The values of a map, by name: as `python_types` say, or as can be guessed from `literal_types`."""
        return _Engine.literal_map_to_kwargs(FlyteContextManager.current_context(), lm, python_types, literal_types)

    @classmethod
    async def dict_to_literal_map(cls, d: Mapping[str, Any], type_hints: Mapping[str, Any] | None = None) -> Any:
        """The literals of values, by name: of the types in `type_hints`, or of the values' own."""
        return _Engine.dict_to_literal_map(FlyteContextManager.current_context(), d, type_hints)

"""The engine's own conversions as transformer objects, one class for each kind, under the names that both generations use.

Each asks the engine: the codec of a type is what it is, whichever of these names asks for it.
"""

from __future__ import annotations

from typing import Any

from drawloom.context import FlyteContext
from literals import pb
from typeengine import TypeEngine, TypeTransformer


class EngineTransformer(TypeTransformer[Any]):
    """Literal types and values of whatever type it is asked about."""

    kind: type = object

    def __init__(self) -> None:
        super().__init__(type(self).__name__, self.kind)

    def get_literal_type(self, t: object = None) -> pb.LiteralType:
        """The type's literal type."""
        return TypeEngine.to_literal_type(t if t is not None else self.kind)

    def to_literal(
        self, ctx: FlyteContext, python_val: Any, python_type: object, expected: pb.LiteralType
    ) -> pb.Literal:
        """The literal of a value."""
        return TypeEngine.to_literal(ctx, python_val, python_type, expected)

    def to_python_value(self, ctx: FlyteContext, lv: pb.Literal, expected_python_type: object) -> Any:
        """The value of a literal."""
        return TypeEngine.to_python_value(ctx, lv, expected_python_type)

    def guess_python_type(self, literal_type: pb.LiteralType) -> Any:
        """A Python type for a literal type."""
        return TypeEngine.guess_python_type(literal_type)


class PydanticTransformer(EngineTransformer):
    """Models of pydantic."""


class DataclassTransformer(EngineTransformer):
    """Dataclasses."""


class DictTransformer(EngineTransformer):
    """Mappings."""

    kind = dict


class ListTransformer(EngineTransformer):
    """Lists."""

    kind = list


class UnionTransformer(EngineTransformer):
    """Unions."""


class EnumTransformer(EngineTransformer):
    """Enumerations."""


class ProtobufTransformer(EngineTransformer):
    """Messages of protobuf."""

"""The engine's own conversions as transformer objects, one class for each kind, under the names that both generations use.

Each asks the engine: the codec of a type is what it is, whichever of these names asks for it.
"""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from drawloom.context import FlyteContext
from literals import pb, preview
from typeengine import TypeEngine, TypeTransformer, TypeTransformerFailedError


def _bare(hint: object) -> Any:
    """A hint without what `Annotated` says of it."""
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


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

    @staticmethod
    def extract_types(t: object) -> tuple[Any, Any]:
        """The types of a hint's keys and values; None for both where it says nothing of them."""
        keys_and_values = get_args(_bare(t))
        return keys_and_values if len(keys_and_values) == 2 else (None, None)  # noqa: PLR2004 - keys, values


class ListTransformer(EngineTransformer):
    """Lists."""

    kind = list

    @staticmethod
    def get_sub_type_or_none(t: object) -> Any:
        """The type of a hint's elements; None where it says nothing of them."""
        return next(iter(get_args(_bare(t))), None)

    @staticmethod
    def get_sub_type(t: object) -> Any:
        """The type of a hint's elements.

        Raises:
            TypeTransformerFailedError: (a ValueError) it says nothing of them.
        """
        found = ListTransformer.get_sub_type_or_none(t)
        if found is None:
            raise TypeTransformerFailedError("the list does not say what its elements are", got=preview(t))
        return found


class UnionTransformer(EngineTransformer):
    """Unions."""

    @staticmethod
    def is_union(t: object) -> bool:
        """Whether a hint is a union, an Optional among them."""
        return get_origin(_bare(t)) in {Union, UnionType}

    @staticmethod
    def is_optional_type(t: object) -> bool:
        """Whether a hint is a union with None."""
        return UnionTransformer.is_union(t) and type(None) in get_args(_bare(t))

    @staticmethod
    def get_sub_type_in_optional(t: object) -> Any:
        """The first variant of an Optional."""
        return get_args(_bare(t))[0]


class EnumTransformer(EngineTransformer):
    """Enumerations."""


class ProtobufTransformer(EngineTransformer):
    """Messages of protobuf."""

"""The one dispatch over literal types: a visitor with one method for each kind, and the questions asked most often.

Whoever does something for every kind of literal type subclasses `TypeVisitor`; a kind that it forgets is an error when
it is made, and a kind that this file forgets is one for the type checker. Whoever asks about one kind only asks the message.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import literals._pb as pb

P = ParamSpec("P")
R = TypeVar("R")

_NONE = 0
"""`SimpleType.NONE`."""


class TypeVisitor(ABC, Generic[P, R]):
    """Work on a literal type that differs by its kind; each method is named after the field that is set.

    `P` are the arguments that the methods take besides the type, `R` is what they return.
    """

    __slots__ = ()

    def visit(  # noqa: PLR0911 - one return for each kind
        self, literal_type: pb.LiteralType, /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """What the method of this type's kind gives."""
        match literal_type.WhichOneof("type"):
            case "simple":
                return self.simple(literal_type, *args, **kwargs)
            case "union_type":
                return self.union_type(literal_type, *args, **kwargs)
            case "collection_type":
                return self.collection_type(literal_type, *args, **kwargs)
            case "map_value_type":
                return self.map_value_type(literal_type, *args, **kwargs)
            case "enum_type":
                return self.enum_type(literal_type, *args, **kwargs)
            case "blob":
                return self.blob(literal_type, *args, **kwargs)
            case "structured_dataset_type":
                return self.structured_dataset_type(literal_type, *args, **kwargs)
            case "schema":
                return self.schema(literal_type, *args, **kwargs)
            case None:
                return self.unset(literal_type, *args, **kwargs)

    @abstractmethod
    def simple(self, literal_type: pb.LiteralType, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """A `SimpleType`: none, a primitive, binary, error or struct."""

    @abstractmethod
    def union_type(self, literal_type: pb.LiteralType, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """A union of variants."""

    @abstractmethod
    def collection_type(self, literal_type: pb.LiteralType, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """A list of one element type."""

    @abstractmethod
    def map_value_type(self, literal_type: pb.LiteralType, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """A map from text to one element type."""

    @abstractmethod
    def enum_type(self, literal_type: pb.LiteralType, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """An enum of texts."""

    @abstractmethod
    def blob(self, literal_type: pb.LiteralType, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """A file, or a folder of files."""

    @abstractmethod
    def structured_dataset_type(self, literal_type: pb.LiteralType, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """A table with named columns of any type."""

    @abstractmethod
    def schema(self, literal_type: pb.LiteralType, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """A table of the older kind, whose columns are primitives."""

    @abstractmethod
    def unset(self, literal_type: pb.LiteralType, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """A type of which no kind is set."""


def children(literal_type: pb.LiteralType) -> Sequence[pb.LiteralType]:
    """The types directly inside a type: an element's, the variants', the columns'. Fields of a struct are not among them."""
    match literal_type.WhichOneof("type"):
        case "collection_type":
            return (literal_type.collection_type,)
        case "map_value_type":
            return (literal_type.map_value_type,)
        case "union_type":
            return literal_type.union_type.variants
        case "structured_dataset_type":
            return [column.literal_type for column in literal_type.structured_dataset_type.columns]
        case _:
            return ()


def variants(literal_type: pb.LiteralType) -> Sequence[pb.LiteralType]:
    """The variants of a union; of any other type, the type alone."""
    return literal_type.union_type.variants if literal_type.WhichOneof("type") == "union_type" else (literal_type,)


def is_simple(literal_type: pb.LiteralType, simple: int) -> bool:
    """Whether a type is this `SimpleType`."""
    return literal_type.WhichOneof("type") == "simple" and literal_type.simple == simple


def is_none(literal_type: pb.LiteralType) -> bool:
    """Whether a type holds None alone."""
    return is_simple(literal_type, _NONE)


def takes_none(literal_type: pb.LiteralType) -> bool:
    """Whether None is a value of a type, by itself or as one of a union's variants."""
    return any(map(is_none, variants(literal_type)))


def nested(literal_type: pb.LiteralType) -> Iterator[pb.LiteralType]:
    """A type and all types inside it, outermost first."""
    stack = [literal_type]
    while stack:
        found = stack.pop()
        yield found
        stack.extend(reversed(children(found)))

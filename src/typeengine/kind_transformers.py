"""What `get_transformer` gives for the types that come with drawloom: an instance of the class of their kind, as users ask for it.

The conversions are the codec's, whichever of these classes shows it. Made without a codec, each asks the default engine for the
type that it is asked about.
"""

from __future__ import annotations

import datetime as dt
import enum
import typing
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from literals import parse, pb, preview
from typeengine.codec import Codec
from typeengine.errors import TypeTransformerFailedError
from typeengine.global_engine import default_engine
from typeengine.hints.hint_of_form import hint_of
from typeengine.reverse.guess import guess_python_type
from typeengine.type_transformer import CodecTransformer, SimpleTransformer, TypeTransformer

_SIMPLE: Final = frozenset({"int", "float", "bool", "str", "datetime", "timedelta", "date", "none"})
_SIMPLE_TYPES: Final = frozenset({int, float, bool, str, dt.datetime, dt.timedelta, dt.date, type(None)})


def _codec_of(t: object) -> Codec:
    return default_engine().codec(t)


def _bare(hint: object) -> Any:
    """A hint without what `Annotated` says of it."""
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


class KindTransformer(CodecTransformer):
    """Literal types and values of whatever type it is asked about."""

    kind: Any = None
    """What the whole kind is called as a type; None where each type is one of its own."""

    def __init__(self, codec: Codec | None = None) -> None:
        """`codec`: that of the type whose transformer this is; None for the whole kind."""
        if codec is not None:
            super().__init__(codec, _codec_of, guess_python_type)
            return
        TypeTransformer.__init__(self, type(self).__name__, object if self.kind is None else self.kind)  # pyright: ignore[reportUnknownMemberType]

    @property
    def python_type(self) -> Any:
        """The type of the whole kind: `list` of every list, `Union` of every union; elsewhere the type itself."""
        return self._t if self.kind is None else self.kind

    def _of(self, t: object) -> Codec:
        own: Codec | None = vars(self).get("codec")
        if own is not None and t is None:
            return own
        return _codec_of(self.kind if t is None else t)

    def guess_python_type(self, literal_type: pb.LiteralType) -> Any:
        """A Python type for a literal type.

        Raises:
            TypeTransformerFailedError: the literal type is of another kind.
        """
        if "codec" in vars(self):
            return super().guess_python_type(literal_type)
        return guess_python_type(literal_type)


class PydanticTransformer(KindTransformer):
    """Models of pydantic."""


class DataclassTransformer(KindTransformer):
    """Dataclasses."""

    kind = object


class DictTransformer(KindTransformer):
    """Mappings."""

    kind = dict

    @staticmethod
    def extract_types(t: object) -> tuple[Any, Any]:
        """The types of a hint's keys and values; None for both where it says nothing of them."""
        keys_and_values = get_args(_bare(t))
        return keys_and_values if len(keys_and_values) == 2 else (None, None)  # noqa: PLR2004 - keys, values


class ListTransformer(KindTransformer):
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
            raise TypeTransformerFailedError(
                "the list does not say what its elements are",
                expected="list[element type]",
                got=preview(t),
                fix="write list[int], or list[JSON] for elements of any type",
            )
        return found


class UnionTransformer(KindTransformer):
    """Unions."""

    kind = Union

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


class EnumTransformer(KindTransformer):
    """Enumerations."""

    kind = enum.Enum


class ProtobufTransformer(KindTransformer):
    """Messages of protobuf."""

    PB_FIELD_KEY: Final = "pb_type"


class IteratorTransformer(KindTransformer):
    """Iterators."""

    kind = typing.Iterator


class NumpyArrayTransformer(KindTransformer):
    """Arrays of numpy."""

    NUMPY_ARRAY_FORMAT: Final = "NumpyArray"


class PyTorchTensorTransformer(KindTransformer):
    """Tensors of PyTorch."""

    PYTORCH_FORMAT: Final = "PyTorchTensor"


class FlyteFilePathTransformer(KindTransformer):
    """Files by reference."""


class FlyteDirToMultipartBlobTransformer(KindTransformer):
    """Folders by reference."""


class FlyteSchemaTransformer(KindTransformer):
    """Frames as schemas."""


_CLASSES: Final[dict[str, type[KindTransformer]]] = {
    "Typed List": ListTransformer,
    "Typed Dict": DictTransformer,
    "Typed Union": UnionTransformer,
    "DefaultEnumTransformer": EnumTransformer,
    "Object-Dataclass-Transformer": DataclassTransformer,
    "Protobuf-Transformer": ProtobufTransformer,
    "Pydantic Transformer": PydanticTransformer,
    "Typed Iterator": IteratorTransformer,
    "Numpy Array": NumpyArrayTransformer,
    "PyTorch Tensor": PyTorchTensorTransformer,
    "FlyteFilePath": FlyteFilePathTransformer,
    "FlyteDirectory": FlyteDirToMultipartBlobTransformer,
    "FlyteSchema Transformer": FlyteSchemaTransformer,
}


def transformer_of(codec: Codec) -> TypeTransformer[Any]:
    """The transformer that shows a codec: of the class of its kind, and a `SimpleTransformer` for a plain value."""
    hint: Any = hint_of(codec.form)
    if codec.tag in _SIMPLE and hint in _SIMPLE_TYPES:
        return SimpleTransformer(
            codec.tag,
            hint,
            _copied(codec.literal_type),
            lambda value: parse(pb.Literal, codec.encode(value)),
            codec.read,
        )
    return _CLASSES.get(codec.tag, KindTransformer)(codec)


def _copied(literal_type: pb.LiteralType) -> pb.LiteralType:
    made = pb.LiteralType()
    made.CopyFrom(literal_type)
    return made

"""Small public functions of `flytekit.core`: messages in files, texts that mean yes or no, and what is within `Annotated`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin

from google.protobuf.message import DecodeError, Message

from literals import DrawloomError, pb

M = TypeVar("M", bound=Message)
_YES = frozenset({"true", "t", "1"})


def load_proto_from_file(pb2_type: type[M], path: str) -> M:
    """The message in a file.

    Raises:
        OSError: the file cannot be read.
        DrawloomError: its bytes are not such a message.
    """
    try:
        return pb2_type.FromString(Path(path).read_bytes())
    except DecodeError as error:
        raise DrawloomError(
            "the file holds no such message",
            where=path,
            expected=pb2_type.__name__,
            got="other bytes",
            fix="give a file of that message",
        ) from error


def write_proto_to_file(proto: Message, path: str) -> None:
    """Write a message into a file; folders above it are made.

    Raises:
        OSError: the place cannot be written.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(proto.SerializeToString(deterministic=True))


def str2bool(value: str | None) -> bool:
    """Whether a text is one of those by which flytekit says yes: `true`, `t` and `1`, in any case."""
    return value is not None and value.lower() in _YES


def literal_types_match(downstream: pb.LiteralType, upstream: pb.LiteralType) -> bool:
    """Whether two literal types are the same, whatever the order of an enum's values and of a union's variants."""
    kind = downstream.WhichOneof("type")
    if downstream == upstream or kind != upstream.WhichOneof("type"):
        return downstream == upstream
    if kind in ("collection_type", "map_value_type"):
        return literal_types_match(getattr(downstream, kind), getattr(upstream, kind))
    if kind == "enum_type":
        return set(downstream.enum_type.values) == set(upstream.enum_type.values)
    return kind == "union_type" and _same_variants(downstream.union_type.variants, list(upstream.union_type.variants))


def _same_variants(variants: Iterable[pb.LiteralType], others: list[pb.LiteralType]) -> bool:
    """Whether each variant has another one that matches it, and none of these is left."""
    for variant in variants:
        same = next((place for place, other in enumerate(others) if literal_types_match(variant, other)), None)
        if same is None:
            return False
        del others[same]
    return not others


def is_annotated(t: object) -> bool:
    """Whether a hint is an `Annotated[...]`."""
    return get_origin(t) is Annotated


def get_underlying_type(t: object) -> Any:
    """The hint within an `Annotated[...]`; any other hint as it is."""
    return get_args(t)[0] if is_annotated(t) else t

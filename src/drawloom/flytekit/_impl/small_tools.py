"""Small public functions of `flytekit.core`: messages in files, texts that mean yes or no, and what is within `Annotated`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin

from google.protobuf.message import DecodeError, Message

from literals import DrawloomError

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


def is_annotated(t: object) -> bool:
    """Whether a hint is an `Annotated[...]`."""
    return get_origin(t) is Annotated


def get_underlying_type(t: object) -> Any:
    """The hint within an `Annotated[...]`; any other hint as it is."""
    return get_args(t)[0] if is_annotated(t) else t

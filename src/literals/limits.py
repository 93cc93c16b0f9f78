"""How deep and how big a message may be, and the one way to parse bytes of others.

Depth: protobuf parsers refuse more than 100 nested messages (upb, C++ and Go alike); a list inside a literal costs two
of them. Size: no protobuf message may have 2 GiB or more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from literals.errors import DrawloomError, preview

if TYPE_CHECKING:
    from google.protobuf.message import Message

MAX_DEPTH = 100
"""Nested messages that any reader accepts."""
MAX_BYTES = (1 << 31) - 1
"""Bytes of one message that any reader accepts."""

_M = TypeVar("_M", bound="Message")


class LimitError(DrawloomError, ValueError):
    """A message deeper or bigger than protobuf readers accept."""


class MalformedError(DrawloomError, ValueError):
    """Bytes that do not parse as the message that they should be."""


def too_deep(where: str = "") -> LimitError:
    """The error for values nested more deeply than a protobuf reader goes."""
    return LimitError(
        "the value is nested too deeply for a protobuf message",
        where=where,
        expected=f"at most {MAX_DEPTH} nested messages",
        got="more",
        fix="flatten the value, or store it in a file and pass the file",
    )


def check_size(size: int, where: str = "") -> None:
    """Raise `LimitError` for a message of `size` bytes that no reader would take."""
    if size > MAX_BYTES:
        raise LimitError(
            "the message is too big for protobuf",
            where=where,
            expected=f"at most {MAX_BYTES} bytes",
            got=f"{size} bytes",
            fix="store the value in a file and pass the file",
        )


def parse(kind: type[_M], data: bytes, where: str = "") -> _M:
    """Parse `data` as `kind`; `MalformedError` for anything that is not one, never protobuf's own exception."""
    from google.protobuf.message import DecodeError  # noqa: PLC0415 - importing this module must not load protobuf

    check_size(len(data), where)
    message = kind()
    try:
        message.ParseFromString(data)
    except (DecodeError, ValueError, RuntimeError, RecursionError) as error:
        raise _malformed(kind.DESCRIPTOR.name, data, where) from error
    return message


def _malformed(name: str, data: bytes, where: str) -> MalformedError:
    return MalformedError(
        f"these bytes are not a {name}",
        where=where,
        expected=f"a serialized drawloom.v1.{name} of at most {MAX_DEPTH} levels",
        got=f"{len(data)} bytes: {preview(data[:40])}",
        fix="check that the file is complete and is the kind of message that was asked for",
    )

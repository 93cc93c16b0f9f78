"""Reading a literal that is not in its codec's own form, and what every codec's `read` falls back to.

A value may arrive as msgpack (an attribute of a dataclass that a promise named), as a Struct (written before flytekit
1.14), inside a union (an Optional flowing on), or offloaded to storage. Nothing here runs or imports anything: a literal
that only unpickling could read is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from literals import literal_text, parse, pb, preview
from typeengine.errors import TypeTransformerFailedError, UntrustedLiteralError, wrong_literal
from typeengine.wire.offloading import fetched
from typeengine.wire.plain_values import struct_plain, unpack

if TYPE_CHECKING:
    from google.protobuf.message import Message

_M = TypeVar("_M", bound="Message")

MSGPACK = "msgpack"


def foreign(literal: pb.Literal, read: Callable[[Any], Any], from_plain: Callable[[Any], Any], expected: str) -> Any:
    """The value of a literal that is not of the codec's own kind.

    Raises:
        TypeTransformerFailedError: it is of no kind that carries such a value.
        UntrustedLiteralError: it is a pickle.
    """
    kind = literal.WhichOneof("value")
    if kind == "scalar":
        scalar = literal.scalar
        held = scalar.WhichOneof("value")
        if held == "binary":
            return from_plain(unpack(trusted(scalar.binary)))
        if held == "generic":
            return from_plain(struct_plain(scalar.generic))
        if held == "union":
            return read(scalar.union.value)
    elif kind == "offloaded_metadata":
        return read(fetched(literal))
    raise wrong_literal(expected, preview_literal(literal))


def trusted(binary: pb.Binary) -> bytes:
    """The bytes of a msgpack binary; any other tag may be a pickle and is refused."""
    if binary.tag == MSGPACK:
        return binary.value
    if binary.tag in ("", "pickle", "cloudpickle"):
        raise UntrustedLiteralError(
            "the literal can only be read by unpickling, which runs code",
            expected=f"a binary with the tag {MSGPACK!r}",
            got=f"the tag {binary.tag!r} on {len(binary.value)} bytes",
            fix="opt in with Annotated[..., Pickle] on this parameter if you trust where it comes from",
        )
    raise wrong_literal(f"a binary with the tag {MSGPACK!r}", f"the tag {binary.tag!r}")


def preview_literal(literal: pb.Literal) -> str:
    """A literal as short text."""
    text = literal_text(literal)
    return text if len(text) <= 120 else preview(text)[1:-1]  # noqa: PLR2004 - the limit of a preview


def as_message(message: object, kind: type[_M]) -> _M:
    """A message of drawloom's class: a message of another family with the same wire form is read over."""
    if isinstance(message, kind):
        return message
    convert = getattr(message, "to_flyte_idl", None)
    if convert is not None:
        message = convert()
    serialize = getattr(message, "SerializeToString", None)
    if serialize is None:
        raise TypeTransformerFailedError(
            f"a transformer gave no {kind.DESCRIPTOR.name}",
            expected=kind.DESCRIPTOR.name,
            got=type(message).__name__,
            fix=f"let the transformer return a {kind.DESCRIPTOR.name}",
        )
    return parse(kind, serialize())

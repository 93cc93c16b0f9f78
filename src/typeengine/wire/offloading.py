"""Literals that are too big for a message: kept in the store, with their address, size, type and hash in their place.

Wire: `Literal.offloaded_metadata{uri, size_bytes, inferred_type}` and `Literal.hash`, as Flyte's; the object at the address holds
the bytes of the literal itself. The hash is the literal's own where it has one, else made of its digest, so that equal values
have one key in a cache, wherever they lie. `Literal.metadata["sha256"]` has the checksum of the stored bytes, which is
compared when they are read; literals that another SDK offloaded have none, and are held against their size and type.
"""

from __future__ import annotations

import base64
import hashlib
import os
from typing import Final

import literals
from drawloom import context
from literals import MalformedError, canonical_bytes, parse, pb
from typeengine.errors import TypeTransformerFailedError

_CHECKSUM: Final = "sha256"
_IN_PLACE: Final = frozenset({0x0A, 0x12, 0x1A})
"""First bytes of literals that hold their value: a scalar, a list, a map. Fields are written in the order of their numbers."""


def offloaded(literal: bytes, literal_type: pb.LiteralType, address: str = "") -> bytes:
    """Store a literal's bytes, and give the literal that stands for them.

    `address`: of the object; without one it lies below the raw data prefix, at a name made of its content, once for equal
    literals. Raises `StorageError` where it cannot be written.
    """
    access = context.file_access()
    checksum = hashlib.sha256(literal).hexdigest()
    if address:
        access.write_bytes(address, literal)
    else:
        address = context.join(access.raw_output_prefix, "literals", checksum[:2], f"{checksum}.pb")
        if context.is_remote(address) or not context.local_path(address).exists():
            access.write_bytes(address, literal)
        else:
            os.utime(context.local_path(address))  # asked for again just now
    stored = pb.Literal(hash=parse(pb.Literal, literal, address).hash)
    if not stored.hash:
        stored.hash = base64.b64encode(literals.digest(literal)).decode()
    stored.metadata[_CHECKSUM] = checksum
    stored.offloaded_metadata.uri = address
    stored.offloaded_metadata.size_bytes = len(literal)
    stored.offloaded_metadata.inferred_type.CopyFrom(literal_type)
    return canonical_bytes(stored)


def fetched(literal: pb.Literal) -> pb.Literal:
    """The literal that an offloaded one stands for; any other as it is.

    Raises:
        TypeTransformerFailedError: it has no address, or what lies there is not what was stored: by checksum, size or type.
        StorageError: nothing is there, or it cannot be read.
    """
    if literal.WhichOneof("value") != "offloaded_metadata":
        return literal
    stored = literal.offloaded_metadata
    if not stored.uri:
        raise TypeTransformerFailedError(
            "an offloaded literal has no address", expected="a uri", got="none", fix="write the literal again"
        )
    data = context.file_access().read_bytes(stored.uri)
    if stored.size_bytes and len(data) != stored.size_bytes:
        raise _changed(stored.uri, f"{stored.size_bytes} bytes", f"{len(data)} bytes")
    wanted = literal.metadata.get(_CHECKSUM, "")
    if wanted and (found := hashlib.sha256(data).hexdigest()) != wanted:
        raise _changed(stored.uri, f"content of sha256 {wanted[:16]}…", f"{found[:16]}…")
    try:
        message = parse(pb.Literal, data, context.shown(stored.uri))
    except MalformedError as error:
        raise _changed(stored.uri, "the bytes of a literal", f"{len(data)} bytes of something else") from error
    if message.WhichOneof("value") == "offloaded_metadata":
        raise TypeTransformerFailedError(
            "an offloaded literal stands for another one that is offloaded",
            where=context.shown(stored.uri),
            expected="the literal itself at this address",
            got="the address of the same" if message.offloaded_metadata.uri == stored.uri else "another address",
            fix="run the task again that wrote it",
        )
    if stored.inferred_type.WhichOneof("type") and (wrong := literals.conforms(message, stored.inferred_type)):
        raise _changed(stored.uri, literals.type_text(stored.inferred_type), str(wrong))
    return message


def _changed(uri: str, expected: str, got: str) -> TypeTransformerFailedError:
    return TypeTransformerFailedError(
        "what lies at the address of an offloaded literal is not what was stored",
        where=context.shown(uri),
        expected=expected,
        got=got,
        fix="run the task again that wrote it",
    )


def inlined(literal: bytes) -> bytes:
    """The bytes of a literal, or of the one that it stands for if it is offloaded. What is offloaded inside it stays so.

    Raises:
        TypeTransformerFailedError, StorageError: as `fetched`.
    """
    if not literal or literal[0] in _IN_PLACE:
        return literal
    message = parse(pb.Literal, literal)
    return canonical_bytes(fetched(message)) if message.WhichOneof("value") == "offloaded_metadata" else literal

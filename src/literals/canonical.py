"""Canonical bytes: protobuf's deterministic serialization, fields by number and map entries by key.

Every C backend of protobuf writes the same for messages without unknown fields; the order of a map is `maps.map_order`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from literals.limits import too_deep

if TYPE_CHECKING:
    from google.protobuf.message import Message


def canonical_bytes(message: Message) -> bytes:
    """Deterministic bytes: equal messages give equal bytes whatever the process and its hash seed.

    Raises `LimitError` for a message that is nested more deeply than protobuf can write.
    """
    from google.protobuf.message import EncodeError  # noqa: PLC0415 - importing this module must not load protobuf

    try:
        return message.SerializeToString(deterministic=True)
    except (EncodeError, RecursionError) as error:
        raise too_deep(message.DESCRIPTOR.name) from error

"""What literals refer to, and whether it is still there and still what it was: outputs of which that does not hold are not used again.

Looked at are the addresses of blobs, datasets, schemas and offloaded literals, and those of raw data in the texts of structs.
What lies in a remote store is left to that store.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast, final

import msgpack

from drawloom.context import StorageError, check_snapshot, is_remote, is_snapshot, local_path
from drawloom.interpreter.record.raw_data import stored_folder
from literals import MalformedError, parse, pb

_FIRST = b"\x0a"
"""The key of a literal's scalar, and of a scalar's primitive."""
_CHECKSUM = "sha256"
"""Under this name an offloaded literal has the digest of the stored bytes in its metadata."""


@final
class References:
    """Looks at what literals refer to. `by_content`: the bytes of each snapshot are compared, not only times of change; once."""

    def __init__(self, *, by_content: bool = False) -> None:
        self._by_content = by_content
        self._good: set[str] = set()

    def are_whole(self, literal: bytes) -> bool:
        """Whether all that a literal refers to is there, as it was stored. Raises `MalformedError` for bytes that are not a literal."""
        if literal[:1] == _FIRST == literal[2:3] and len(literal) == literal[1] + 2 == literal[3] + 4:
            return True  # a short primitive, which refers to none
        return self._in_literal(parse(pb.Literal, literal))

    def _in_literal(self, literal: pb.Literal) -> bool:
        return all(
            self._in_offloaded(each) if isinstance(each, pb.Literal) else self._is_good(each)
            for each in referred_by(literal)
        )

    def _in_offloaded(self, literal: pb.Literal) -> bool:
        uri = literal.offloaded_metadata.uri
        if not uri or is_remote(uri) or uri in self._good:
            return True
        try:
            data = Path(local_path(uri)).read_bytes()
            wanted = literal.metadata.get(_CHECKSUM, "")
            if wanted and hashlib.sha256(data).hexdigest() != wanted:
                return False
            if not self._in_literal(parse(pb.Literal, data)):
                return False
        except (OSError, MalformedError):
            return False
        self._good.add(uri)
        return True

    def _is_good(self, uri: str) -> bool:
        if not uri or is_remote(uri) or uri in self._good:
            return True
        path = os.fspath(local_path(uri))
        try:
            if not os.path.exists(path):  # noqa: PTH110 - a stat, no Path needed
                return False
            check_snapshot(path, by_content=self._by_content)
        except (OSError, ValueError, StorageError):  # not to be read, or no path at all
            return False
        self._good.add(uri)
        return True


def referred_by(literal: pb.Literal) -> Iterator[str | pb.Literal]:
    """The addresses that a literal refers to, and the offloaded literals in it, whose content is not looked at."""
    waiting = [literal]
    while waiting:
        each = waiting.pop()
        kind = each.WhichOneof("value")
        if kind == "collection":
            waiting += reversed(each.collection.literals)
        elif kind == "map":
            waiting += each.map.literals.values()
        elif kind == "offloaded_metadata":
            yield each
        elif kind == "scalar":
            which = each.scalar.WhichOneof("value")
            if which == "union":
                waiting.append(each.scalar.union.value)
            elif which == "binary":
                yield from _addresses_in(_body(each.scalar.binary.value))
            elif which == "generic":
                yield from _addresses_in(_fields(each.scalar.generic))
            elif which in {"blob", "schema", "structured_dataset"}:
                yield getattr(each.scalar, which).uri


def _body(data: bytes) -> object:
    """The tree of a msgpack body that may name raw data; None for any other body."""
    if b"/sha256/" not in data and b"://" not in data:
        return None
    try:
        return msgpack.unpackb(data, strict_map_key=False, unicode_errors="replace")
    except (ValueError, TypeError, msgpack.exceptions.UnpackException):
        return None  # who reads it says what is wrong with it


def _fields(struct: pb.Struct) -> list[object]:
    return [_plain(value) for value in struct.fields.values()]


def _plain(value: pb.Value) -> object:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return _fields(value.struct_value)
    if kind == "list_value":
        return [_plain(each) for each in value.list_value.values]
    return value.string_value


def _addresses_in(tree: object) -> Iterator[str]:
    """The addresses of raw data among the texts of a tree: of snapshots of this machine, and of what lies in a store under our names."""
    waiting: list[Any] = [tree]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            if stored_folder(each) if is_remote(each) else is_snapshot(each):
                yield each
        elif isinstance(each, Mapping):
            waiting += cast("Mapping[object, object]", each).values()
        elif isinstance(each, list):
            waiting += cast("list[object]", each)

"""Whether what kept outputs refer to is still there and still what it was: outputs of which that does not hold are not used again.

Looked at are the addresses of blobs, datasets, schemas and offloaded literals, and those of snapshots in the texts of structs.
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
from literals import MalformedError, parse, pb

_FIRST = b"\x0a"
"""The key of a literal's scalar, and of a scalar's primitive."""
_msgpack = cast("Any", msgpack)  # it has no types
_CHECKSUM = "sha256"
"""Under this name an offloaded literal has the digest of the stored bytes in its metadata."""


@final
class References:
    """Looks at what literals refer to. `by_content`: the bytes of each snapshot are compared, not only times of change; once."""

    def __init__(self, *, by_content: bool = False) -> None:
        self._by_content = by_content
        self._good: set[str] = set()

    def are_whole(self, literal: bytes) -> bool:
        """Whether all that a literal refers to is there, as it was stored. Raises `MalformedError` for bytes that are none."""
        if literal[:1] == _FIRST == literal[2:3] and len(literal) == literal[1] + 2 == literal[3] + 4:
            return True  # a short primitive, which refers to none
        return self._in_literal(parse(pb.Literal, literal))

    def _in_literal(self, literal: pb.Literal) -> bool:
        kind = literal.WhichOneof("value")
        if kind in {"collection", "map"}:
            inner = literal.collection.literals if kind == "collection" else literal.map.literals.values()
            return all(map(self._in_literal, inner))
        if kind == "offloaded_metadata":
            return self._in_offloaded(literal)
        return kind != "scalar" or self._in_scalar(literal.scalar)

    def _in_scalar(self, scalar: pb.Scalar) -> bool:
        which = scalar.WhichOneof("value")
        if which == "union":
            return self._in_literal(scalar.union.value)
        if which == "binary":
            return all(map(self._is_good, _snapshots_in(_body(scalar.binary.value))))
        if which == "generic":
            return all(map(self._is_good, _snapshots_in(_fields(scalar.generic))))
        return which not in {"blob", "schema", "structured_dataset"} or self._is_good(getattr(scalar, which).uri)

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


def _body(data: bytes) -> object:
    """The tree of a msgpack body that may name a snapshot; None for any other body."""
    if b"/sha256/" not in data:
        return None
    try:
        return cast("object", _msgpack.unpackb(data, strict_map_key=False, unicode_errors="replace"))
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


def _snapshots_in(tree: object) -> Iterator[str]:
    """The addresses of snapshots of this machine among the texts of a tree."""
    waiting: list[Any] = [tree]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            if is_snapshot(each) and not is_remote(each):
                yield each
        elif isinstance(each, Mapping):
            waiting += cast("Mapping[object, object]", each).values()
        elif isinstance(each, list):
            waiting += cast("list[object]", each)

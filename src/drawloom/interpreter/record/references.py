"""Whether the files that kept outputs refer to are still there: outputs whose files are gone are not used again."""

from __future__ import annotations

import os

from literals import parse, pb

_FIRST = b"\x0a"
"""The key of a literal's scalar, and of a scalar's primitive."""


def is_whole(literal: bytes) -> bool:
    """Whether the files that a literal refers to are there. Raises `MalformedError` for bytes that are none."""
    if literal[:1] == _FIRST == literal[2:3] and len(literal) == literal[1] + 2 == literal[3] + 4:
        return True  # a short primitive, which refers to none
    return _files_exist(parse(pb.Literal, literal))


def _files_exist(literal: pb.Literal) -> bool:
    kind = literal.WhichOneof("value")
    if kind in {"collection", "map"}:
        inner = literal.collection.literals if kind == "collection" else literal.map.literals.values()
        return all(map(_files_exist, inner))
    if kind == "offloaded_metadata":
        return _exists(literal.offloaded_metadata.uri)
    if kind != "scalar":
        return True
    scalar = literal.scalar
    which = scalar.WhichOneof("value")
    if which == "union":
        return _files_exist(scalar.union.value)
    if which not in {"blob", "schema", "structured_dataset"}:
        return True
    return _exists(getattr(scalar, which).uri)


def _exists(uri: str) -> bool:
    path = uri.removeprefix("file://")
    return "://" in path or not path or os.path.exists(path)  # noqa: PTH110 - a stat, no Path needed

"""Literals as JSON, for results that people and machines read.

Needs no Python type. Forms: datetime and duration ISO 8601; NaN and the infinities as the text `NaN`, `Infinity`,
`-Infinity`; bytes base64; a file, folder or dataset as its address and format; a union as its value.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import math
from collections.abc import Callable, Mapping
from typing import Any

import msgpack

from literals import is_dict, is_sequence, parse, pb, preview
from typeengine.errors import TypeTransformerFailedError
from typeengine.wire.plain_values import struct_plain

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
_NANOS_PER_MICRO = 1000


def literal_to_json(literal: pb.Literal) -> Any:
    """A `Literal` message as JSON; an empty one is null.

    Raises:
        TypeTransformerFailedError: a msgpack scalar that does not unpack, or a kind of scalar that is not known.
    """
    kind = literal.WhichOneof("value")
    if kind == "scalar":
        return _scalar_to_json(literal.scalar)
    if kind == "collection":
        return [literal_to_json(item) for item in literal.collection.literals]
    if kind == "map":
        return {key: literal_to_json(literal.map.literals[key]) for key in sorted(literal.map.literals)}
    if kind == "offloaded_metadata":
        return {"offloaded": literal.offloaded_metadata.uri, "size_bytes": literal.offloaded_metadata.size_bytes}
    return None


def bytes_to_json(literal: bytes) -> Any:
    """A literal's bytes as JSON."""
    return literal_to_json(parse(pb.Literal, literal))


def _scalar_to_json(scalar: Any) -> Any:
    kind = scalar.WhichOneof("value")
    reader = _SCALARS.get(kind)
    if reader is None:
        raise TypeTransformerFailedError(
            "a scalar without a value has no JSON form",
            expected="a scalar with a value",
            got=preview(kind),
            fix="give the scalar a value",
        )
    return reader(getattr(scalar, kind))


def _primitive_to_json(primitive: Any) -> Any:
    kind = primitive.WhichOneof("value")
    if kind == "datetime":
        return _timestamp_text(primitive.datetime)
    if kind == "duration":
        return _duration_text(primitive.duration)
    return _number_to_json(getattr(primitive, kind)) if kind else None


def _number_to_json(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    return value


def _timestamp_text(stamp: pb.Timestamp) -> str:
    """ISO 8601 in UTC; nanoseconds beyond a microsecond are kept as digits."""
    try:
        moment = _EPOCH + dt.timedelta(seconds=stamp.seconds, microseconds=stamp.nanos // _NANOS_PER_MICRO)
    except OverflowError:
        return f"{stamp.seconds}.{stamp.nanos:09d}"
    extra = stamp.nanos % _NANOS_PER_MICRO
    text = moment.replace(tzinfo=None).isoformat(timespec="microseconds" if extra else "auto")
    return text + (f"{extra:03d}" if extra else "") + "Z"


def _duration_text(duration: pb.Duration) -> str:
    nanos = duration.seconds * 1_000_000_000 + duration.nanos
    whole, rest = divmod(abs(nanos), 1_000_000_000)
    fraction = f".{rest:09d}".rstrip("0") if rest else ""
    return f"{'-' if nanos < 0 else ''}PT{whole}{fraction}S"


def _tree_to_json(value: object) -> Any:
    """A msgpack tree as JSON: bytes in base64, keys as text."""
    if is_dict(value):
        return {
            key if isinstance(key, str) else json.dumps(_tree_to_json(key)): _tree_to_json(item)
            for key, item in value.items()
        }
    if is_sequence(value):
        return [_tree_to_json(item) for item in value]
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode("ascii")
    return _number_to_json(value)


def _binary_to_json(binary: pb.Binary) -> Any:
    if binary.tag != "msgpack":
        return {"binary": base64.b64encode(binary.value).decode("ascii"), "tag": binary.tag}
    try:
        tree = msgpack.unpackb(binary.value, strict_map_key=False, raw=False)
    except (ValueError, TypeError, RecursionError, msgpack.exceptions.UnpackException) as error:
        raise TypeTransformerFailedError(
            "the msgpack of a literal does not unpack",
            expected="msgpack",
            got=preview(binary.value),
            fix="write the literal again: its bytes are cut off, or of something else",
        ) from error
    return _tree_to_json(tree)


def _blob_to_json(blob: pb.Blob) -> Any:
    return {"uri": blob.uri, "format": blob.metadata.type.format}


def _dataset_to_json(dataset: pb.StructuredDataset) -> Any:
    return {"uri": dataset.uri, "format": dataset.metadata.structured_dataset_type.format}


_SCALARS: Mapping[str, Callable[[Any], Any]] = {
    "primitive": _primitive_to_json,
    "none_type": lambda _: None,
    "union": lambda union: literal_to_json(union.value),
    "binary": _binary_to_json,
    "generic": lambda generic: _tree_to_json(struct_plain(generic)),
    "blob": _blob_to_json,
    "schema": lambda schema: {"uri": schema.uri},
    "structured_dataset": _dataset_to_json,
    "error": lambda error: {"message": error.message, "failed_node_id": error.failed_node_id},
}

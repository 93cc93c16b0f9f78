"""Lists and dicts of values that are copied to the store when they are written: a remote store is sent several at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from drawloom.context import is_remote, side_by_side
from literals import list_encoding
from typeengine.codec import TOGETHER
from typeengine.errors import TypeTransformerFailedError
from typeengine.raw_data import storage

_SEVERAL = 2


def copied_together(encode: Callable[[Any], bytes]) -> dict[str, Any]:
    """What the codec of such values says of many of them; `encode` writes one. Arguments of `Codec`."""

    def together(values: Sequence[Any], places: Sequence[str]) -> list[bytes] | None:
        if len(values) < _SEVERAL or not is_remote(storage().raw_output_prefix):
            return None  # within one machine the disk is what takes the time
        return side_by_side([partial(_placed, encode, *pair) for pair in zip(values, places, strict=True)])

    def many(values: Sequence[Any]) -> bytes | None:
        parts = together(values, [f"[{index}]" for index in range(len(values))])
        return None if parts is None else list_encoding.collection(parts)

    return {"many": many, "extra": {TOGETHER: together}}


def _placed(encode: Callable[[Any], bytes], value: object, where: str) -> bytes:
    try:
        return encode(value)
    except TypeTransformerFailedError as error:
        raise error.at(where) from error.__cause__

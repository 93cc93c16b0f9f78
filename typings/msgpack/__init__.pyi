# What drawloom uses of msgpack, which has no types of its own. Read by type checkers alone.

from collections.abc import Callable
from typing import Any, NamedTuple

from . import exceptions as exceptions
from .exceptions import UnpackException as UnpackException

class ExtType(NamedTuple):
    code: int
    data: bytes

class Packer:
    def __init__(self, *, strict_types: bool = False, unicode_errors: str = "strict") -> None: ...
    def pack(self, obj: object, /) -> bytes: ...

def packb(o: object, /, *, strict_types: bool = False, unicode_errors: str = "strict") -> bytes: ...
def unpackb(
    packed: bytes | memoryview,
    /,
    *,
    raw: bool = False,
    strict_map_key: bool = True,
    timestamp: int = 0,
    unicode_errors: str = "strict",
    ext_hook: Callable[[int, bytes], object] = ...,
    object_pairs_hook: Callable[[list[tuple[Any, Any]]], object] | None = None,
) -> Any: ...

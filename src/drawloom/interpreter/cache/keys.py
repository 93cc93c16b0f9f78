"""Keys of cached results: equal values give equal keys in every process.

A key is the sha256 over length-framed parts: task (project, domain, name), canonical interface, cache version, and for every input
that is not ignored its name and `literals.digest` (value, not bytes: `Literal.hash` stands for its value where set, map order and
annotations do not count). An input that cannot be hashed means that the task runs, with one warning that names it; a key is never
made of a part.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable, Mapping

from literals import MalformedError, WireError, digest

_DOMAIN = b"drawloom.cache.1"


def _framed(parts: Iterable[bytes]) -> bytes:
    hashed = hashlib.sha256()
    for part in parts:
        hashed.update(len(part).to_bytes(8, "big"))
        hashed.update(part)
    return hashed.digest()


def cache_key(
    name: str, interface: bytes, version: str, inputs: Mapping[str, bytes], ignored: Iterable[str] = ()
) -> str | None:
    """The key of one call, as 64 hex digits; None (and one warning) if an input cannot be hashed."""
    left_out = set(ignored)
    parts = [_DOMAIN, name.encode(), interface, version.encode()]
    for variable in sorted(inputs.keys() - left_out):
        hashed = _digest_or_warn(name, variable, inputs[variable])
        if hashed is None:
            return None
        parts += [variable.encode(), hashed]
    return _framed(parts).hex()


def _digest_or_warn(name: str, variable: str, literal: bytes) -> bytes | None:
    try:
        return digest(literal)
    except (MalformedError, WireError) as error:
        warnings.warn(
            f"{name}: input {variable!r} cannot be hashed ({error.what}), so the task runs without the cache",
            stacklevel=3,
        )
        return None

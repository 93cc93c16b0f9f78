"""Flyte 2's cache keys, for comparison with what its platform shows; drawloom's own cache has framed keys.

The rules are those of the SDK 2.12.1 (`flyte._internal.runtime.convert`), held by goldens that it wrote.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

from drawloom.actions.digests import digest_of, joined
from literals import pb, wire


def inputs_hash(literals: Mapping[str, bytes]) -> str:
    """The hash of inputs in declared order; empty without inputs."""
    return digest_of(joined(literals))


def interface_hash(interface: pb.TypedInterface) -> str:
    """The hash of a typed interface with both lists sorted by name; empty lists are part of it, too."""
    lists = ((1, interface.inputs.variables), (2, interface.outputs.variables))
    return _digest(
        b"".join(
            wire.delimited(number, b"".join(_entry(name, variables[name]) for name in sorted(variables)))
            for number, variables in lists
        )
    )


def cache_key(inputs: str, task: str, interface: str, version: str) -> str:
    """The key of a call from the hash of its inputs, the task's name, the hash of its interface, and the cache's version."""
    return _digest(f"{inputs}{task}{interface}{version}".encode())


def _entry(name: str, variable: pb.Variable) -> bytes:
    inner = variable.type.SerializeToString(deterministic=True)
    return wire.delimited(1, wire.delimited(1, name.encode()) + wire.delimited(2, wire.delimited(1, inner)))


def _digest(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()

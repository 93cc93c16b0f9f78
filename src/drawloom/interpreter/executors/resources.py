"""What an attempt asks of a worker, out of the entries that a message has."""

from __future__ import annotations

from collections.abc import Iterable

from drawloom.ir import quantity
from literals import pb

_RESOURCES = {1: "cpu", 2: "gpu", 3: "memory"}
"""Kinds of `Resources.ResourceEntry` that executors act on."""


def requested(entries: Iterable[pb.Resources.ResourceEntry]) -> dict[str, float]:
    """What one attempt asks for, by kind: `cpu` in cores, `memory` in bytes, `gpu` in devices."""
    found: dict[str, float] = {}
    for entry in entries:
        amount = quantity(entry.value)
        if entry.name in _RESOURCES and amount is not None:
            found[_RESOURCES[entry.name]] = float(amount)
    return found

"""Checkpoints of Flyte 1."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "context": "BaseCheckpoint Checkpoint=SyncCheckpoint SyncCheckpoint",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

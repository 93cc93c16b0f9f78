"""Files, folders and tables of Flyte 2, and how their content is hashed."""

from __future__ import annotations

from typeengine import DataFrame, Dir, EmptyDir, File, HashFunction, HashlibAccumulator, PrecomputedValue

__all__ = ["DataFrame", "Dir", "EmptyDir", "File", "HashFunction", "HashlibAccumulator", "PrecomputedValue"]

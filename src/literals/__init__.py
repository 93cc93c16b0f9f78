"""Layer 0: the messages of `weft.v1`, and pure functions over literals and literal types. Knows no Python type."""

from literals import _pb as pb
from literals.errors import WeftError, preview

__all__ = ["WeftError", "pb", "preview"]

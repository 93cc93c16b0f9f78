"""The precedence of the types that come with weft: the first row that matches makes the codec.

Rows for exact classes come first, then kinds of classes (enum, record), then classes of optional libraries, then
subclasses of the simple ones.
"""

from __future__ import annotations

from typing import Final

from typeengine.builtin import containers, scalars
from typeengine.registry import LazyRow, Row

TABLE: Final[tuple[Row | LazyRow, ...]] = (
    *scalars.EXACT_ROWS,
    *containers.ROWS,
    *scalars.SUBCLASS_ROWS,
)

"""How the columns of a table are laid out in a parquet file: what takes less time and less room, and every reader reads.

pyarrow looks up each value of a column in a dictionary until that has a megabyte. Where nearly all values differ this is most of the
time of writing, and the file is larger for it. Whole numbers and times without a dictionary are kept as differences
(`DELTA_BINARY_PACKED`, in the format since 2013), everything else as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TypedDict

import pyarrow as pa
import pyarrow.parquet as pq

COMPRESSION = "zstd"
_LOOKED_AT, _PLACES = 1_024, 4
"""How many values are looked at, and at how many places of the table, to tell what a column is like; tables of few rows are not looked at."""
_DIFFERENT = 0.98
"""The share of different values among those looked at from which on a dictionary does not pay: some 100,000 values in all."""


class Layout(TypedDict, total=False):
    """pyarrow's options for writing; without a choice for any column its own way."""

    compression: str
    use_dictionary: list[str]
    column_encoding: dict[str, str]


def write_table(table: pa.Table, target: Path | BinaryIO) -> None:
    """Write a table as a parquet file."""
    pq.write_table(table, target, **layout(table))


def layout(table: pa.Table) -> Layout:
    """The layout for a table, and for those of which it is a part."""
    if table.num_rows <= _LOOKED_AT * _PLACES:
        return {"compression": COMPRESSION}
    names = table.schema.names
    plain = {name for name in names if names.count(name) == 1 and "." not in name and _nearly_all_differ(table, name)}
    if not plain:
        return {"compression": COMPRESSION}
    others = [field for field in table.schema if field.name not in plain]
    return {
        "compression": COMPRESSION,
        "use_dictionary": [leaf for field in others for leaf in _leaves(field.name, field.type)],
        "column_encoding": {name: "DELTA_BINARY_PACKED" for name in plain if _is_whole(table.schema.field(name).type)},
    }


def _nearly_all_differ(table: pa.Table, name: str) -> bool:
    kind = table.schema.field(name).type
    if not (_is_whole(kind) or any(test(kind) for test in _FLAT)):
        return False
    column = table.column(name)
    starts = [(len(column) - _LOOKED_AT) * place // (_PLACES - 1) for place in range(_PLACES)]
    seen = pa.chunked_array([chunk for start in starts for chunk in column.slice(start, _LOOKED_AT).chunks], kind)
    return len(seen.unique()) >= _DIFFERENT * len(seen)


def _is_whole(kind: pa.DataType) -> bool:
    """Whether the values are whole numbers in the file."""
    return pa.types.is_integer(kind) or pa.types.is_temporal(kind)


_FLAT = (
    *(pa.types.is_float32, pa.types.is_float64),
    *(pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary),
)


def _leaves(name: str, kind: pa.DataType) -> Iterator[str]:
    """The names that a field's columns have in the file."""
    if pa.types.is_struct(kind):
        for position in range(kind.num_fields):
            inner = kind.field(position)
            yield from _leaves(f"{name}.{inner.name}", inner.type)
    elif pa.types.is_map(kind):
        yield from _leaves(f"{name}.key_value.key", kind.key_type)
        yield from _leaves(f"{name}.key_value.value", kind.item_type)
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        yield from _leaves(f"{name}.list.element", kind.value_type)
    else:
        yield name

"""Parquet data as Arrow tables: what pyarrow and pandas read alike."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from typeengine.contrib.declared_columns import ANY, LIST, MAP
from typeengine.contrib.parquet import Parts


def read_table(parts: Parts, columns: list[str] | None, *, index: bool = False) -> pa.Table:
    """All the data as one Arrow table. `index`: with the columns, too, that pandas keeps a frame's index in.

    Raises:
        KeyError: there is no such column.
    """
    if parts.stream is not None:
        return pq.read_table(parts.stream, columns=columns, use_pandas_metadata=index)
    if len(parts.files) == 1 and not parts.is_hive:
        with pq.ParquetFile(parts.files[0], pre_buffer=True) as file:
            if columns is not None:
                _check_there(columns, file.schema_arrow.names)
            return file.read(columns=columns, use_pandas_metadata=index)
    return pq.read_table(parts.root, columns=columns, use_pandas_metadata=index, partitioning="hive")


def _check_there(columns: list[str], names: list[str]) -> None:
    """Refuse a name that one file's reader would pass over; a part of a nested column has a dot in its name."""
    missing = [name for name in columns if name not in names and name.partition(".")[0] not in names]
    if missing:
        raise KeyError(f"no column {missing[0]!r} among {', '.join(names)}")


def column_kinds(schema: pa.Schema) -> dict[str, str]:
    """The kind of each column, for `check_columns`."""
    return {field.name: _kind(field.type) for field in schema}


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_dictionary(kind):
        return _kind(kind.value_type)
    return next((word for word, tests in _KINDS if any(test(kind) for test in tests)), ANY)


_KINDS = (
    ("INTEGER", (pa.types.is_integer,)),
    ("FLOAT", (pa.types.is_floating, pa.types.is_decimal)),
    ("STRING", (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)),
    ("BOOLEAN", (pa.types.is_boolean,)),
    ("DATETIME", (pa.types.is_timestamp, pa.types.is_date)),
    ("DURATION", (pa.types.is_duration,)),
    (LIST, (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)),
    (MAP, (pa.types.is_struct, pa.types.is_map)),
)

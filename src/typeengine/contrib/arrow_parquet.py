"""Parquet data as Arrow tables: what pyarrow and pandas read alike."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from typeengine.contrib.parquet import Parts


def read_table(parts: Parts, columns: list[str] | None, *, index: bool = False) -> pa.Table:
    """All the data as one Arrow table. `index`: with the columns, too, that pandas keeps a frame's index in."""
    if parts.stream is not None:
        return pq.read_table(parts.stream, columns=columns, use_pandas_metadata=index)
    if len(parts.files) == 1 and not parts.is_hive:
        with pq.ParquetFile(parts.files[0], pre_buffer=True) as file:
            return file.read(columns=columns, use_pandas_metadata=index)
    return pq.read_table(parts.root, columns=columns, use_pandas_metadata=index, partitioning="hive")

"""Arrow's own file format (IPC, also known as Feather V2) as a format of frames: what is in memory, as it is, in a file.

`Annotated[pa.Table, "arrow"]`. A local file is mapped and not read: its columns cost nothing before somebody looks at them, and
several tasks share the pages. Files are not compressed, for what is compressed cannot be mapped.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from typeengine.builtin.structured_dataset import ARROW
from typeengine.contrib.parquet import Parts
from typeengine.errors import TypeTransformerFailedError

Source = Path | BinaryIO


def write_ipc(data: pa.Table | pa.RecordBatch | pa.RecordBatchReader, target: Source) -> int:
    """Write a file, batch by batch; give the number of rows. Raises what Arrow raises."""
    rows = 0
    ready = data.unify_dictionaries() if isinstance(data, pa.Table) else data
    batches = (
        [ready] if isinstance(ready, pa.RecordBatch) else ready.to_batches() if isinstance(ready, pa.Table) else ready
    )
    sink: Any = pa.OSFile(str(target), "wb") if isinstance(target, Path) else contextlib.nullcontext(target)
    with sink as stream, pa.ipc.new_file(stream, data.schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def read_ipc(parts: Parts, columns: list[str] | None, *, index: bool = False) -> pa.Table:
    """All the data as one table: of one file on this machine a view of the mapped file.

    `index`: with the columns, too, that pandas keeps a frame's index in.
    """
    return pa.concat_tables([opened(source, columns, index=index).read_all() for source in sources(parts)])


def read_batches(parts: Parts, columns: list[str] | None) -> pa.RecordBatchReader:
    """The data batch by batch; nothing is read yet."""
    files = [opened(source, columns) for source in sources(parts)]

    def batches() -> Iterator[pa.RecordBatch]:
        for file in files:
            for index in range(file.num_record_batches):
                yield file.get_batch(index)

    return pa.RecordBatchReader.from_batches(files[0].schema, batches())


def sources(parts: Parts) -> list[Source]:
    """The files of a dataset, or the open one.

    Raises:
        TypeTransformerFailedError: names of folders say columns, which Arrow's files do not support.
    """
    if parts.stream is not None:
        return [parts.stream]
    if parts.is_hive:
        raise TypeTransformerFailedError(
            "names of folders say columns, which is read of Parquet only",
            where=str(parts.root),
            expected="files in one folder",
            got="folders named column=value",
            fix="write Parquet",
        )
    return list(parts.files)


def opened(source: Source, columns: list[str] | None = None, *, index: bool = False) -> Any:
    """Arrow's reader of a file, of the wanted columns only, in their order in the file.

    Raises:
        KeyError: there is no such column.
    """
    where = pa.memory_map(str(source)) if isinstance(source, Path) else source
    file = pa.ipc.open_file(where)
    if columns is None:
        return file
    names = file.schema.names
    missing = sorted(set(columns) - set(names))
    if missing:
        raise KeyError(f"no column {missing[0]!r} among {', '.join(names)}")
    described: dict[str, Any] = json.loads((file.schema.metadata or {}).get(b"pandas", b"{}")) if index else {}
    kept = {*columns, *(name for name in described.get("index_columns", ()) if isinstance(name, str))}
    where.seek(0)
    wanted = sorted(names.index(name) for name in kept & {*names})
    return pa.ipc.open_file(where, options=pa.ipc.IpcReadOptions(included_fields=wanted))


__all__ = ["ARROW", "opened", "read_batches", "read_ipc", "sources", "write_ipc"]

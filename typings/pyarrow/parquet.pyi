# Parquet files.

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from pyarrow import RecordBatch, Schema, Table

class ParquetFile:
    def __init__(self, source: Path | BinaryIO, *, pre_buffer: bool = False) -> None: ...
    @property
    def schema_arrow(self) -> Schema: ...
    def read(
        self, columns: Sequence[str] | None = None, *, use_threads: bool = True, use_pandas_metadata: bool = False
    ) -> Table: ...
    def iter_batches(self, *, columns: Sequence[str] | None = None) -> Iterator[RecordBatch]: ...
    def __enter__(self) -> ParquetFile: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None: ...

class ParquetWriter:
    def __init__(
        self,
        where: Path | BinaryIO,
        schema: Schema,
        *,
        compression: str = "snappy",
        use_dictionary: bool | list[str] = True,
        column_encoding: dict[str, str] | None = None,
    ) -> None: ...
    def write_batch(self, batch: RecordBatch) -> None: ...
    def __enter__(self) -> ParquetWriter: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None: ...

def read_schema(where: Path | BinaryIO) -> Schema: ...
def read_table(
    source: Path | BinaryIO,
    *,
    columns: Sequence[str] | None = None,
    use_threads: bool = True,
    use_pandas_metadata: bool = False,
    partitioning: str | None = "hive",
) -> Table: ...
def write_table(
    table: Table,
    where: Path | BinaryIO,
    *,
    compression: str = "snappy",
    use_dictionary: bool | list[str] = True,
    column_encoding: dict[str, str] | None = None,
) -> None: ...

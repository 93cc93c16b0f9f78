"""pyarrow: tables as parquet, where and as flytekit writes them."""

from __future__ import annotations

import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from drawloom.context import join
from literals import attempt, pb, preview
from typeengine.builtin.dataframe_codecs import ROWS
from typeengine.builtin.structured_dataset import (
    PARQUET,
    StructuredDataset,
    StructuredDatasetDecoder,
    StructuredDatasetEncoder,
    StructuredDatasetTransformerEngine,
    column_names,
)
from typeengine.contrib.parquet import read_parts
from typeengine.errors import TypeTransformerFailedError, reason_of
from typeengine.raw_data import storage


class ArrowToParquet(StructuredDatasetEncoder):
    """One parquet file in a folder of its own."""

    def __init__(self) -> None:
        super().__init__(pa.Table, None, PARQUET)

    def encode(self, ctx: object, structured_dataset: StructuredDataset, structured_dataset_type: Any) -> Any:
        """Write the table; give its message."""
        del ctx
        uri = structured_dataset.uri or storage().get_random_remote_directory()
        storage().write_bytes(join(uri, "00000"), _written(structured_dataset.dataframe))
        message = pb.StructuredDataset(uri=uri)
        message.metadata.structured_dataset_type.CopyFrom(structured_dataset_type)
        return message


class ParquetToArrow(StructuredDatasetDecoder):
    """Reads what any of the parquet writers wrote."""

    def __init__(self) -> None:
        super().__init__(pa.Table, None, PARQUET)

    def decode(self, ctx: object, flyte_value: Any, current_task_metadata: Any) -> Any:
        """Read the table, with the wanted columns only."""
        del ctx
        columns = column_names(current_task_metadata)
        tables: list[Any] = []
        for part in read_parts(flyte_value.uri):
            made = attempt(pq.read_table, io.BytesIO(part), columns=columns)
            if made.error is not None:
                raise TypeTransformerFailedError(
                    f"the data is not Parquet ({reason_of(made.error)})", where=flyte_value.uri
                ) from made.error
            tables.append(made.value)
        return tables[0] if len(tables) == 1 else pa.concat_tables(tables)


def _written(table: pa.Table) -> bytes:
    """The bytes of a parquet file that holds the table as it is; a table that it does not hold is refused."""
    names = table.column_names
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise TypeTransformerFailedError(
            "two columns have one name", where=f"column {preview(twice)}", fix="rename one of them"
        )
    buffer = io.BytesIO()
    made = attempt(pq.write_table, table, buffer)
    if made.error is not None:
        raise TypeTransformerFailedError(
            f"the table cannot be written as parquet ({reason_of(made.error)})", fix="cast the column to another type"
        ) from made.error
    data = buffer.getvalue()
    found = pq.read_schema(io.BytesIO(data))
    for one, other in zip(table.schema, found, strict=True):
        if one != other:
            raise TypeTransformerFailedError(
                "a parquet file does not keep this column",
                where=f"column {preview(one.name)}",
                expected=str(one.type),
                got=f"{other.type} when read back",
                fix="cast the column to another type",
            )
    if not names and table.num_rows:
        raise TypeTransformerFailedError(
            "a parquet file does not keep the rows of a table without columns", got=f"{table.num_rows} rows"
        )
    return data


_register = StructuredDatasetTransformerEngine.register
_register(ArrowToParquet(), default_format_for_type=True, override=True)
_register(ParquetToArrow(), default_format_for_type=True, override=True)

__all__ = ["ROWS"]

"""pyarrow: tables as parquet, where and as flytekit writes them."""

from __future__ import annotations

import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from drawloom.context import join
from literals import pb
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
from typeengine.errors import TypeTransformerFailedError
from typeengine.raw_data import storage


class ArrowToParquet(StructuredDatasetEncoder):
    """One parquet file in a folder of its own."""

    def __init__(self) -> None:
        super().__init__(pa.Table, None, PARQUET)

    def encode(self, ctx: Any, structured_dataset: StructuredDataset, structured_dataset_type: Any) -> Any:
        """Write the table; give its message."""
        del ctx
        uri = structured_dataset.uri or storage().get_random_remote_directory()
        buffer = io.BytesIO()
        try:
            pq.write_table(structured_dataset.dataframe, buffer)
        except pa.ArrowException as error:
            raise TypeTransformerFailedError(f"the table cannot be written as parquet: {error}") from error
        storage().write_bytes(join(uri, "00000"), buffer.getvalue())
        message = pb.StructuredDataset(uri=uri)
        message.metadata.structured_dataset_type.CopyFrom(structured_dataset_type)
        return message


class ParquetToArrow(StructuredDatasetDecoder):
    """Reads what any of the parquet writers wrote."""

    def __init__(self) -> None:
        super().__init__(pa.Table, None, PARQUET)

    def decode(self, ctx: Any, flyte_value: Any, current_task_metadata: Any) -> Any:
        """Read the table, with the wanted columns only."""
        del ctx
        columns = column_names(current_task_metadata)
        try:
            tables = [pq.read_table(io.BytesIO(part), columns=columns) for part in read_parts(flyte_value.uri)]
        except pa.ArrowException as error:
            raise TypeTransformerFailedError(f"the data is no parquet: {error}", where=flyte_value.uri) from error
        return tables[0] if len(tables) == 1 else pa.concat_tables(tables)


_register = StructuredDatasetTransformerEngine.register
_register(ArrowToParquet(), default_format_for_type=True, override=True)
_register(ParquetToArrow(), default_format_for_type=True, override=True)

__all__ = ["ROWS"]

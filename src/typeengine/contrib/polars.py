"""polars: frames and lazy frames as parquet, where flytekit's plug-in writes them."""

from __future__ import annotations

import io
from typing import Any

import polars as pl

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


class PolarsToParquet(StructuredDatasetEncoder):
    """One parquet file in a folder of its own; a lazy frame is computed first."""

    def __init__(self, kind: Any) -> None:
        super().__init__(kind, None, PARQUET)

    def encode(self, ctx: Any, structured_dataset: StructuredDataset, structured_dataset_type: Any) -> Any:
        """Write the frame; give its message."""
        del ctx
        uri = structured_dataset.uri or storage().get_random_remote_directory()
        frame = structured_dataset.dataframe
        buffer = io.BytesIO()
        try:
            (frame.collect() if isinstance(frame, pl.LazyFrame) else frame).write_parquet(buffer)
        except pl.exceptions.PolarsError as error:
            raise TypeTransformerFailedError(f"the frame cannot be written as parquet: {error}") from error
        storage().write_bytes(join(uri, "00000"), buffer.getvalue())
        message = pb.StructuredDataset(uri=uri)
        message.metadata.structured_dataset_type.CopyFrom(structured_dataset_type)
        return message


class ParquetToPolars(StructuredDatasetDecoder):
    """Reads what any of the parquet writers wrote."""

    def __init__(self, kind: Any) -> None:
        super().__init__(kind, None, PARQUET)

    def decode(self, ctx: Any, flyte_value: Any, current_task_metadata: Any) -> Any:
        """Read the frame, with the wanted columns only."""
        del ctx
        columns = column_names(current_task_metadata)
        try:
            frames = [pl.read_parquet(io.BytesIO(part), columns=columns) for part in read_parts(flyte_value.uri)]
        except pl.exceptions.PolarsError as error:
            raise TypeTransformerFailedError(f"the data is no parquet: {error}", where=flyte_value.uri) from error
        frame = frames[0] if len(frames) == 1 else pl.concat(frames)
        return frame.lazy() if self.python_type is pl.LazyFrame else frame


for _kind in (pl.DataFrame, pl.LazyFrame):
    StructuredDatasetTransformerEngine.register(PolarsToParquet(_kind), default_format_for_type=True, override=True)
    StructuredDatasetTransformerEngine.register(ParquetToPolars(_kind), default_format_for_type=True, override=True)

__all__ = ["ROWS"]

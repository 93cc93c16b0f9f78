"""polars: frames and lazy frames as parquet, where flytekit's plug-in writes them."""

from __future__ import annotations

import io
from typing import Any, cast

import polars as pl

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


class PolarsToParquet(StructuredDatasetEncoder):
    """One parquet file in a folder of its own; a lazy frame is computed first."""

    def __init__(self, kind: Any) -> None:
        super().__init__(kind, None, PARQUET)

    def encode(self, ctx: object, structured_dataset: StructuredDataset, structured_dataset_type: Any) -> Any:
        """Write the frame; give its message."""
        del ctx
        uri = structured_dataset.uri or storage().get_random_remote_directory()
        frame = structured_dataset.dataframe
        storage().write_bytes(join(uri, "00000"), _written(frame))
        message = pb.StructuredDataset(uri=uri)
        message.metadata.structured_dataset_type.CopyFrom(structured_dataset_type)
        return message


class ParquetToPolars(StructuredDatasetDecoder):
    """Reads what any of the parquet writers wrote."""

    def __init__(self, kind: Any) -> None:
        super().__init__(kind, None, PARQUET)

    def decode(self, ctx: object, flyte_value: Any, current_task_metadata: Any) -> Any:
        """Read the frame, with the wanted columns only."""
        del ctx
        columns = column_names(current_task_metadata)
        frames: list[Any] = []
        for part in read_parts(flyte_value.uri):
            made = attempt(pl.read_parquet, io.BytesIO(part), columns=columns)
            if made.error is not None:
                raise TypeTransformerFailedError(
                    f"the data is not Parquet ({reason_of(made.error)})", where=flyte_value.uri
                ) from made.error
            frames.append(made.value)
        frame = frames[0] if len(frames) == 1 else pl.concat(frames)
        return frame.lazy() if self.python_type is pl.LazyFrame else frame


def _written(frame: Any) -> bytes:
    """The bytes of a parquet file that holds the frame as it is; a frame that it does not hold is refused."""

    def write() -> tuple[Any, bytes]:
        made = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
        buffer = io.BytesIO()
        made.write_parquet(buffer)
        return made, buffer.getvalue()

    done = attempt(write)
    if done.value is None:
        raise TypeTransformerFailedError(
            f"the frame cannot be written as parquet ({reason_of(cast('BaseException', done.error))})",
            fix="cast the column to another type",
        ) from done.error
    made, data = done.value
    found = pl.read_parquet_schema(io.BytesIO(data))
    for name, kind in made.schema.items():
        if found.get(name) != kind:
            raise TypeTransformerFailedError(
                "a parquet file does not keep this column",
                where=f"column {preview(name)}",
                expected=str(kind),
                got=f"{found.get(name)} when read back",
                fix="cast the column to another type",
            )
    return data


for _kind in (pl.DataFrame, pl.LazyFrame):
    StructuredDatasetTransformerEngine.register(PolarsToParquet(_kind), default_format_for_type=True, override=True)
    StructuredDatasetTransformerEngine.register(ParquetToPolars(_kind), default_format_for_type=True, override=True)

__all__ = ["ROWS"]

"""pandas: frames as parquet (the default, by pyarrow) or CSV, where and as flytekit writes them."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd

from drawloom.context import join
from literals import pb
from typeengine.builtin.dataframe_codecs import ROWS
from typeengine.builtin.structured_dataset import (
    CSV,
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


class PandasToParquet(StructuredDatasetEncoder):
    """One parquet file in a folder of its own."""

    def __init__(self) -> None:
        super().__init__(pd.DataFrame, None, PARQUET)

    def encode(self, ctx: Any, structured_dataset: StructuredDataset, structured_dataset_type: Any) -> Any:
        """Write the frame; give its message."""
        del ctx
        uri = structured_dataset.uri or storage().get_random_remote_directory()
        buffer = io.BytesIO()
        try:
            structured_dataset.dataframe.to_parquet(buffer)
        except (ValueError, TypeError, OverflowError, ImportError) as error:
            raise TypeTransformerFailedError(f"the frame cannot be written as parquet: {error}") from error
        storage().write_bytes(join(uri, "00000"), buffer.getvalue())
        return _message(uri, structured_dataset_type)


class ParquetToPandas(StructuredDatasetDecoder):
    """Reads what any of the parquet writers wrote."""

    def __init__(self) -> None:
        super().__init__(pd.DataFrame, None, PARQUET)

    def decode(self, ctx: Any, flyte_value: Any, current_task_metadata: Any) -> Any:
        """Read the frame, with the wanted columns only."""
        del ctx
        frames = [
            _read(pd.read_parquet, part, flyte_value.uri, columns=column_names(current_task_metadata))
            for part in read_parts(flyte_value.uri)
        ]
        return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


class PandasToCSV(StructuredDatasetEncoder):
    """One CSV file without the index."""

    def __init__(self) -> None:
        super().__init__(pd.DataFrame, None, CSV)

    def encode(self, ctx: Any, structured_dataset: StructuredDataset, structured_dataset_type: Any) -> Any:
        """Write the frame; give its message."""
        del ctx
        uri = structured_dataset.uri or storage().get_random_remote_directory()
        text = structured_dataset.dataframe.to_csv(index=False)
        storage().write_bytes(join(uri, ".csv"), text.encode())
        return _message(uri, structured_dataset_type)


class CSVToPandas(StructuredDatasetDecoder):
    """Reads the CSV file of a folder, or the file that the address names."""

    def __init__(self) -> None:
        super().__init__(pd.DataFrame, None, CSV)

    def decode(self, ctx: Any, flyte_value: Any, current_task_metadata: Any) -> Any:
        """Read the frame, with the wanted columns only."""
        del ctx
        inner = join(flyte_value.uri, ".csv")
        data = storage().read_bytes(inner if storage().exists(inner) else flyte_value.uri)
        return _read(pd.read_csv, data, flyte_value.uri, usecols=column_names(current_task_metadata))


def _read(reader: Any, data: bytes, where: str, **options: Any) -> Any:
    try:
        return reader(io.BytesIO(data), **options)
    except (ValueError, KeyError, OSError, ImportError) as error:
        raise TypeTransformerFailedError(f"the data cannot be read as a frame: {error}", where=where) from error


def _message(uri: str, dataset_type: Any) -> Any:
    message = pb.StructuredDataset(uri=uri)
    message.metadata.structured_dataset_type.CopyFrom(dataset_type)
    return message


_register = StructuredDatasetTransformerEngine.register
_register(PandasToParquet(), default_format_for_type=True, override=True)
_register(ParquetToPandas(), default_format_for_type=True, override=True)
_register(PandasToCSV(), override=True)
_register(CSVToPandas(), override=True)

__all__ = ["ROWS"]

"""DuckDB: relations as parquet, written by DuckDB itself; a relation that is given scans the file when it is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from literals import attempt, pb
from typeengine.builtin.dataframe_codecs import ROWS
from typeengine.builtin.structured_dataset import (
    PARQUET,
    StructuredDataset,
    StructuredDatasetDecoder,
    StructuredDatasetEncoder,
    StructuredDatasetTransformerEngine,
    column_names,
)
from typeengine.contrib.parquet import Parts, keep_part, kept_parts
from typeengine.errors import TypeTransformerFailedError, reason_of


class RelationToParquet(StructuredDatasetEncoder):
    """One parquet file in a folder of its own."""

    def __init__(self) -> None:
        super().__init__(duckdb.DuckDBPyRelation, None, PARQUET)

    def encode(
        self, ctx: object, structured_dataset: StructuredDataset, structured_dataset_type: pb.StructuredDatasetType
    ) -> pb.StructuredDataset:
        """Compute the relation into a file; give its message."""
        del ctx
        relation = structured_dataset.dataframe

        def write(path: Path) -> None:
            made = attempt(relation.write_parquet, str(path), compression="zstd")
            if made.error is not None:
                raise TypeTransformerFailedError(
                    "the relation cannot be written as parquet",
                    expected="columns of types that Parquet has",
                    got=reason_of(made.error),
                    fix="cast the column to another type",
                ) from made.error

        message = pb.StructuredDataset(uri=keep_part(write, structured_dataset.uri))
        message.metadata.structured_dataset_type.CopyFrom(structured_dataset_type)
        return message


class ParquetToRelation(StructuredDatasetDecoder):
    """Reads what any of the parquet writers wrote."""

    def __init__(self) -> None:
        super().__init__(duckdb.DuckDBPyRelation, None, PARQUET)

    def decode(
        self, ctx: object, flyte_value: pb.StructuredDataset, current_task_metadata: pb.StructuredDatasetMetadata
    ) -> Any:
        """A relation over the data, on a connection of its own, with the wanted columns only."""
        del ctx
        made = attempt(_relation, kept_parts(flyte_value.uri), column_names(current_task_metadata))
        if made.error is not None:
            raise TypeTransformerFailedError(
                "the data is not Parquet",
                where=flyte_value.uri,
                expected="Parquet",
                got=reason_of(made.error),
                fix="check that the file is complete, and of the dataset's format",
            ) from made.error
        return made.value


def _relation(parts: Parts, columns: list[str] | None) -> duckdb.DuckDBPyRelation:
    files = [str(file) for file in parts.files]
    relation = duckdb.connect().read_parquet(files, hive_partitioning=parts.is_hive)
    if columns is None:
        return relation
    return relation.project(", ".join('"' + name.replace('"', '""') + '"' for name in columns))


_register = StructuredDatasetTransformerEngine.register
_register(RelationToParquet(), default_format_for_type=True, override=True)
_register(ParquetToRelation(), default_format_for_type=True, override=True)

__all__ = ["ROWS"]

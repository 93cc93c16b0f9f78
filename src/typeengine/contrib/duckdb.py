"""DuckDB: relations as parquet, written by DuckDB itself; a relation that is given scans the file when it is asked."""

from __future__ import annotations

from pathlib import Path

import duckdb

from literals import attempt, pb
from typeengine.builtin.dataframe_codecs import ROWS
from typeengine.builtin.structured_dataset import PARQUET
from typeengine.contrib.frame_files import FrameDecoder, FrameEncoder, as_read, as_written, register
from typeengine.contrib.parquet import PART, Parts, kept_parts


class RelationToParquet(FrameEncoder[duckdb.DuckDBPyRelation]):
    """One parquet file in a folder of its own, computed while it is written."""

    def __init__(self) -> None:
        super().__init__(duckdb.DuckDBPyRelation, None, PARQUET)

    def write(self, frame: duckdb.DuckDBPyRelation, folder: Path, declared: pb.StructuredDatasetType) -> None:
        """Compute the relation into the file."""
        del declared
        made = attempt(frame.write_parquet, str(folder / PART), compression="zstd")
        as_written(made, "relation", "parquet", expected="columns of types that Parquet has")


class ParquetToRelation(FrameDecoder):
    """Reads what any of the parquet writers wrote."""

    def __init__(self) -> None:
        super().__init__(duckdb.DuckDBPyRelation, None, PARQUET)

    def read(self, uri: str, columns: list[str] | None) -> duckdb.DuckDBPyRelation:
        """A relation over the data, on a connection of its own, with the wanted columns only."""
        return as_read(attempt(_relation, kept_parts(uri), columns), uri, "Parquet")


def _relation(parts: Parts, columns: list[str] | None) -> duckdb.DuckDBPyRelation:
    files = [str(file) for file in parts.files]
    relation = duckdb.connect().read_parquet(files, hive_partitioning=parts.is_hive)
    if columns is None:
        return relation
    return relation.project(", ".join('"' + name.replace('"', '""') + '"' for name in columns))


register(RelationToParquet(), ParquetToRelation(), is_default=True)

__all__ = ["ROWS"]

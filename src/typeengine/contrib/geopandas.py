"""geopandas: frames of geometries as GeoParquet, equal to the last coordinate, or refused with the column's name.

The file is what `GeoDataFrame.to_parquet` writes (GeoParquet: geometries as well-known binary, the reference system as PROJJSON), so every
reader of it takes it. Well-known binary has no rings of their own and no system for each single geometry: frames that have such are
refused. Of wanted columns the active geometry is always one. Arrow's own format is not offered: geopandas' form of it is not a standard.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from literals import attempt, pb, preview
from typeengine.builtin.dataframe_codecs import ROWS
from typeengine.builtin.structured_dataset import PARQUET
from typeengine.contrib.declared_columns import check_columns
from typeengine.contrib.frame_files import FrameDecoder, FrameEncoder, as_read, as_written, check_distinct, register
from typeengine.contrib.pandas_parquet import PARQUET_FILE, check_keeps
from typeengine.contrib.parquet import PART, parts_at_hand
from typeengine.errors import TypeTransformerFailedError

geopandas: Any = importlib.import_module("geopandas")
shapely: Any = importlib.import_module("shapely")
"""Libraries whose types checkers cannot see where they are not installed."""
_FIX = "convert it before, or give the columns as numbers and texts"


class GeoToParquet(FrameEncoder[Any]):
    """One GeoParquet file in a folder of its own."""

    def __init__(self) -> None:
        super().__init__(geopandas.GeoDataFrame, None, PARQUET)

    def write(self, frame: Any, folder: Path, declared: pb.StructuredDatasetType) -> None:
        """Write a frame that comes back equal."""
        _check(frame)
        check_columns(declared, map(str, frame.columns), {})
        made = attempt(frame.to_parquet, folder / PART, compression="zstd")
        as_written(made, "frame", "GeoParquet", expected="a frame that GeoParquet can hold", fix=_FIX)


class ParquetToGeo(FrameDecoder):
    """Reads what any writer of GeoParquet wrote."""

    def __init__(self) -> None:
        super().__init__(geopandas.GeoDataFrame, None, PARQUET)

    def read(self, uri: str, columns: list[str] | None) -> Any:
        """Read the frame: the wanted columns and the active geometry."""
        with parts_at_hand(uri) as parts:
            made = attempt(_read, parts.files, columns)
        fix = "check that the file is complete, and was written from a GeoDataFrame"
        return as_read(made, uri, "GeoParquet", fix)


def _read(files: list[Path], columns: list[str] | None) -> Any:
    frames = [_read_one(file, columns) for file in files]
    return frames[0] if len(frames) == 1 else pd.concat(frames)


def _read_one(file: Path, columns: list[str] | None) -> Any:
    if columns is None:
        return geopandas.read_parquet(file)
    metadata = pq.read_schema(file).metadata or {}
    active: str = json.loads(metadata.get(b"geo", b"{}")).get("primary_column", "")
    return geopandas.read_parquet(file, columns=columns if active in columns else [*columns, active])


def _geometries(frame: pd.DataFrame) -> Iterator[tuple[Any, Any]]:
    return ((name, column) for name, column in frame.items() if isinstance(column, geopandas.GeoSeries))


def _check(given: pd.DataFrame) -> None:
    """Refuse a frame that would not come back equal.

    Raises:
        TypeTransformerFailedError: a column that the file does not keep; `where` names it.
    """
    frame: Any = given
    check_distinct(frame.columns)
    if frame.active_geometry_name is None:
        raise TypeTransformerFailedError(
            "GeoParquet needs an active geometry",
            expected="a frame with an active geometry",
            got="a frame without one",
            fix="call set_geometry, or give a pd.DataFrame",
        )
    names = [name for name, _ in _geometries(frame)]
    check_keeps(pd.DataFrame(frame.drop(columns=names)), PARQUET_FILE)
    for name, column in _geometries(frame):
        values = column.to_numpy()
        back = attempt(_through_wkb, values)
        same = back.error is None and bool(
            ((shapely.is_missing(values) & shapely.is_missing(back.value)) | _identical(values, back.value)).all()
        )
        if not same:
            raise TypeTransformerFailedError(
                "GeoParquet does not keep these geometries",
                where=f"column {preview(name)}",
                expected="points, lines, polygons and collections of them, without systems of their own",
                got=", ".join(sorted({str(kind) for kind in column.geom_type.dropna()})),
                fix=_FIX,
            )


def _through_wkb(values: object) -> Any:
    return shapely.from_wkb(shapely.to_wkb(values, flavor="iso"))


def _identical(one: object, other: object) -> Any:
    """Whether geometries are the same coordinate by coordinate, of one class, and of one reference system."""
    return shapely.equals_identical(one, other) & (shapely.get_srid(one) == shapely.get_srid(other))


register(GeoToParquet(), ParquetToGeo(), is_default=True)

__all__ = ["ROWS"]

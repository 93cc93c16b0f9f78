"""Readers of data files, for the fuzzers: what frames, arrays, images and databases are kept in, and bundles of code."""

from __future__ import annotations

import contextlib
import io
import os
import random
import sqlite3
import tarfile
import tempfile
import typing
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
from PIL import Image
from scipy import sparse

from drawloom.actions.code_bundle import build_bundle, unpack_bundle
from drawloom.context import unpack_archive
from drawloom.flytekit.extras.sqlite3.task import SQLite3Config, SQLite3Task
from fuzz_changes import Reader, of_archive, of_bytes, of_header, of_text, of_zip
from literals import pb
from typeengine import Engine

FRAME = pd.DataFrame(
    {"a": [1, 2, 3], "b": ["x", "", "z"], "c": [0.5, None, 2.5], "d": pd.to_datetime(["2024-01-01"] * 3)}
)
CSV_FRAME = pd.DataFrame({"a": [1, 2], "b": ["x", "0012"]})
Change = Callable[[bytes, random.Random, bytes], bytes]
FILES: dict[str, tuple[typing.Any, Sequence[typing.Any], Change]] = {
    "Parquet by pandas": (pd.DataFrame, [FRAME, CSV_FRAME], of_bytes),
    "Parquet by pyarrow": (pa.Table, [pa.Table.from_pandas(FRAME), pa.table({"n": [[1], None]})], of_bytes),
    "Parquet by polars": (pl.DataFrame, [pl.DataFrame({"a": [1, 2], "b": ["x", None]})], of_bytes),
    "CSV by pandas": (typing.Annotated[pd.DataFrame, "csv"], [CSV_FRAME], of_text),
    "CSV by polars": (typing.Annotated[pl.DataFrame, "csv"], [pl.DataFrame({"a": [1, 2], "b": ["x", "z"]})], of_text),
    "record batches": (pa.RecordBatch, [pa.record_batch({"a": [1, 2, 3], "b": ["x", "y", None]})], of_bytes),
    ".npy": (np.ndarray, [np.arange(12).reshape(3, 4), np.array(["a", "bc"]), np.array(1.5)], of_header),
    ".npz": (np.ma.MaskedArray, [np.ma.MaskedArray([1, 2, 3], [True, False, False])], of_zip),
    "sparse .npz": (sparse.csr_matrix, [sparse.csr_matrix(np.eye(3)), sparse.csr_matrix((2, 2))], of_zip),
    "images": (Image.Image, [Image.new("RGB", (3, 2)), Image.new("F", (2, 2))], of_bytes),
}


def file_of(literal: bytes) -> Path:
    """The file, or the first file of the folder, that a literal names."""
    scalar = pb.Literal.FromString(literal).scalar
    path = Path(getattr(scalar, scalar.WhichOneof("value")).uri)
    return next(each for each in sorted(path.rglob("*")) if each.is_file()) if path.is_dir() else path


def of_file(folder: Path, engine: Engine, name: str) -> Reader:
    """The reader of one kind of file."""
    hint, values, change = FILES[name]
    codec = engine.codec(hint)
    made = [codec.encode(value) for value in values]
    corpus = [file_of(each).read_bytes() for each in made]
    if name == ".npy":
        corpus.append(archive_of_arrays())
    place = folder / f"file-{len(name)}-{name.split(maxsplit=1)[0].strip('.')}"
    literal = pb.Literal.FromString(made[0])
    getattr(literal.scalar, literal.scalar.WhichOneof("value")).uri = str(place)
    asked = literal.SerializeToString()

    def read(data: bytes, number: int) -> object:
        del number
        place.write_bytes(data)
        value = codec.decode(asked)
        assert name != ".npy" or isinstance(value, np.ndarray), type(value)
        return value

    return Reader(corpus, change, read)


def archive_of_arrays() -> bytes:
    """An `.npz`, which is no array."""
    out = io.BytesIO()
    np.savez(out, a=np.arange(3))
    return out.getvalue()


def much_of_nothing() -> bytes:
    """A bundle of code of 4 KB that unpacks to 4 MB."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        info = tarfile.TarInfo("zeros")
        info.size = 1 << 22
        archive.addfile(info, io.BytesIO(bytes(info.size)))
    return out.getvalue()


def zipped() -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"abc" * 20)
        archive.writestr("b/c", b"")
    return out.getvalue()


def database(folder: Path) -> bytes:
    """A database of SQLite."""
    path = folder / "made.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("create table t (x int, y text)")
        connection.executemany("insert into t values (?, ?)", [(n, "y" * n) for n in range(40)])
    return path.read_bytes()


def readers(folder: Path, engine: Engine) -> dict[str, Reader]:
    """All of them; files are below `folder`, and so are raw data."""
    (folder / "code").mkdir()
    (folder / "code" / "a.py").write_text("x = 1\n" * 50, encoding="ascii")
    (folder / "code" / "b.py").write_text("y = 2\n", encoding="ascii")
    code = Path(build_bundle("all", root=folder / "code", folder=folder / "code-made").tgz).read_bytes()
    asked = SQLite3Task(
        name="fuzzed_sqlite",
        query_template="select x, y from t",
        task_config=SQLite3Config(uri=str(folder / "fuzzed.sqlite")),
        output_schema_type=list[dict],
    )

    def query(data: bytes, number: int) -> object:
        del number
        (folder / "fuzzed.sqlite").write_bytes(data)
        return asked.execute()

    def unpack(read: Callable[[Path, Path], object]) -> Callable[[bytes, int], object]:
        def unpacked(data: bytes, number: int) -> object:
            del number
            (folder / "fuzzed.archive").write_bytes(data)
            with tempfile.TemporaryDirectory(prefix="unpacked", dir=folder) as target:
                return read(folder / "fuzzed.archive", Path(target))

        return unpacked

    with mock.patch.dict(os.environ, {"DRAWLOOM_HOME": str(folder / "home")}):
        made = {name: of_file(folder, engine, name) for name in FILES}
    return {
        **made,
        "databases": Reader([database(folder)], of_bytes, query),
        "zip archives": Reader(
            [zipped()], of_zip, unpack(lambda path, to: unpack_archive(path.read_bytes(), to, where="x"))
        ),
        "bundles of code": Reader([*[code] * 9, much_of_nothing()], of_archive, unpack(unpack_bundle)),
    }

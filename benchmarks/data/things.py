"""The files and frames that are moved: the same for every peer, and not to be compressed to nothing."""

import os
import pathlib
import random

from benchmarks.data import cases

BLOCK = 1 << 20


def make_file(path, size, seed):
    noise = random.Random(seed)
    with path.open("wb") as stream:
        left = size
        while left:
            left -= stream.write(noise.randbytes(min(BLOCK, left)))


def make_folder(folder, count, seed):
    """Files of `LITTLE` bytes, a hundred in a folder."""
    noise = random.Random(seed)
    for number in range(count):
        place = folder / f"part-{number // 100:03d}"
        if number % 100 == 0:
            place.mkdir(parents=True)
        (place / f"file-{number % 100:02d}").write_bytes(noise.randbytes(cases.LITTLE))


def check_file(path, size):
    found = pathlib.Path(path).stat().st_size
    assert found == size, f"{path} has {found} bytes, and not {size}"


def check_folder(folder, count):
    found = sum(len(names) for _, _, names in os.walk(folder))
    assert found == count, f"{folder} has {found} files, and not {count}"


def columns(rows, seed):
    """Four columns: whole numbers, fractions, short texts, and a count."""
    import numpy as np

    draw = np.random.default_rng(seed)
    words = np.array([f"word {number}" for number in range(500)], dtype=object)
    return {
        "number": draw.integers(0, 1_000, rows),
        "fraction": draw.random(rows),
        "word": words[draw.integers(0, 500, rows)],
        "count": np.arange(rows),
    }


def frame(library, rows, seed):
    made = columns(rows, seed)
    if library == "pandas":
        import pandas as pd

        return pd.DataFrame(made)
    if library == "polars":
        import polars as pl

        return pl.DataFrame({**made, "word": made["word"].tolist()})
    import pyarrow as pa

    return pa.table(made)

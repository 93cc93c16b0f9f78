"""Data: read the file, check each row, and put some rows aside."""

import csv
import random

from records import CsvFile, Split, Wine

from drawloom import task

MEASUREMENTS = [
    "alcohol", "malic acid", "ash", "alcalinity", "magnesium", "phenols", "flavanoids", "nonflavanoids", "proanthocyanins",
    "colour", "hue", "od280", "proline",
]  # fmt: skip


@task(retries=2)
def load(file: CsvFile) -> list[Wine]:
    """The rows of the file; a bad one is named by its line."""
    wines = []
    with file.open("r") as stream:
        rows = csv.reader(stream)
        promised = int(next(rows)[0])
        for line, row in enumerate(rows, start=2):
            if len(row) != len(MEASUREMENTS) + 1:
                raise ValueError(f"line {line}: {len(row)} fields, expected {len(MEASUREMENTS) + 1}")
            *values, grower = row
            wines.append(Wine([float(value) for value in values], int(grower)))
    if len(wines) != promised:
        raise ValueError(f"{len(wines)} rows, and the first line promises {promised}")
    return wines


@task
def split(wines: list[Wine], share: float, seed: int) -> Split:
    """Shuffle so that it can be done again, and cut in two."""
    shuffled = sorted(wines, key=lambda wine: (wine.grower, wine.measurements))
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - an experiment, not a secret
    cut = round(len(shuffled) * (1 - share))
    return Split(shuffled[:cut], shuffled[cut:])

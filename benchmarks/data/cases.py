"""What is moved, how big it is, and what each figure is held to. Every Python of a peer reads this file."""

import dataclasses

BUCKET = "bucket"
KEY, SECRET = "key-of-the-benchmark", "secret-of-the-benchmark"
FULL = {"file": 1 << 30, "folder": 10_000, "rows": 5_000_000}
SMALL = {"file": 64 << 20, "folder": 200, "rows": 200_000}
"""Bytes of the file, files of the folder, rows of the frame."""
FEW, MANY = 10, 60
LATENCY = {"many": 0.1, "few": 0.5}
"""Seconds that the proxy waits before each request of these cases."""
LITTLE = 1_000
"""Bytes of each file of a folder and of a list."""
BAR = 1.15
"""At most so many times what plain obstore takes for bytes, and a library for frames."""
MEMORY = 64.0
"""Mebibytes, at most, that moving a file adds to a process, whatever the file's size."""


@dataclasses.dataclass(frozen=True)
class Case:
    """One figure.

    Attributes: `does` (for people), `yardstick` (the peer that stands for what can be had at best), `peers` (who else can do it).
    """

    does: str
    yardstick: str
    peers: tuple = ("flytekit", "flyte")

    @property
    def everybody(self):
        return ("drawloom", *self.peers, self.yardstick)


CASES = {
    "file/put": Case("a file to the store", "obstore"),
    "file/get": Case("a file from the store", "obstore"),
    "folder/put": Case("a folder of many files to the store", "obstore"),
    "folder/get": Case("a folder of many files from the store", "obstore"),
    "many/put": Case(f"a list of {MANY} small files to a store with {LATENCY['many']} s latency", "obstore"),
    "many/get": Case(f"a folder of {MANY} small files from a store with {LATENCY['many']} s latency", "obstore"),
    "few/get": Case(f"{FEW} gathered downloads from a store with {LATENCY['few']} s latency", "obstore"),
    "pandas/write": Case("a pandas frame to a local file", "pandas"),
    "pandas/read": Case("a pandas frame from a local file", "pandas"),
    "pandas/column": Case("one of four columns, by pandas", "pandas"),
    "arrow/write": Case("an Arrow table to a local file", "arrow"),
    "arrow/read": Case("an Arrow table from a local file", "arrow"),
    "polars/write": Case("a polars frame to a local file", "polars", ()),
    "polars/read": Case("a polars frame from a local file", "polars", ()),
    "polars/column": Case("one of four columns, by polars", "polars", ()),
}
LIBRARIES = ("pandas", "arrow", "polars")


def of_bytes(name):
    """Whether a case moves bytes to or from the store."""
    return CASES[name].yardstick == "obstore"

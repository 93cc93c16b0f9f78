"""Cross-reading of files, folders and frames: `python data.py SIDE write|read FOLDER`, run by drawloom's Python and by each peer's.

SIDE is `flytekit`, `flyte2`, or either with `drawloom-` before it. Each case's literal is a file in the folder, its data lie below it; what
is read is told as plain values and held against what was written. Both Pythons run this file, so it imports nothing of ours at its top.
"""

import asyncio
import dataclasses
import pathlib
import subprocess
import sys
import typing

TEXTS = {"a.txt": "one\n", "in/b.txt": "zwei ümlaut\n"}
ROWS = {"number": [1, 2, 3], "word": ["x", "y", "zz"], "fraction": [0.5, -1.0, 2.25]}


class Side:
    """One library's names, and how it makes literals and reads them."""

    def __init__(self, name, folder):
        self.name, self.folder = name, folder
        self.is_v1, self.is_ours = name.endswith("flytekit"), name.startswith("drawloom")
        (V1 if self.is_v1 else V2).names(self)

    def encode(self, hint, value):
        return (OURS if self.is_ours else V1 if self.is_v1 else V2).encode(self, hint, value)

    def decode(self, hint, data):
        return (OURS if self.is_ours else V1 if self.is_v1 else V2).decode(self, hint, data)

    def given(self, path):
        """A file that a task gives."""
        if self.is_v1:
            return self.file(str(path)) if self.is_ours else self.file(str(path), remote_path=self.fresh(path.name))
        return self.file.from_local_sync(str(path), *([] if self.is_ours else [self.fresh(path.name)]))

    def given_folder(self, path):
        if self.is_v1:
            more = {} if self.is_ours else {"remote_directory": self.fresh("folder")}
            return self.dir(str(path), **more)
        return self.dir.from_local_sync(str(path), *([] if self.is_ours else [self.fresh("folder")]))

    def fresh(self, name):
        self.count = getattr(self, "count", 0) + 1
        made = self.folder / "raw" / str(self.count)
        made.mkdir(parents=True, exist_ok=True)
        return str(made / name)

    def text(self, file):
        return pathlib.Path(file if self.is_v1 else file.download_sync()).read_text(encoding="utf-8")

    def texts(self, folder):
        root = pathlib.Path(folder if self.is_v1 else folder.download_sync())
        files = sorted(path for path in root.rglob("*") if path.is_file())
        return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in files}


class OURS:
    @staticmethod
    def codec(side, hint):
        from typeengine import Engine

        return Engine().clone(dialect="v1" if side.is_v1 else "v2").codec(hint)

    @staticmethod
    def within(side):
        from drawloom.context import FileAccessProvider, FlyteContextManager

        access = FileAccessProvider(str(side.folder / "sandbox"), str(side.folder / "raw"))
        return FlyteContextManager.with_context(FlyteContextManager.current_context().with_file_access(access))

    @staticmethod
    def encode(side, hint, value):
        with OURS.within(side):
            return OURS.codec(side, hint).encode(value)

    @staticmethod
    def decode(side, hint, data):
        with OURS.within(side):
            return OURS.codec(side, hint).decode(data)


class V1:
    @staticmethod
    def names(side):
        if side.is_ours:
            import drawloom as library
            from typeengine import StructuredDataset
        else:
            import flytekit as library
            from flytekit.types.structured.structured_dataset import StructuredDataset
        side.file, side.dir, side.kwtypes, side.dataset = (
            library.FlyteFile, library.FlyteDirectory, library.kwtypes, StructuredDataset,
        )  # fmt: skip

    @staticmethod
    def context(side):
        from flytekit.core.context_manager import FlyteContextManager
        from flytekit.core.data_persistence import FileAccessProvider

        access = FileAccessProvider(str(side.folder / "sandbox"), str(side.folder / "raw"))
        return FlyteContextManager.with_context(FlyteContextManager.current_context().with_file_access(access))

    @staticmethod
    def encode(side, hint, value):
        from flytekit.core.type_engine import TypeEngine

        with V1.context(side) as context:
            literal = TypeEngine.to_literal(context, value, hint, TypeEngine.to_literal_type(hint))
        return literal.to_flyte_idl().SerializeToString()

    @staticmethod
    def decode(side, hint, data):
        from flyteidl.core.literals_pb2 import Literal
        from flytekit.core.type_engine import TypeEngine
        from flytekit.models.literals import Literal as Model

        with V1.context(side) as context:
            return TypeEngine.to_python_value(context, Model.from_flyte_idl(Literal.FromString(data)), hint)


class V2:
    @staticmethod
    def names(side):
        if side.is_ours:
            from drawloom.io import DataFrame, Dir, File
        else:
            import flyte
            from flyte.io import DataFrame, Dir, File

            flyte.init()
        side.file, side.dir, side.dataset = File, Dir, DataFrame

        def kwtypes(**columns):
            from collections import OrderedDict

            return OrderedDict(columns)

        side.kwtypes = kwtypes

    @staticmethod
    def run(side, make):
        from flyte._context import internal_ctx
        from flyte.models import RawDataPath

        async def within():
            with internal_ctx().new_raw_data_path(RawDataPath(path=str(side.folder / "raw"))):
                return await make()

        return asyncio.run(within())

    @staticmethod
    def encode(side, hint, value):
        from flyte.types import TypeEngine

        literal = V2.run(side, lambda: TypeEngine.to_literal(value, hint, TypeEngine.to_literal_type(hint)))
        return literal.SerializeToString()

    @staticmethod
    def decode(side, hint, data):
        from flyte.types import TypeEngine
        from flyteidl2.core.literals_pb2 import Literal

        return V2.run(side, lambda: TypeEngine.to_python_value(Literal.FromString(data), hint))


def sources(folder):
    """The files and the folder that are given."""
    root = folder / "given"
    for name, text in TEXTS.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def cases(side, root):
    """[(name, hint, value, told): `told` gives plain values of what was read]."""
    import pandas as pd
    import pyarrow as pa

    frame, table = pd.DataFrame(ROWS), pa.table(ROWS)
    one, two = root / "a.txt", root / "in" / "b.txt"
    record = dataclasses.make_dataclass("Record", [("f", side.file), ("n", int)])
    record.__module__ = __name__
    globals()["Record"] = record
    columns = side.kwtypes(number=int)
    rows = [
        ("file", side.file, side.given(one), side.text),
        ("other file", side.file, side.given(two), side.text),
        ("folder", side.dir, side.given_folder(root), side.texts),
        ("list of files", list[side.file], [side.given(one), side.given(two)], lambda v: [side.text(f) for f in v]),
        (
            "dict of files",
            dict[str, side.file],
            {"k": side.given(two)},
            lambda v: {k: side.text(f) for k, f in v.items()},
        ),
        ("optional file", typing.Optional[side.file], side.given(one), side.text),  # noqa: UP045 - a union for both peers
        ("no file", typing.Optional[side.file], None, lambda v: v),  # noqa: UP045 - same
        ("record", record, record(f=side.given(one), n=3), lambda v: (side.text(v.f), v.n)),
        ("pandas", pd.DataFrame, frame, lambda v: v.to_dict("list")),
        ("one column", typing.Annotated[pd.DataFrame, columns], frame, lambda v: v[["number"]].to_dict("list")),
        ("arrow", pa.Table, table, lambda v: v.to_pydict()),
        ("list of frames", list[pd.DataFrame], [frame, frame[:1]], lambda v: [each.to_dict("list") for each in v]),
    ]
    if side.is_v1:
        csv = typing.Annotated[side.dataset, "csv"]
        rows += [
            ("format", side.file["txt"], side.file["txt"](side.given(one).path), side.text),
            (
                "dataset",
                side.dataset,
                side.dataset(dataframe=frame),
                lambda v: v.open(pd.DataFrame).all().to_dict("list"),
            ),
            ("csv", csv, side.dataset(dataframe=frame), lambda v: v.open(pd.DataFrame).all().to_dict("list")),
        ]
    return rows


def write(side):
    root = sources(side.folder)
    for name, hint, value, _ in cases(side, root):
        (side.folder / f"{name}.pb").write_bytes(side.encode(hint, value))


def read(side, where):
    """How many cases are not read as they were written; each is named."""
    expected = {
        "file": TEXTS["a.txt"], "other file": TEXTS["in/b.txt"], "folder": TEXTS, "list of files": [*TEXTS.values()],
        "dict of files": {"k": TEXTS["in/b.txt"]}, "optional file": TEXTS["a.txt"], "no file": None,
        "record": (TEXTS["a.txt"], 3), "pandas": ROWS, "one column": {"number": ROWS["number"]}, "arrow": ROWS,
        "list of frames": [ROWS, {name: cells[:1] for name, cells in ROWS.items()}], "format": TEXTS["a.txt"],
        "dataset": ROWS, "csv": ROWS,
    }  # fmt: skip
    wrong = 0
    found = cases(side, sources(side.folder))
    for name, hint, _, told in found:
        try:
            got = told(side.decode(hint, (where / f"{name}.pb").read_bytes()))
        except Exception as error:  # noqa: BLE001 - whatever a peer raises is a difference
            got = error
        if got != expected[name]:
            wrong += 1
            print(f"  {name}: {side.name} read {got!r:.300}")
    print(f"  {side.name} reads {len(found) - wrong} of {len(found)} files, folders and frames")
    return wrong


def run(peer, python, ours, folder):
    """Whether drawloom and a peer read each other's. `python`: the peer's, `ours`: (Python, environment) of drawloom's."""
    good = True
    for writer, reader in ((f"drawloom-{peer}", peer), (peer, f"drawloom-{peer}")):
        place = pathlib.Path(folder) / f"{writer} to {reader}"
        place.mkdir()
        for side, verb in ((writer, "write"), (reader, "read")):
            program, around = ours if side.startswith("drawloom") else (python, None)
            done = subprocess.run([program, __file__, side, verb, str(place)], env=around, check=False)
            good = good and done.returncode == 0
    return good


if __name__ == "__main__":
    name, verb, place = sys.argv[1:]
    if verb == "write":
        write(Side(name, pathlib.Path(place)))
    else:
        reading = pathlib.Path(place) / "reading"
        reading.mkdir(exist_ok=True)
        sys.exit(1 if read(Side(name, reading), pathlib.Path(place)) else 0)

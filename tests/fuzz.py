"""Structure-aware fuzzers for all that drawloom reads: `python tests/fuzz.py [--seconds N] [--count N] [--seed N] [READER ...]`.

Each reader has a corpus of what its writer writes. An input is one of these changed where its form has joints: a field of a message
dropped, doubled, emptied, taken from another message or nested, a number made extreme, a leaf of msgpack replaced, lines and words
of a text exchanged; or just bytes flipped, cut and put in. Whatever comes, a reader gives a value or an error of drawloom's, within
a second, and takes at most 50 times the memory of its input. Literals are read three ways, by the fast way, the walk, and reserialized
first, and all have to say the same. Prints a row for each reader; an input that breaks a promise is printed and kept in `build/fuzz`.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import hashlib
import io
import json
import os
import random
import sys
import tarfile
import tempfile
import time
import tracemalloc
import typing
import uuid
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]


import fuzz_files
from compiler import compile_bundle
from drawloom import task, workflow
from drawloom.cli.inputs.typed_text import read_tree
from drawloom.context import unpack_archive
from drawloom.context.checkpoint import unpacked
from drawloom.interpreter import RunOptions, SqliteCache, load, read_run, run
from drawloom.interpreter.program.bindings import follow, split_collection
from drawloom.interpreter.program.dynamic_job import DynamicJob
from drawloom.interpreter.record.journal import JOURNAL
from drawloom.interpreter.tasks.documents import read_document
from drawloom.interpreter.tasks.literal_text import literal_from_text
from drawloom.local.config import read_config
from fuzz_changes import Reader, of_archive, of_bytes, of_journal, of_message, of_msgpack, of_text
from literals import DrawloomError, canonical_bytes, pack_map, parse, pb, short_maps, unpack_map, wire
from typeengine import Engine
from typeengine.json.literals_from_json import json_text_to_literal

ENGINE = Engine()
SECOND = 1.0
"""Seconds that one input may take."""
MEMORY, BASE = 50, 1 << 20
"""Times the input that reading may take, besides what any reading takes."""
LOOKED_AT = 50
"""Each so manieth input is read once more under `tracemalloc`, which makes reading several times slower."""
FITTING = 0.8
"""Share of the inputs that are read as what they were made from."""


class Color(enum.Enum):
    """An enum."""

    RED = "red"
    BLUE = "blue"


@dataclasses.dataclass
class Inner:
    """A record."""

    a: int
    b: str | None = None


@dataclasses.dataclass
class Outer:
    """A record of records."""

    items: list[Inner]
    sizes: dict[str, int]
    either: int | str = 0
    rest: Outer | Inner | None = None


@dataclasses.dataclass
class Kinds:
    """A record with fields whose conversion is chosen by their classes."""

    color: Color
    inner: Inner | None
    pair: tuple[int, Inner]
    id: uuid.UUID
    mode: typing.Literal["r", "w"] = "r"


def chain(depth: int) -> Outer:
    """A record in a record in a record; each could be of either class."""
    return Outer([], {}, depth, chain(depth - 1) if depth else None)


VALUES: list[tuple[typing.Any, typing.Any]] = [
    (int, -3), (float, 2.5), (str, "aé"), (bool, True), (bytes, b"xy"), (dt.datetime, dt.datetime(2024, 1, 2, 3)),  # noqa: DTZ001 - a naive one
    (dt.timedelta, dt.timedelta(1, 2, 3)), (dt.date, dt.date(2024, 1, 2)), (decimal.Decimal, decimal.Decimal("1.5")),
    (fractions.Fraction, fractions.Fraction(1, 3)), (uuid.UUID, uuid.UUID(int=5)), (Color, Color.RED), (dict, {"a": [1, None]}),
    (list, [1, "a"]), (list[int], [1, 2, 3]), (list[str], ["a", "", "ccc"]), (list[bool], [True, False]),
    (list[float], [1.0, -0.5]), (list[dt.timedelta], [dt.timedelta(1)]), (list[list[int]], [[1], []]),
    (dict[str, int], {"a": 1, "b": 2}), (dict[str, list[str]], {"a": ["x"]}), (dict[int, str], {1: "a"}),
    (int | str | None, "x"), (list[int | None], [1, None]), (tuple[int, str], (1, "a")), (set[int], {1, 2}), (Inner, Inner(1, "b")),
    (Outer, Outer([Inner(1)], {"a": 2}, "x", Outer([], {}, 1, Inner(2)))), (list[Inner], [Inner(1), Inner(2, "b")]),
    (typing.Literal[1, "a"], "a"), (Outer, chain(17)), (dt.datetime, dt.datetime(2024, 1, 2, 3, 4, 5, 6)),  # noqa: DTZ001 - a naive one
    (Kinds, Kinds(Color.RED, Inner(1), (2, Inner(3)), uuid.UUID(int=5))),
    (list[Kinds], [Kinds(Color.RED, None, (2, Inner(3)), uuid.UUID(int=5)), Kinds(Color.BLUE, Inner(1), (2, Inner(3)), uuid.UUID(int=5), "w")]),
    (list[dt.datetime], [dt.datetime(2024, 1, 2, 3, 4, 5, 6)] * 2), (list[fractions.Fraction], [fractions.Fraction(1, 3)]),  # noqa: DTZ001 - naive ones
]  # fmt: skip
CODECS = [ENGINE.codec(hint) for hint, _ in VALUES]
LITERALS = [codec.encode(value) for codec, (_, value) in zip(CODECS, VALUES, strict=True)]


@task
def inc(n: int) -> int:
    """One more."""
    return n + 1


@task
def big(n: int) -> str:
    """A long text."""
    return "x" * n


@workflow
def wf(n: int = 1) -> str:
    """Both."""
    return big(n=inc(n=n))


# -- readers


def three_ways(data: bytes, number: int) -> None:
    """Read a literal by the fast way, the walk, and reserialized first; all have to say the same."""
    codec = CODECS[number % len(CODECS)]

    def told(call: typing.Callable[[], object]) -> tuple[str, str]:
        try:
            return "value", in_order(call())
        except DrawloomError:
            return "error", ""

    if said_twice(data, pb.Literal.DESCRIPTOR, PAIRS if len(data) > short_maps.LONGEST else PAIRS - {"LiteralsEntry"}):
        return  # the exception to the law, see docs/decisions/0001-a-literal-is-its-bytes.md
    fast = told(lambda: codec.decode(data))
    walked = told(lambda: codec.read(parse(pb.Literal, data)))
    assert fast == walked, f"{VALUES[number % len(CODECS)][0]}: the fast way says {fast}, the walk {walked}"
    try:
        again = parse(pb.Literal, data).SerializeToString(deterministic=True)
    except DrawloomError:
        again = data
    reserialized = told(lambda: codec.decode(again))
    assert fast == reserialized, f"{VALUES[number % len(CODECS)][0]}: {fast}, reserialized {reserialized}"
    if fast[0] == "error":
        raise DrawloomError("refused three times")


PAIRS = {"LiteralsEntry", "Union", "Binary"}
"""Messages whose two fields are read as two columns; entries of short maps are not."""


def said_twice(data: bytes, message: typing.Any, pairs: set[str]) -> bool:
    """Whether one entry of a map, union or body has one of its fields twice, at any depth: how such are paired is not promised."""
    try:
        fields = list(wire.fields(data))
    except DrawloomError:
        return False
    numbers = [number for number, _, _, _ in fields if number in message.fields_by_number]
    if message.name in pairs and len(set(numbers)) < len(numbers):
        return True
    return any(
        said_twice(data[start:end], message.fields_by_number[number].message_type, pairs)
        for number, kind, start, end in fields
        if kind == wire.LENGTH and number in numbers and message.fields_by_number[number].message_type is not None
    )


def in_order(value: object) -> str:
    """A text of a value; the entries of a message's map have no order, so those of dicts have none here."""
    if isinstance(value, dict):
        return f"{{{', '.join(sorted(f'{key!r}: {in_order(each)}' for key, each in value.items()))}}}"
    depth = 0
    while isinstance(value, list) and len(value) == 1:  # lists in lists in lists
        depth, value = depth + 1, value[0]
    if depth:
        return f"{'[' * depth}{in_order(value)}{']' * depth}"
    if isinstance(value, list):
        return f"[{', '.join(map(in_order, value))}]"
    return repr(value)


def archived(names: typing.Sequence[str], kind: str = "w:gz") -> bytes:
    """An archive."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=kind) as archive:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = 3
            archive.addfile(info, io.BytesIO(b"abc"))
    return out.getvalue()


KINDS = [codec.literal_type for codec in CODECS]
TEXTS = [
    b"1",
    b"2.5",
    b"true",
    b"2024-01-02T03:00:00Z",
    b"PT5S",
    b'{"a": [1, null]}',
    b'["a", "b"]',
    b"red",
    b"null",
    b"9" * 40,
]
CONFIG = [
    b"task:\n  project: p\n  domain: d\nlocal:\n  persistence: true\n", b"image:\n  builder: local\n# a comment\n",
    b"admin:\n  endpoint: dns:///x.example\n  insecure: true\n", b"a: [1, 2]\nb: {c: d}\n",
]  # fmt: skip


def readers(folder: Path) -> dict[str, Reader]:
    """All readers; files are below `folder`."""
    bundle = compile_bundle([wf])
    specs = [data for _, _, data in bundle.written]
    record = folder / "record"
    options = RunOptions(run_dir=record, name="fuzzed", cache=SqliteCache(folder / "cache.db"))
    run(bundle.data, {"n": 5}, entity=wf.name, entities=bundle.entities, options=options)
    files = {each.name: each.read_bytes() for each in record.iterdir() if each.is_file()}
    store = SqliteCache(folder / "one.db")
    store.put("k", pack_map({"o0": LITERALS[0]}), "inc")
    store.close()
    database = (folder / "one.db").read_bytes()
    job = DynamicJob(pb.DynamicJobSpec(nodes=[pb.Node(id="n0")], tasks=[bundle.bundle.workflows[0].tasks[0].template]))
    failed = pb.ErrorDocument(error=pb.ContainerError(code="USER", message="no", kind=pb.ContainerError.RECOVERABLE))

    def at(name: str, call: typing.Callable[[Path], object]) -> typing.Callable[[bytes, int], object]:
        def read(data: bytes, number: int) -> object:
            del number
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
            return call(path)

        return read

    def recorded(name: str) -> typing.Callable[[bytes, int], object]:
        def read(data: bytes, number: int) -> object:
            del number
            for each, content in files.items():
                (record / each).write_bytes(content)
            (record / name).write_bytes(data)
            return read_run(record)

        return read

    def cached(path: Path) -> object:
        for each in folder.glob("fuzzed.db*"):
            if each != path and each.is_file():
                each.unlink()
        store = SqliteCache(path)
        try:
            return store.entries(), store.verify(), store.get("k"), store.clear()
        finally:
            store.close()

    def fresh(name: str, call: typing.Callable[[bytes, Path], object]) -> typing.Callable[[bytes, int], object]:
        def read(data: bytes, number: int) -> object:
            del number
            with tempfile.TemporaryDirectory(prefix=name, dir=folder) as target:
                return call(data, Path(target))

        return read

    def document(name: str) -> typing.Callable[[bytes, int], object]:
        return at(f"document-{name}/{name}", lambda path: read_document(path.parent, "t"))

    return {
        "literals": Reader(LITERALS, of_message, three_ways),
        "maps of literals": Reader([pack_map({"a": LITERALS[0], "b": LITERALS[1]})], of_message, lambda d, _: unpack_map(d)),
        "elements of lists": Reader(LITERALS, of_message, lambda d, _: split_collection(d)),
        "attributes of literals": Reader(LITERALS, of_message, lambda d, n: follow(d, [("a", 0, "items")[n % 3]], "o0", "x")),
        "JSON of literals": Reader(TEXTS, of_text, lambda d, n: json_text_to_literal(d.decode("utf-8", "replace"), KINDS[n % len(KINDS)])),
        "texts of literals": Reader(TEXTS, of_text, lambda d, n: literal_from_text(d.decode("utf-8", "replace"), KINDS[n % len(KINDS)], "x")),
        "bundles": Reader([bundle.data], of_message, lambda d, _: load(d)),
        "specifications": Reader(specs, of_message, at("specs/00_wf_2.pb", lambda path: load(path.parent))),
        "archives of specifications": Reader([archived(["00_wf_2.pb"])], of_archive, at("specs.tgz", load)),
        "dynamic jobs": Reader([job.pack()], of_msgpack, lambda d, _: DynamicJob.unpack(d)),
        "outputs.pb": Reader([pack_map({"o0": LITERALS[0]})], of_message, document("outputs.pb")),
        "futures.pb": Reader([canonical_bytes(job.spec)], of_message, document("futures.pb")),
        "error.pb": Reader([canonical_bytes(failed)], of_message, document("error.pb")),
        "run.json": Reader([files["run.json"]], of_text, recorded("run.json")),
        "inputs.pb": Reader([files["inputs.pb"]], of_message, recorded("inputs.pb")),
        "bundle.pb": Reader([files["bundle.pb"]], of_message, recorded("bundle.pb")),
        "journals": Reader([files[JOURNAL]], of_journal, recorded(JOURNAL)),
        "caches": Reader([database], of_bytes, at("fuzzed.db", cached)),
        "checkpoints": Reader(
            [archived(["a", "b/c"], "w"), hashlib.sha256(b"x").digest() + b"x"], of_archive, fresh("point", lambda d, to: unpacked(d, to, "x"))
        ),
        **fuzz_files.readers(folder, ENGINE),
        "archives": Reader([archived(["a", "b/c"])], of_archive, fresh("archive", lambda d, to: unpack_archive(d, to, where="x"))),
        "configuration": Reader(CONFIG, of_text, at("config.yaml", read_config)),
        "inputs of the command line": Reader(
            [json.dumps({"a": [1, None, "x"]}).encode(), *CONFIG], of_text, lambda d, n: read_tree(d.decode("utf-8", "replace"), ("x", "x.yaml")[n % 2])
        ),
    }  # fmt: skip


def tried(reader: Reader, data: bytes, number: int, traced: bool = False) -> str:  # noqa: FBT001, FBT002 - one caller
    """What became of an input: `value`, `refused`, or the promise that it broke."""
    if traced:
        tracemalloc.start()
    start = time.process_time()
    try:
        reader.read(data, number)
        found = "value"
    except DrawloomError as error:
        str(error)
        found = "refused"
    except Exception as error:  # noqa: BLE001 - looking for these is what the fuzzer does
        found = f"foreign: {type(error).__name__}: {str(error)[:200]}"
    took = time.process_time() - start
    if traced:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        if peak > BASE + MEMORY * len(data):
            return f"memory: {peak:,} bytes for {len(data):,}"
    elif took > SECOND:
        return f"slow: {took:.1f} s for {len(data):,} bytes"
    return found


def fuzz(
    reader: Reader, seed: str, *, count: int = 0, seconds: float = 0.0, first: bool = False
) -> tuple[Counter[str], dict[str, bytes]]:
    """So many inputs, or for so long, or to the `first` broken promise; counts by what became of them, and an input for each."""
    chance = random.Random(seed)  # noqa: S311 - a seeded one is wanted
    counts: Counter[str] = Counter()
    broken: dict[str, bytes] = {}
    until = time.monotonic() + seconds
    number = 0
    while number < count or time.monotonic() < until:
        number += 1
        place = chance.randrange(len(reader.corpus))
        data = reader.corpus[place]
        for _ in range(chance.choice([0, 1, 1, 1, 2, 4])):
            data = reader.change(data, chance, chance.choice(reader.corpus))
        found = tried(
            reader, data, place if chance.random() < FITTING else chance.randrange(1000), number % LOOKED_AT == 0
        )
        kind = found.partition(":")[0]
        counts[kind] += 1
        if kind not in {"value", "refused"}:
            broken.setdefault(" ".join(found.split()[:4]), data)
            if first:
                break
    return counts, broken


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("readers", nargs="*", help="only these")
    parser.add_argument("--seconds", type=float, default=0.0, help="for each reader")
    parser.add_argument("--count", type=int, default=0, help="inputs of each reader")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--first", action="store_true", help="of each reader only to the first broken promise")
    given = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        found = readers(Path(folder))
        print(f"{'reader':28} {'inputs':>9} {'values':>9} {'refused':>9} {'foreign':>8} {'slow':>5} {'memory':>7}")
        for name in given.readers or found:
            counts, broken = fuzz(
                found[name], f"{given.seed} {name}", count=given.count, seconds=given.seconds, first=given.first
            )
            shown = (
                counts.total(),
                counts["value"],
                counts["refused"],
                counts["foreign"],
                counts["slow"],
                counts["memory"],
            )
            print("{:28} {:9,} {:9,} {:9,} {:8,} {:5,} {:7,}".format(name, *shown), flush=True)
            wrong += len(broken)
            for what, data in broken.items():
                kept = HERE.parent / "build" / "fuzz" / hashlib.sha256(data).hexdigest()[:16]
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.write_bytes(data)
                print(f"    {what}\n    {os.path.relpath(kept)}: {data[:120]!r}")
    print(f"promises broken: {wrong}")
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())

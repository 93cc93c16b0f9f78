"""What is converted: name, class of the case, type, value. Values are drawn from a seed, the same for every peer.

Inputs have what real ones have: ints of several digits and negative ones, texts over 128 characters and beyond ASCII,
bodies over 128 bytes, lists of none to ten elements. The `drawn` cases are new for each seed. A case whose type is a dict of
types is the interface of a task: a `LiteralMap` of its inputs.
"""

import dataclasses
import datetime as dt
import functools
import random
import typing

from benchmarks import model


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    kind: str
    type: typing.Any
    value: typing.Any
    large: bool = False
    """Takes seconds in a peer, which therefore gets it in one round only."""


WORDS = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "omicron",
    "pi",
    "rho",
    "sigma",
    "tau",
]
INPUTS = 40
MISSING = 0.3
UTC = dt.timezone.utc


def job(r: random.Random) -> model.Job:
    point = model.Point(x=r.randrange(-(10**6), 10**6), y=r.random() * 100, name=r.choice(WORDS))
    tags = r.choices(WORDS, k=4)
    limits = {f"{r.choice(WORDS)}{i}": r.randrange(10**5) for i in range(4)}
    return model.Job(r.randrange(10**9), " ".join(r.choices(WORDS, k=8)), r.random(), tags, limits, point)


def row(r: random.Random) -> model.Row:
    return {"id": 48_213, "title": " ".join(r.choices(WORDS, k=12)), "score": 2.5, "tags": r.choices(WORDS, k=5)}


def interface(r: random.Random) -> tuple[dict[str, typing.Any], dict[str, typing.Any]]:
    """The inputs of a task with forty of them: types and values by name."""
    kinds = [
        (int, lambda: r.randrange(-(10**9), 10**9)),
        (str, lambda: uri(r, r.randrange(1, 200))),
        (float, r.random),
        (bool, lambda: r.random() > MISSING),
        (list[int], lambda: [r.randrange(10**6) for _ in range(r.randrange(10))]),
        (typing.Optional[str], lambda: None if r.random() < MISSING else "set"),  # noqa: UP045 - as users of the peers write
        (dict[str, float], lambda: {w: r.random() for w in WORDS[:5]}),
        (model.Point, lambda: model.Point(r.randrange(10**5), r.random(), r.choice(WORDS))),
    ]
    types = {f"input_{i}": kinds[i % len(kinds)][0] for i in range(INPUTS)}
    return types, {name: kinds[i % len(kinds)][1]() for i, name in enumerate(types)}


def uri(r: random.Random, size: int) -> str:
    return ("s3://bucket/" + "/".join(r.choices(WORDS, k=size)))[:size]


def single(r: random.Random) -> list[Case]:
    text = " ".join(r.choices(WORDS, k=700))[:3000]
    moment = dt.datetime(2031, 5, 17, 3, 4, 5, 678901, tzinfo=UTC)
    optional, union = typing.Optional[str], typing.Union[int, str, float]  # noqa: UP007, UP045 - as users of the peers write
    return [
        Case("bool", "bool", bool, value=False),
        Case("enum", "bool", model.Colour, model.Colour.GREEN),
        Case("int_2digit", "int", int, 42),
        Case("int_5digit", "int", int, 48_213),
        Case("int_12digit", "int", int, 738_201_556_012),
        Case("int_negative", "int", int, -918_273),
        Case("float", "float", float, 3.141592653589793),
        Case("str_12", "str", str, "hello, world"),
        Case("str_uri_90", "str", str, uri(r, 90)),
        Case("str_200", "str", str, text[:200]),
        Case("str_3000", "str long", str, text),
        Case("str_cjk", "str", str, "工作流程類型" * 6),
        Case("datetime", "datetime", dt.datetime, moment),
        Case("timedelta", "datetime", dt.timedelta, dt.timedelta(days=3, seconds=4, microseconds=5)),
        Case("optional_str", "union", optional, "set to something"),
        Case("optional_none", "union", optional, None),
        Case("optional_int", "union", typing.Optional[int], 90_210),  # noqa: UP045 - as above
        Case("union_float", "union", union, 2.5),
        Case("dataclass_small", "dataclass", model.Point, model.Point(x=48_213, y=2.5, name="somewhere")),
        Case("dataclass", "dataclass", model.Job, job(r)),
        Case("dataclass_nested_100", "dataclass", model.Batch, model.Batch([job(r) for _ in range(100)], text[:150])),
        Case("typeddict", "typeddict", model.Row, row(r)),
        Case("interface_40", "interface", *interface(r)),
        Case("dict_untyped", "untyped", dict, {"a": [1, 2.5, {"b": "c"}], "n": None, "k": {w: len(w) for w in WORDS}}),
    ]


def several(r: random.Random) -> list[Case]:
    ints, floats, texts = list[int], list[float], list[str]
    ids = [r.randrange(10**6) for _ in range(100_000)]
    wide = [r.randrange(-(2**40), 2**40) for _ in range(100_000)]
    numbers = [r.gauss(0, 1) for _ in range(100_000)]
    words = [f"{r.choice(WORDS)}-{i}" for i in range(100_000)]
    grid = [[r.random() for _ in range(30)] for _ in range(60)]
    squares = [[r.randrange(10**4) for _ in range(100)] for _ in range(100)]
    keyed = {w: ids[i] for i, w in enumerate(words)}
    some = {w: keyed[w] for w in words[:1000]}
    maybe = [None if r.random() < MISSING else r.random() for _ in range(1000)]
    gaps = [None if r.random() < MISSING else value for value in ids]
    points = [model.Point(ids[i], numbers[i], words[i]) for i in range(100_000)]
    return [
        Case("list_int_0", "short", ints, []),
        Case("list_int_5", "short", ints, [1, 200, 48_213, -7, 10**9]),
        Case("list_str_4", "short", texts, ["a", "beta", "a longer text than the rest", "δ"]),
        Case("list_float_10", "short", floats, numbers[:10]),
        Case("dict_int_6", "short", dict[str, int], {w: len(w) * 1000 for w in WORDS[:6]}),
        Case("list_int_1k", "list int", ints, ids[:1000]),
        Case("list_int_2k_wide", "list int", ints, wide[:2000]),
        Case("list_float_2k", "list float", floats, numbers[:2000]),
        Case("list_bool_2k", "list float", list[bool], [n > 0 for n in numbers[:2000]]),
        Case("list_str_2k_words", "list str", texts, words[:2000]),
        Case("list_str_2k_uris", "list str", texts, [uri(r, 150) for _ in range(2000)]),
        Case("list_optional_float_1k", "list optional", list[typing.Optional[float]], maybe),  # noqa: UP045 - as above
        Case("dict_int_1k", "dict", dict[str, int], some),
        Case("dict_str_700", "dict", dict[str, str], {w: w * 2 for w in words[:700]}),
        Case("list_list_float_60x30", "nested", list[floats], grid),
        Case("list_list_int_100x100", "nested", list[ints], squares),
        Case("dict_list_str_50x12", "nested", dict[str, texts], {w: r.choices(WORDS, k=12) for w in words[:50]}),
        Case("list_dataclass_150", "dataclass", list[model.Job], [job(r) for _ in range(150)]),
        Case("list_dataclass_1k", "dataclass", list[model.Point], points[:1000]),
        Case("list_int_100k", "list int", ints, ids, large=True),
        Case("list_bigint_100k", "list int", ints, wide, large=True),
        Case("list_float_100k", "list float", floats, numbers, large=True),
        Case("list_str_100k", "list str", texts, words, large=True),
        Case("list_optional_int_100k", "list optional", list[typing.Optional[int]], gaps, large=True),  # noqa: UP045 - as above
        Case("dict_int_100k", "dict", dict[str, int], keyed, large=True),
        Case("list_dataclass_100k", "dataclass", list[model.Point], points, large=True),
    ]


def drawn(r: random.Random) -> list[Case]:
    """Cases that no one has tuned for: sizes and ranges come from the seed."""
    found = []
    for index in range(3):
        bits, size = r.randrange(4, 60), r.randrange(1, 900)
        values = [r.randrange(-(2**bits), 2**bits) for _ in range(size)]
        found.append(Case(f"drawn_ints_{index}", "drawn", list[int], values))
        texts = [chr(r.choice([97, 233, 20013])) * r.randrange(200) for _ in range(r.randrange(1, 300))]
        found.append(Case(f"drawn_texts_{index}", "drawn", list[str], texts))
    for index in range(2):
        floats = {f"k{i}": r.random() for i in range(r.randrange(1, 300))}
        found.append(Case(f"drawn_floats_{index}", "drawn", dict[str, float], floats))
        found.append(Case(f"drawn_int_{index}", "drawn", int, r.randrange(-(2**62), 2**62)))
    return found


@functools.lru_cache(maxsize=1)
def cases(seed: int) -> list[Case]:
    """Every case, with values of that seed."""
    r = random.Random(seed)
    found = single(r) + several(r)
    if model.pydantic is not None:
        value = model.Model(id=48_213, title=" ".join(r.choices(WORDS, k=12)), score=2.5, tags=r.choices(WORDS, k=5))
        found.append(Case("pydantic", "pydantic", model.Model, value))
    return found + drawn(r)


def millions(what: str) -> list[int]:
    """A million ints as they are drawn, for the figures of memory: `list_int` or `list_bigint`."""
    r = random.Random(1)
    low, high = (0, 10**6) if what == "list_int" else (-(2**40), 2**40)
    return [r.randrange(low, high) for _ in range(1_000_000)]

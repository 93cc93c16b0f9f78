"""Outputs over a threshold go to the store, and everything that reads a value reads them there."""

import dataclasses
from pathlib import Path
from typing import NamedTuple, Optional

import pytest

from compiler import LiveSettings, compile_bundle
from drawloom import conditional, map_task, task, workflow
from drawloom.interpreter import RunOptions, load, run
from literals import DrawloomError, digest, pb
from typeengine import default_engine, fetched, inlined, offloaded

MANY = list(range(1000))
TEXT = "x" * 3000


@dataclasses.dataclass
class Record:
    values: list[int]
    name: str


class Made(NamedTuple):
    numbers: list[int]
    text: str


@task
def numbers() -> list[int]:
    return MANY


@task
def texts() -> dict[str, str]:
    return {"a": TEXT, "b": "y"}


@task
def record() -> Record:
    return Record(MANY, TEXT)


@task
def maybe() -> Optional[list[int]]:
    return MANY


@task
def text() -> str:
    return TEXT


@task
def both() -> Made:
    return Made(MANY, TEXT)


@task
def total(xs: list[int]) -> int:
    return sum(xs)


@task
def double(x: int) -> int:
    return 2 * x


@task
def length(x: str) -> int:
    return len(x)


@workflow
def passed() -> int:
    return total(xs=numbers())


@workflow
def mapped() -> list[int]:
    return map_task(double)(x=numbers())


@workflow
def of_record() -> int:
    return total(xs=record().values)


@workflow
def element() -> int:
    return double(x=numbers()[7])


@workflow
def value_of_map() -> int:
    return length(x=texts()["a"])


@workflow
def chosen() -> int:
    found = text()
    return conditional("same").if_(found == TEXT).then(double(x=1)).else_().then(double(x=2))


@workflow
def several() -> tuple[int, int]:
    made = both()
    return total(xs=made.numbers), length(x=made.text)


@workflow
def result() -> Optional[list[int]]:
    return maybe()


def ran(entity, root, **options):
    compiled = compile_bundle([entity], LiveSettings())
    chosen = RunOptions(offload_from=1000, state={"raw_data_path": str(root)}, **options)
    return run(load(compiled.data), entity=entity.name, entities=compiled.entities, options=chosen)


@pytest.mark.parametrize(
    ("entity", "expected"),
    [
        (passed, {"o0": sum(MANY)}),
        (mapped, {"o0": [2 * x for x in MANY]}),
        (of_record, {"o0": sum(MANY)}),
        (element, {"o0": 14}),
        (value_of_map, {"o0": 3000}),
        (chosen, {"o0": 2}),
        (several, {"o0": sum(MANY), "o1": 3000}),
        (result, {"o0": MANY}),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_a_value_over_the_threshold_is_stored_and_read_by_whoever_needs_it(entity, expected, tmp_path):
    assert ran(entity, tmp_path).values() == expected
    assert list(tmp_path.glob("literals/*/*.pb"))


def test_what_travels_has_address_size_type_and_hash(tmp_path):
    literal = ran(result, tmp_path).literal("o0")
    stored = literal.offloaded_metadata
    data = Path(stored.uri).read_bytes()
    assert stored.size_bytes == len(data)
    assert stored.inferred_type == default_engine().codec(Optional[list[int]]).literal_type
    assert literal.hash
    assert pb.Literal.FromString(data) == fetched(literal)
    again = ran(result, tmp_path / "elsewhere").literal("o0")
    assert again.hash == literal.hash
    assert digest(again) == digest(literal)  # one key in a cache, wherever it lies


def test_a_value_below_the_threshold_stays_in_its_message(tmp_path):
    assert ran(element, tmp_path).literal("o0").scalar.primitive.integer == 14


def changed(tmp_path, change):
    codec = default_engine().codec(list[int])
    literal = pb.Literal.FromString(offloaded(codec.encode(MANY), codec.literal_type, str(tmp_path / "it.pb")))
    change(literal, tmp_path / "it.pb")
    return literal


def cut(literal, place):
    place.write_bytes(place.read_bytes()[:-9])


def other_content(literal, place):
    data = place.read_bytes()
    place.write_bytes(data[:-1] + bytes((data[-1] ^ 1,)))


def other_type(literal, place):
    codec = default_engine().codec(list[str])
    place.write_bytes(codec.encode(["a"]))
    literal.metadata.clear()
    literal.offloaded_metadata.size_bytes = 0


def no_literal(literal, place):
    place.write_bytes(b"\xff" * 10)
    literal.metadata.clear()
    literal.offloaded_metadata.size_bytes = 0


def itself(literal, place):
    literal.metadata.clear()
    literal.offloaded_metadata.size_bytes = 0
    place.write_bytes(literal.SerializeToString())


def gone(literal, place):
    place.unlink()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (cut, "not what was stored"), (other_content, "not what was stored"), (other_type, "not what was stored"),
        (no_literal, "not what was stored"), (itself, "stands for another one"), (gone, "no file"),
    ],
)  # fmt: skip
def test_what_is_not_what_was_stored_is_refused(change, said, tmp_path):
    literal = changed(tmp_path, change)
    with pytest.raises(DrawloomError, match=said):
        default_engine().codec(list[int]).read(literal)
    with pytest.raises(DrawloomError, match=said):
        default_engine().codec(list[int]).decode(literal.SerializeToString())


def test_only_an_offloaded_literal_is_fetched():
    data = default_engine().codec(list[int]).encode(MANY)
    assert inlined(data) is data


def test_a_literal_of_another_type_is_refused_where_it_is_given(tmp_path):
    codec = default_engine().codec(list[str])
    data = offloaded(codec.encode(["a"]), codec.literal_type, str(tmp_path / "it.pb"))
    compiled = compile_bundle([total], LiveSettings())
    with pytest.raises(DrawloomError, match="declared type"):
        run(load(compiled.data), {"xs": data}, entity=total.name, entities=compiled.entities)


@workflow
def plain() -> list[int]:
    return numbers()


def test_the_threshold_of_calls_is_flytes_variable(tmp_path, monkeypatch):
    monkeypatch.setenv("_F_L_MIN_SIZE_MB", "one")
    with pytest.raises(DrawloomError, match="megabytes"):
        plain()

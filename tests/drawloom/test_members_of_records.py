"""What `made.field` gives of a promise is what it gives of the record: for the types of docs/types.md, in each kind of record."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Annotated

import attrs
import msgspec
import pydantic
import pytest
from typing_extensions import TypedDict

import type_table
from compiler.errors import PromiseUseError
from drawloom import task, workflow
from strategies.typed import exactly_equal


class Film(TypedDict, total=False):
    title: str
    year: int


SECTIONS = {"Simple types", "Times", "Choices", "Containers", "Records"}
ROWS = [
    (eval(hint, vars(type_table)), eval(value, vars(type_table)))  # noqa: S307 - the rows of our own document
    for section, rows in type_table.SECTIONS
    for hint, value, _ in rows
    if section in SECTIONS
    and hint != "None"
    and "Movie" not in hint  # pydantic takes the TypedDict of typing_extensions alone, before Python 3.12
] + [
    (Film, {"title": "t"}),
    (dt.timedelta, dt.timedelta(days=400, microseconds=1)),
    (tuple[int, list[tuple[str, float]]], (1, [("a", 1.5)])),
    (list[tuple[int, str]], [(1, "a")]),
    (dict[str, type_table.Level], {"k": type_table.Level.HIGH}),
]

PYDANTICS = [bytes, complex, Iterator[int]]
"""In a model, pydantic writes the first two as its own text, and checks the third only when it is iterated."""


def records(hint):
    """Classes with a field `v` of the type, and one more."""
    return {
        "dataclass": dataclasses.make_dataclass("AsDataclass", [("v", hint), ("n", int, 3)]),
        "attrs": attrs.make_class("AsAttrs", {"v": attrs.field(type=hint), "n": attrs.field(type=int, default=3)}),
        "msgspec": msgspec.defstruct("AsStruct", [("v", hint), ("n", int, 3)]),
        "pydantic": pydantic.create_model(
            "AsModel", __config__=pydantic.ConfigDict(arbitrary_types_allowed=True), v=(hint, ...), n=(int, 3)
        ),
        "TypedDict": TypedDict("AsDict", {"v": hint, "n": int}),
    }


@pytest.mark.parametrize("kind", ["dataclass", "attrs", "msgspec", "pydantic", "TypedDict"])
@pytest.mark.parametrize(("hint", "value"), ROWS, ids=[str(hint) for hint, _ in ROWS])
def test_a_member_of_a_promise_is_the_member_of_the_value(kind, hint, value):
    if kind == "pydantic" and (hint in PYDANTICS or "protobuf" in str(hint)):
        pytest.skip("pydantic has a form of its own for it, or none")
    record = records(hint)[kind]

    @task
    def give() -> record:
        return record(v=value, n=3)

    @task
    def take(v: hint) -> tuple[hint, int]:
        return v, 0

    @workflow
    def wf() -> tuple[hint, hint, int]:
        made = give()
        taken, _ = take(v=made.v)
        return made.v, taken, made.n

    found, taken, number = wf()
    assert number == 3
    for one in (found, taken):
        assert exactly_equal(one, value) or list(one) == list(value)


class Parcel(pydantic.BaseModel):
    data: bytes
    more: Annotated[dict[str, list[bytes]] | None, "a note"] = None
    size: int = 1


@task
def parcel() -> Parcel:
    return Parcel(data=b"abcd", more={"k": [b"abcd"]})


@task
def whole(it: Parcel) -> tuple[bytes, int]:
    return it.data, it.size


@workflow
def by_task() -> tuple[bytes, int, int]:
    data, size = whole(it=parcel())
    return data, size, parcel().size


@pytest.mark.parametrize("field", ["data", "more"])
def test_bytes_of_a_model_are_read_with_the_model(field):
    """`b"abcd"` is the text abcd in pydantic's form, which is also base64 of three other bytes."""

    @workflow
    def wf() -> bytes:
        return getattr(parcel(), field)

    with pytest.raises(PromiseUseError, match=f"the field `{field}` of the model Parcel holds bytes") as caught:
        wf()
    assert "let a task take the model" in caught.value.fix
    assert tuple(by_task()) == (b"abcd", 1, 1)

"""Whether an optional value is None can be asked of any type, and of any member of a record; a cluster's form asks it, too."""

import pathlib
from dataclasses import dataclass
from typing import Dict, List, Optional, Union

import numpy as np
import pydantic
import pytest

from compiler import compile_bundle
from compiler.errors import FlyteAssertion
from drawloom import FlyteFile, conditional, ir, task, workflow
from drawloom.interpreter import run
from drawloom.interpreter.program import loading


@dataclass
class Point:
    x: int


class Model(pydantic.BaseModel):
    point: Optional[Point] = None
    items: Optional[List[int]] = None


def a_file():
    pathlib.Path("note.txt").write_text("n")
    return FlyteFile("note.txt")


ROWS = {
    "int": (Optional[int], lambda: 0),
    "text": (Optional[str], lambda: ""),
    "record": (Optional[Point], lambda: Point(0)),
    "model": (Optional[Model], Model),
    "list": (Optional[List[Point]], list),
    "dict": (Optional[Dict[str, int]], dict),
    "tuple": (Optional[tuple[int, str]], lambda: (0, "")),
    "bare dict": (Optional[dict], dict),
    "bytes": (Optional[bytes], lambda: b""),
    "file": (Optional[FlyteFile], a_file),
    "array": (Optional[np.ndarray], lambda: np.zeros(0)),
    "two records": (Union[Point, Model, None], lambda: Model(items=[])),
}


@task
def none_of_it() -> str:
    return "none"


@task
def some_of_it() -> str:
    return "some"


def arms(name, condition):
    return conditional(name).if_(condition).then(none_of_it()).else_().then(some_of_it())


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", ROWS)
def test_a_value_of_any_type_is_asked_whether_it_is_none(name, monkeypatch):
    hint, make = ROWS[name]

    @workflow
    def wf(value: hint, number: int) -> tuple[str, str, str]:
        return (
            arms("asks", value.is_none()),
            arms("equals", (value == None) & (number == 0)),  # noqa: E711 - a promise is compared
            conditional("differs").if_(value != None).then(some_of_it()).else_().then(none_of_it()),  # noqa: E711
        )

    assert tuple(wf(value=None, number=0)) == ("none",) * 3
    assert tuple(wf(value=make(), number=0)) == ("some",) * 3
    monkeypatch.setattr(loading, "restored", lambda bundle: bundle)  # run in the form that a cluster is given
    bundle = compile_bundle([wf], platform="flyte1").bundle
    assert not any(ir.refuses("flyte1", problem) for problem in ir.verify_for("flyte1", bundle))
    inputs, outputs = wf.python_interface.input_codecs, wf.python_interface.output_codecs
    for value, word in ((None, "none"), (make(), "some")):
        given = {"value": inputs["value"].encode(value), "number": inputs["number"].encode(0)}
        found = run(bundle, given, entity=wf.name).outputs
        assert {outputs[name].decode(data) for name, data in found.items()} == {word}


def test_a_member_of_a_record_is_asked():
    @task
    def give(some: bool) -> Model:
        return Model(point=Point(1), items=[]) if some else Model()

    @workflow
    def wf(some: bool) -> tuple[str, str]:
        made = give(some=some)
        return arms("record", made.point.is_none()), arms("list", made.items.is_none())

    assert tuple(wf(some=False)) == ("none", "none")
    assert tuple(wf(some=True)) == ("some", "some")


def test_what_is_never_none_or_has_no_order_is_refused():
    @task
    def give() -> tuple[Point, Optional[Point]]:
        return Point(1), None

    @workflow
    def never() -> str:
        return arms("never", give()[0].is_none())

    @workflow
    def order() -> str:
        return arms("order", give()[1] > 3)

    for wf in (never, order):
        with pytest.raises(FlyteAssertion, match="only primitive values can be compared"):
            wf()

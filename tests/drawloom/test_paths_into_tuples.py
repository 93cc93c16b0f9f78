"""`made[0]` and `made.name` of a promise reach into tuples and NamedTuples wherever they stand, as they do of the value itself."""

from dataclasses import dataclass, field
from typing import Dict, List, NamedTuple, Optional, Tuple, Union

import pydantic
import pytest

from compiler.errors import MissingMemberError
from drawloom import conditional, task, workflow


class Named(NamedTuple):
    n: int
    texts: List[str]


class Outer(NamedTuple):
    named: Named
    pair: Tuple[int, str]


@dataclass
class Leaf:
    x: int
    pair: Tuple[int, str] = (1, "one")


@dataclass
class Record:
    pair: Tuple[int, str]
    named: Named
    pairs: List[Tuple[int, str]]
    by: Dict[str, Named]
    any_length: Tuple[int, ...]
    leaves: Tuple[Leaf, Leaf]
    maybe: Optional[Named] = None
    either: Union[Named, str] = ""


class Model(pydantic.BaseModel):
    pair: Tuple[int, str]
    named: Named
    leaf: Leaf = field(default_factory=lambda: Leaf(5))


NAMED = Named(7, ["seven", "VII"])
RECORD = Record(
    (2, "two"), NAMED, [(3, "three"), (4, "four")], {"k": NAMED}, (8, 9), (Leaf(5), Leaf(6, (6, "six"))), NAMED, NAMED
)
MODEL = Model(pair=(2, "two"), named=NAMED, leaf=Leaf(5))
VALUES = {
    "record": (Record, RECORD),
    "model": (Model, MODEL),
    "pairs": (List[Tuple[int, str]], [(3, "three"), (4, "four")]),
    "named": (List[Named], [NAMED]),
    "outer": (List[Outer], [Outer(NAMED, (2, "two"))]),
    "by_text": (Dict[str, Tuple[int, str]], {"k": (3, "three")}),
    "by_number": (Dict[int, Tuple[int, str]], {3: (3, "three")}),
    "records": (List[Record], [RECORD]),
    "deep": (Dict[str, List[Outer]], {"k": [Outer(NAMED, (2, "two"))]}),
    "maybe": (Optional[Named], NAMED),
}
PATHS = [
    "record.pair[0]", "record.pair[-1]", "record.named.n", "record.named[0]", "record.named.texts[1]", "record.named[1][-1]", "record.pairs[1][1]",
    "record.by['k'].n", "record.by['k'][-1][0]", "record.any_length[1]", "record.leaves[1].x", "record.leaves[-1].pair[1]", "record.maybe.n",
    "record.maybe[0]", "record.either.n", "model.pair[1]", "model.named.n", "model.named.texts[0]", "model.leaf.pair[1]", "pairs[0][0]",
    "pairs[-1][-1]", "named[0].n", "named[0][0]", "named[0][-1][0]", "outer[0].named.n", "outer[0][0][0]", "outer[0].pair[1]", "outer[0][-1][-1]",
    "by_text['k'][1]", "by_number[3][1]", "records[0].named.n", "records[0].pairs[-1][0]", "deep['k'][0].named.texts[0]", "deep['k'][0][1][0]",
    "maybe.n", "maybe[1][0]",
]  # fmt: skip


@task
def shown(x: Union[int, str]) -> str:
    return repr(x)


@task
def yes() -> str:
    return "yes"


@task
def no() -> str:
    return "no"


@pytest.mark.parametrize("path", PATHS)
def test_a_path_leads_to_the_same_part(path):
    name = path.replace(".", "[").partition("[")[0]
    hint, value = VALUES[name]
    expected = eval(path, {name: value})  # noqa: S307 - a row of the table above

    @task
    def give() -> Tuple[hint, int]:
        return value, 0

    @workflow
    def wf() -> Tuple[str, str]:
        made, _ = give()
        part = eval(path, {name: made})  # noqa: S307 - likewise
        return shown(x=part), conditional("c").if_(part == expected).then(yes()).else_().then(no())

    assert tuple(wf()) == (repr(expected), "yes")


def test_an_input_of_a_workflow_is_reached_into_as_well():
    @workflow
    def wf(pair: Tuple[int, str], named: Named) -> Tuple[str, str, str]:
        return shown(x=pair[1]), shown(x=named.n), shown(x=named[1][0])

    assert tuple(wf(pair=(1, "one"), named=NAMED)) == ("'one'", "7", "'seven'")


@pytest.mark.parametrize("path", ["pair[2]", "pair[-3]", "pair.x", "named.missing", "named[2]"])
def test_what_is_not_there_is_refused_where_it_is_written(path):
    @workflow
    def wf(pair: Tuple[int, str], named: Named) -> str:
        return shown(x=eval(path, {"pair": pair, "named": named}))  # noqa: S307 - a row of the table above

    with pytest.raises(MissingMemberError):
        wf(pair=(1, "one"), named=NAMED)

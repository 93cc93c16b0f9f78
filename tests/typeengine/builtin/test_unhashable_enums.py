"""Enums whose members have no hash: those of a dataclass, which compares by fields, and those that define `__eq__` alone."""

import dataclasses
import enum
from typing import Dict, List, Optional, Union

import pytest

from typeengine import Engine


@dataclasses.dataclass
class Size(enum.Enum):
    SMALL = "1x1"
    LARGE = "5x1"


class Loose(enum.Enum):
    ONE = [1]
    TWO = {"a": 2}

    def __eq__(self, other):
        return isinstance(other, Loose) and self.value == other.value

    __hash__ = None


@dataclasses.dataclass
class Holder:
    one: Size
    many: List[Loose]
    maybe: Optional[Size] = None


ENGINES = [Engine(), Engine().clone(dialect="v2")]


@pytest.mark.parametrize("engine", ENGINES, ids=["v1", "v2"])
@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (Size, Size.LARGE),
        (Loose, Loose.TWO),
        (List[Size], [Size.SMALL, Size.LARGE]),
        (Dict[str, Loose], {"k": Loose.ONE}),
        (Optional[Size], Size.SMALL),
        (Union[Size, int], Size.LARGE),
        (Holder, Holder(Size.SMALL, [Loose.TWO, Loose.ONE], Size.LARGE)),
        (List[Holder], [Holder(Size.SMALL, [])] * 40),
    ],
    ids=str,
)
def test_a_member_comes_back_as_the_member(engine, hint, value):
    codec = engine.codec(hint)
    found = codec.decode(codec.encode(value))
    assert found == value
    assert codec.from_plain(codec.to_plain(value)) == value
    if isinstance(value, enum.Enum):
        assert found is value

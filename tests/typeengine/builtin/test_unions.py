"""A union's literal says of which variant it is; where it says too little, it is of the only one that fits, or refused."""

from dataclasses import dataclass

import pytest

from literals import pb
from typeengine import TypeTransformerFailedError, default_engine


@dataclass
class Near:
    x: int


@dataclass
class Far:
    x: int


CONTAINERS = {
    "list": (list[Near] | list[Far], [Far(1)], "collection_type"),
    "dict": (dict[str, Near] | dict[str, Far], {"k": Far(1)}, "map_value_type"),
}


def without_class(hint, value, inner):
    """The value as somebody writes it who tells records by nothing but their fields."""
    literal = pb.Literal.FromString(default_engine().codec(hint).encode(value))
    stated = literal.scalar.union.type
    stated.structure.tag = ""
    for part in ("metadata", "structure"):
        getattr(stated, inner).ClearField(part)
    return literal.SerializeToString()


@pytest.mark.parametrize(("hint", "value", "inner"), CONTAINERS.values(), ids=CONTAINERS)
def test_what_fits_two_variants_is_refused_unless_it_holds_nothing(hint, value, inner):
    codec = default_engine().codec(hint)
    with pytest.raises(TypeTransformerFailedError, match="which fits .*Near.* and .*Far"):
        codec.decode(without_class(hint, value, inner))
    empty = type(value)()
    assert codec.decode(without_class(hint, empty, inner)) == empty

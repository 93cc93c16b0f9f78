"""An int becomes a double only up to 2**53, also where a larger one happens to be a double."""

from __future__ import annotations

import pytest

from literals import DrawloomError
from typeengine import default_engine, json_to_literal
from typeengine.wire.plain_values import plain_struct

EXACT = 1 << 53
HELD = [EXACT, -EXACT, EXACT - 1, 0]
LARGER = [EXACT + 1, EXACT + 2, -EXACT - 2, 1 << 60]


def as_float(value):
    codec = default_engine().codec(float)
    return codec.decode(codec.encode(value))


def as_json(value):
    codec = default_engine().codec(float)
    return codec.decode(json_to_literal(value, codec.literal_type))


def as_struct(value):
    return plain_struct({"n": value}, exact=True).fields["n"].number_value


WAYS = pytest.mark.parametrize("way", [as_float, as_json, as_struct])


@WAYS
@pytest.mark.parametrize("value", HELD)
def test_an_int_that_a_double_holds_is_taken(way, value):
    assert way(value) == value


@WAYS
@pytest.mark.parametrize("value", LARGER)
def test_a_larger_int_is_refused(way, value):
    with pytest.raises(DrawloomError):
        way(value)

"""Laws of codecs, over types and values drawn together."""

import typing

from hypothesis import HealthCheck, example, given, settings

from literals import conforms, parse, pb
from strategies.typed import Colour, exactly_equal, typed_values
from typeengine import Engine

V1, V2 = Engine(), Engine().clone(dialect="v2")
LAW = settings(
    max_examples=max(1, settings.default.max_examples // 2),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@LAW
@given(typed_values())
def test_a_value_comes_back_equal_and_of_the_same_classes(pair):
    hint, value = pair
    codec = V1.codec(hint)
    data = codec.encode(value)
    found = codec.decode(data)
    assert exactly_equal(found, value)
    assert exactly_equal(codec.read(parse(pb.Literal, data)), value), "the walk over the message"
    assert exactly_equal(codec.from_plain(codec.to_plain(value)), value), "the plain form"
    assert conforms(data, codec.literal_type) is None
    assert codec.encode(found) == data


@LAW
@example((typing.Optional[typing.Dict[str, typing.Union[int, Colour, typing.Literal["a", "b"]]]], {}))
@given(typed_values())
def test_either_dialect_reads_what_the_other_wrote(pair):
    hint, value = pair
    assert exactly_equal(V1.codec(hint).decode(V2.codec(hint).encode(value)), value)
    assert exactly_equal(V2.codec(hint).decode(V1.codec(hint).encode(value)), value)

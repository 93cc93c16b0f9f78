"""The fast ways out of bytes give what the plain walk gives, for whole literals and for damaged ones."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from literals import WeftError, parse, pb
from strategies.typed import exactly_equal, typed_values
from typeengine import Engine

V1 = Engine()
LAW = settings(
    max_examples=max(1, settings.default.max_examples // 4),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@st.composite
def damaged(draw, data):
    """Bytes with a few of them changed, cut out or put in."""
    out = bytearray(data)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, max(len(out) - 1, 0)))
        kind = draw(st.sampled_from(["change", "cut", "add", "end"]))
        if kind == "change" and out:
            out[place] = draw(st.integers(0, 255))
        elif kind == "cut":
            del out[place : place + draw(st.integers(1, 4))]
        elif kind == "add":
            out[place:place] = draw(st.binary(min_size=1, max_size=3))
        else:
            del out[place:]
    return bytes(out)


def outcome(call):
    try:
        return "value", call()
    except WeftError:
        return "error", None


@LAW
@given(typed_values(), st.data())
def test_damaged_literals_give_what_the_walk_gives_or_our_error(pair, data):
    hint, value = pair
    codec = V1.codec(hint)
    broken = data.draw(damaged(codec.encode(value)))
    kind, found = outcome(lambda: codec.decode(broken))
    wanted, walked = outcome(lambda: codec.read(parse(pb.Literal, broken)))
    assert kind == wanted
    assert kind == "error" or exactly_equal(found, walked) or repr(found) == repr(walked)


@LAW
@given(typed_values(), st.data())
def test_a_reserialized_literal_gives_the_same_value(pair, data):
    hint, value = pair
    codec = V1.codec(hint)
    message = parse(pb.Literal, codec.encode(value))
    message.hash = data.draw(st.sampled_from(["", "h"]))
    assert exactly_equal(codec.decode(message.SerializeToString()), value)


@LAW
@given(
    st.binary(max_size=60), st.sampled_from([int, str, float, bool, list[int], dict[str, int], dict, int | str, None])
)
def test_any_bytes_give_a_value_or_our_error(data, hint):
    codec = V1.codec(hint)
    kind, found = outcome(lambda: codec.decode(data))
    wanted, walked = outcome(lambda: codec.read(parse(pb.Literal, data)))
    assert (kind, repr(found)) == (wanted, repr(walked))

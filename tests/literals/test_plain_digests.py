"""The digest of a short primitive is taken from its bytes as they are; only where that is what the message gives."""

from hypothesis import given
from hypothesis import strategies as st

from literals import MalformedError, digest, parse, pb

PRIMITIVES = st.one_of(
    st.integers(-(2**63), 2**63 - 1).map(lambda v: pb.Primitive(integer=v)),
    st.integers(-300, 300).map(lambda v: pb.Primitive(integer=v)),
    st.floats().map(lambda v: pb.Primitive(float_value=v)),
    st.text(max_size=130).map(lambda v: pb.Primitive(string_value=v)),
    st.booleans().map(lambda v: pb.Primitive(boolean=v)),
)
BYTE = st.sampled_from([0, 1, 2, 8, 10, 0x11, 0x1A, 0x20, 0x7F, 0x80, 0xFF])


@given(PRIMITIVES)
def test_bytes_and_message_have_one_digest(primitive):
    literal = pb.Literal(scalar=pb.Scalar(primitive=primitive))
    assert digest(literal.SerializeToString(deterministic=True)) == digest(literal)


@given(PRIMITIVES, st.lists(st.tuples(st.integers(0, 200), BYTE), min_size=1, max_size=3))
def test_so_have_bytes_that_no_writer_makes(primitive, changes):
    data = bytearray(pb.Literal(scalar=pb.Scalar(primitive=primitive)).SerializeToString())
    for position, byte in changes:
        data[position % len(data)] = byte
    try:
        message = parse(pb.Literal, bytes(data))
    except MalformedError:
        return
    try:
        wanted = digest(message)
    except MalformedError:
        return
    assert digest(bytes(data)) == wanted

"""The law of records: of whatever kind the class is, a value comes back equal and of equal classes all the way down.

What nothing says how to bring back is refused; `tests/typeengine` has the table of that. Here each part of a value has a type
that says it, so that nothing may be refused.
"""

import itertools

from hypothesis import HealthCheck, event, given, settings

from literals import parse, pb
from strategies.records import record_values
from strategies.typed import exactly_equal
from typeengine import Engine

TOGETHER = 1_000
"""Records that the same engines convert; then fresh ones, so that memory stays where it was over 100,000 fresh classes."""
LAW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
_made = itertools.count()
_engines = {}


def engines():
    """The engines of both dialects, which have converted up to a thousand other records."""
    if next(_made) % TOGETHER == 0:
        _engines.update(v1=Engine(), v2=Engine().clone(dialect="v2"))
    return _engines


@LAW
@given(record_values())
def test_a_record_comes_back_equal_and_of_equal_classes(pair):
    hint, value = pair
    written, used = {}, dict(engines())
    for name, engine in used.items():
        codec = engine.codec(hint)
        data = written[name] = codec.encode(value)
        found = codec.decode(data)
        assert exactly_equal(found, value), (name, found)
        assert exactly_equal(codec.from_plain(codec.to_plain(value)), value), (name, "the plain form")
        assert exactly_equal(codec.read(parse(pb.Literal, data)), value), (name, "the walk over the message")
        assert codec.encode(found) == data, (name, "the next hop")
    for reader, writer in (("v1", "v2"), ("v2", "v1")):
        assert exactly_equal(used[reader].codec(hint).decode(written[writer]), value), (reader, writer)
    event("by fields" if b"drawloom.model" in written["v1"] else "as it is")

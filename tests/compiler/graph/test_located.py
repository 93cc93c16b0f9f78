"""Where a mistake is said to be: at its own line where that is the user's, else at the call that it belongs to."""

from compiler import PromiseUseError
from compiler.graph.trace import located
from compiler.source_location import here
from typeengine import TypeTransformerFailedError


def mistake(location=None):
    error = PromiseUseError("this is wrong")
    error.location = location
    return error


def test_a_mistake_without_a_place_of_its_own_is_at_the_call():
    call = here()
    assert located(mistake(), "t, input `x`", call).location is call
    assert located(mistake(here()), "t, input `x`", call).location is call


def test_a_mistake_keeps_its_line_where_its_frame_is_known():
    own = here(keep_frame=True)
    assert located(mistake(own), "t", here()).location is own
    assert located(mistake(own), "t", None).location is own


def test_without_a_call_nothing_is_lost():
    own = here()
    assert located(mistake(own), "t", None).location is own
    assert located(mistake(), "t", None).location is None


def test_an_error_of_a_value_becomes_the_authors_at_the_call():
    call = here()
    error = TypeTransformerFailedError("no", where='["k"]', expected="int", got="str", fix="give one")
    made = located(error, "t, input `x`", call)
    assert (made.where, made.location, made.__cause__) == ('t, input `x`["k"]', call, error)
    assert (made.expected, made.got, made.fix) == ("int", "str", "give one")

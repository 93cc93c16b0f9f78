"""Values by name: one form of error for whoever converts arguments or results."""

from __future__ import annotations

import ast
import dataclasses
import re

import pytest

from literals import pb
from meta import _source
from typeengine import NamedCodecs, TypeTransformerFailedError, default_engine, where_of


@dataclasses.dataclass
class Point:
    x: int


HINTS = {"n": int, "xs": dict[str, list[int]], "p": Point}
NAMED = NamedCodecs({name: default_engine().codec(hint) for name, hint in HINTS.items()}, "m.t")


def test_values_come_back_in_the_order_in_which_they_were_given():
    values = {"p": Point(3), "n": 1}
    encoded = NAMED.encode(values)
    assert list(encoded) == ["p", "n"]
    assert NAMED.decode(encoded) == values
    assert list(NAMED.decode(encoded)) == ["p", "n"]


def test_a_map_has_what_is_known_in_declared_order():
    message = NAMED.encode_map({"p": Point(3), "n": 1})
    assert isinstance(message, pb.LiteralMap)
    message.literals["other"].CopyFrom(message.literals["n"])
    assert list(NAMED.decode_map(message).items()) == [("n", 1), ("p", Point(3))]


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"n": "1"}, "m.t, input `n`"),
        ({"n": 1, "xs": {"c": [1, "2"]}}, 'm.t, input `xs`["c"][1]'),
        ({"p": Point("3")}, "m.t, input `p`.x"),
    ],
)
def test_an_error_says_which_value_and_where_in_it(values, where):
    with pytest.raises(TypeTransformerFailedError) as caught:
        NAMED.encode(values)
    assert caught.value.where == where
    assert caught.value.expected
    assert caught.value.got
    text = NamedCodecs({name: default_engine().codec(str) for name in HINTS}, "m.t").encode({"n": "1"})
    with pytest.raises(TypeTransformerFailedError) as caught:
        NamedCodecs(NAMED.codecs, "", "output").decode(text)
    assert caught.value.where == "output `n`"


@pytest.mark.parametrize("convert", [NAMED.encode, NAMED.decode])
def test_a_name_that_is_not_declared_is_refused(convert):
    with pytest.raises(TypeTransformerFailedError, match="m.t: there is no input `m`") as caught:
        convert({"m": b""})
    assert caught.value.expected == "one of n, xs, p"


def test_words_are_joined_with_a_comma_and_paths_without():
    assert where_of("m.t", "input", "x", "in the list") == "m.t, input `x`, in the list"
    assert where_of("", "output", "x", "<int>") == "output `x`<int>"


def test_one_value_is_as_many_are():
    assert NAMED.encode_one("n", 1) == NAMED.encode({"n": 1})
    assert NAMED.decode_one("n", NAMED.encode({"n": 1})["n"]) == 1
    with pytest.raises(TypeTransformerFailedError) as caught:
        NAMED.encode_one("n", "1")
    assert caught.value.where == "m.t, input `n`"
    text = default_engine().codec(str).encode("1")
    with pytest.raises(TypeTransformerFailedError) as caught:
        NAMED.decode_one("n", text)
    assert caught.value.where == "m.t, input `n`"


NOT_BY_NAME = {
    "compiler.graph.bind": "a constant as a binding, whose errors name the call that binds it",
    "compiler.graph.literal_promises": "a member of a value",
    "drawloom.actions.launch": "a page's frame",
    "drawloom.cli.inputs.options": "the default as it is shown in a help text",
    "drawloom.cli.inputs.typed_text": "what was typed, for one option",
}
"""Where a codec is asked by itself, above the type engine; what else converts arguments or results does it by `NamedCodecs`."""


def test_arguments_and_results_are_converted_by_named_codecs_alone():
    asked = {
        name
        for name, path in _source.modules().items()
        if not name.startswith(("literals", "typeengine"))
        for node in ast.walk(_source.tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"encode", "decode"}
        if re.search(r"codecs?(\(.*\)|\[.*\])?$|^own$", ast.unparse(node.func.value))
        if not ast.unparse(node.func.value).endswith("codecs") and node.args
    }
    assert asked == {*NOT_BY_NAME}

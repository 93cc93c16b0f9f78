"""The functions of `flytekit.core.interface` and the classes of both peers as type hints."""

from __future__ import annotations

import datetime as dt
import importlib
import typing
from typing import Annotated

import pytest

from compiler import Artifact, FlyteValidationException, ImageConfig, Inputs, Interface, OptionError, task
from drawloom.flyte import Resources as Resources2
from drawloom.flytekit import Resources
from drawloom.flytekit.core.interface import (
    default_output_name,
    extract_return_annotation,
    output_name_generator,
    transform_function_to_interface,
    transform_inputs_to_parameters,
    transform_interface_to_list_interface,
    transform_interface_to_typed_interface,
    transform_type,
    transform_types_to_list_of_type,
    transform_variable_map,
)
from drawloom.flytekit.core.python_auto_container import get_registerable_container_image
from drawloom.flytekit.core.type_match_checking import literal_types_match
from literals import pb
from typeengine import SimpleTransformer, TypeEngine

INT = pb.LiteralType(simple=pb.SimpleType.INTEGER)
Pair = typing.NamedTuple("Pair", [("x", str), ("y", int)])
Kept = Artifact(name="kept", partition_keys=["region"])


def body(a: int, b: str = "hello", c: typing.Optional[int] = None) -> tuple[int, str]:  # noqa: UP045 - the peer's spelling
    return a, b


SIGNATURE = transform_function_to_interface(body)


@pytest.mark.parametrize(
    ("annotation", "outputs"),
    [
        (None, {}),
        (int, {"o0": int}),
        (tuple[int, str], {"o0": int, "o1": str}),
        (typing.Tuple[int, str], {"o0": int, "o1": str}),  # noqa: UP006 - the peer's spelling
        (Pair, {"x": str, "y": int}),
        (list[int], {"o0": list[int]}),
    ],
    ids=["none", "one", "several", "typing", "named", "generic"],
)
def test_outputs_of_a_return_annotation(annotation, outputs):
    assert extract_return_annotation(annotation) == outputs


def test_names_of_outputs():
    assert [default_output_name(), default_output_name(2)] == ["o0", "o2"]
    assert list(output_name_generator(3)) == ["o0", "o1", "o2"]
    with pytest.raises(FlyteValidationException, match="a tuple of one"):
        extract_return_annotation(tuple[int])


def test_a_signature_as_a_message_and_as_parameters():
    typed = transform_interface_to_typed_interface(SIGNATURE)
    assert typed.inputs.variables["a"].type == INT
    assert transform_interface_to_typed_interface(None) is None
    made = transform_inputs_to_parameters(None, SIGNATURE).parameters
    assert made["a"].required
    assert made["b"].default.scalar.primitive.string_value == "hello"
    assert made["c"].default.scalar.HasField("none_type")
    assert transform_inputs_to_parameters(None, None) == pb.ParameterMap()


@pytest.mark.parametrize(
    ("artifact", "at_runtime", "said"),
    [
        (Kept(region=Inputs.a), False, None),
        (Kept(region=Inputs.zone), True, "not an input"),
        (Kept, False, "not bound"),
        (Kept, True, None),
    ],
    ids=["bound", "to-no-input", "not-bound", "bound-later"],
)
def test_artifacts_of_outputs_are_held_against_the_inputs(artifact, at_runtime, said):
    interface = Interface({"a": str}, {"o0": Annotated[int, artifact]})
    if said is None:
        made = transform_interface_to_typed_interface(interface, at_runtime)
        assert made.outputs.variables["o0"].artifact_partial_id.artifact_key.name == "kept"
    else:
        with pytest.raises(FlyteValidationException, match=said):
            transform_interface_to_typed_interface(interface, at_runtime)


@pytest.mark.parametrize(
    ("bound", "excluded", "optional", "inputs", "output"),
    [
        (set(), set(), False, {"a": list[int], "b": list[str]}, list[bool]),
        (set(), set(), True, {"a": list[int], "b": list[str]}, list[bool | None]),
        ({"a"}, set(), False, {"a": int, "b": list[str]}, list[bool]),
        ({"a"}, {"b"}, False, {"a": int}, list[bool]),
        (set(), {"a", "b"}, False, {}, list[bool]),
    ],
    ids=["all", "may-fail", "one-bound", "one-excluded", "all-excluded"],
)
def test_the_signature_of_a_map(bound, excluded, optional, inputs, output):
    inner = Interface({"a": int, "b": str}, {"o0": bool})
    made = transform_interface_to_list_interface(inner, bound, excluded, optional)
    types = {name: TypeEngine.to_literal_type(hint) for name, hint in made.inputs.items()}
    assert types == {name: TypeEngine.to_literal_type(hint) for name, hint in inputs.items()}
    assert TypeEngine.to_literal_type(made.outputs["o0"]) == TypeEngine.to_literal_type(output)
    listed = transform_types_to_list_of_type({"o0": bool}, set(), optional)
    assert listed == dict(made.outputs)


def test_variables_of_types():
    assert transform_type(int, "a number") == pb.Variable(type=INT, description="a number")
    made = transform_variable_map({"a": int, "b": int}, {"a": "a number"})
    assert [made[name].description for name in ("a", "b")] == ["a number", "b"]


@pytest.mark.parametrize("peers", [Resources, Resources2], ids=["flytekit", "flyte"])
def test_a_peers_class_as_a_hint_means_the_class_that_its_objects_are_of(peers):
    given = peers("1")

    @task
    def passes(r: peers, more: list[peers]) -> peers:
        return r if more else peers()

    assert passes(r=given, more=[given]) == given
    assert type(passes(r=given, more=[])) is type(given)

    class Own(peers):
        pass

    assert TypeEngine.to_literal_type(Own) != TypeEngine.to_literal_type(peers)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Int", 3),
        ("Float", 2.5),
        ("Bool", True),
        ("Str", "text"),
        ("Datetime", dt.datetime(2024, 1, 2, tzinfo=dt.timezone.utc)),
        ("Timedelta", dt.timedelta(hours=1)),
        ("Date", dt.date(2024, 1, 2)),
        ("None", None),
    ],
    ids=str,
)
def test_the_transformers_of_plain_types_have_names(name, value):
    transformer = getattr(importlib.import_module("drawloom.flytekit.core.type_engine"), f"{name}Transformer")
    assert isinstance(transformer, SimpleTransformer)
    kind = transformer.get_literal_type(type(value))
    assert kind == TypeEngine.to_literal_type(type(value))
    literal = transformer.to_literal(None, value, type(value), kind)
    assert transformer.to_python_value(None, literal, type(value)) == value


@pytest.mark.parametrize(
    ("one", "other", "match"),
    [
        (int, int, True),
        (int, str, False),
        (list[int], list[int], True),
        (list[int], dict[str, int], False),
        (dict[str, int], dict[str, str], False),
        (int | str, str | int, True),
        (list[dict[str, int | str]], list[dict[str, str | int]], True),
        (int | str, int | str | bool, False),
        (int | str | bool, int | str, False),
        (int | str, int | bool, False),
    ],
    ids=str,
)
def test_literal_types_are_the_same_in_any_order(one, other, match):
    assert literal_types_match(TypeEngine.to_literal_type(one), TypeEngine.to_literal_type(other)) is match


def test_enums_are_the_same_in_any_order_of_their_values():
    kinds = [pb.LiteralType(enum_type=pb.EnumType(values=values)) for values in (["a", "b"], ["b", "a"], ["a"])]
    assert literal_types_match(kinds[0], kinds[1])
    assert not literal_types_match(kinds[0], kinds[2])


def test_the_image_that_a_container_gets():
    config = ImageConfig.auto(img_name="registry/image:v1")
    assert get_registerable_container_image(None, config) == "registry/image:v1"
    assert get_registerable_container_image("{{.image.default.fqn}}:v2", config) == "registry/image:v2"
    assert get_registerable_container_image("other:v3", config) == "other:v3"
    with pytest.raises(OptionError, match="no image is configured"):
        get_registerable_container_image("{{.image.none.fqn}}", config)

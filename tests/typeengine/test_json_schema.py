"""Literal types as JSON schemas, against those of the Flyte 2 SDK."""

import dataclasses

import pytest
from google.protobuf.json_format import ParseDict

import peer_rows
from drawloom import FlyteError
from literals import pb
from typeengine import default_engine
from typeengine.json.schema_of_types import interface_json_schema, literal_type_to_json_schema

TYPES = peer_rows.rows("types_v2_extra")
INTERFACES = peer_rows.rows("interfaces_v2")


@pytest.mark.parametrize("row", TYPES, ids=[row["id"] for row in TYPES])
def test_a_literal_type_has_the_schema_that_flyte_2_gives(row):
    literal_type = ParseDict(row["literal_type_json"], pb.LiteralType())
    assert literal_type_to_json_schema(literal_type) == row["json_schema"]


@pytest.mark.parametrize("row", INTERFACES, ids=[row["id"] for row in INTERFACES])
def test_an_interface_has_the_schema_that_flyte_2_gives(row):
    interface = pb.TypedInterface.FromString(peer_rows.raw(row, "typed_interface_b64"))
    variables = dict(interface.inputs.variables)
    required = row["json_schema"]["required"]
    ordered = {name: variables[name] for name in [*required, *(name for name in variables if name not in required)]}
    found = interface_json_schema(ordered, optional=set(variables) - set(required))
    assert found == row["json_schema"]
    assert found["required"] == required


def test_whole_numbers_in_schemas_are_ints():
    literal_type = pb.LiteralType(simple=pb.SimpleType.Value("INTEGER"))
    literal_type.metadata.update({"minimum": 3.0, "multipleOf": 0.5})
    schema = literal_type_to_json_schema(literal_type)
    assert schema == {"type": "integer", "minimum": 3, "multipleOf": 0.5}
    assert type(schema["minimum"]) is int


def test_an_empty_type_takes_anything():
    assert literal_type_to_json_schema(pb.LiteralType()) == {}


def test_values_of_a_literal_are_listed():
    literal_type = pb.LiteralType(simple=pb.SimpleType.Value("INTEGER"))
    literal_type.annotation.annotations.update({"literal_values": [1, 2]})
    assert literal_type_to_json_schema(literal_type) == {"type": "integer", "enum": [1, 2]}


def test_the_schema_of_a_flyte_error_has_its_two_texts_and_no_more():
    @dataclasses.dataclass
    class Report:
        error: FlyteError

    schema = default_engine().codec(Report).literal_type.metadata["properties"]["error"]
    assert dict(schema["properties"]) == {"message": {"type": "string"}, "failed_node_id": {"type": "string"}}
    assert list(schema["required"]) == ["message", "failed_node_id"]
    assert schema["additionalProperties"] is False

"""Interfaces, input hashes and cache keys of Flyte 2, against what its SDK 2.12.1 gave."""

import base64
import json
import pathlib
import sys
import types

import pytest

from compiler import Interface, transform_function_to_interface
from drawloom.flyte._impl.cache_keys import cache_key, inputs_hash, interface_hash
from literals import pb
from typeengine import default_engine

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "goldens" / "peers" / "interfaces_v2.jsonl"
ROWS = [json.loads(line) for line in GOLDEN.read_text().splitlines()]


def written(row, monkeypatch):
    """The golden function in a module of its own, with drawloom's names for Flyte 2's."""
    module = types.ModuleType("golden")
    monkeypatch.setitem(sys.modules, "golden", module)
    exec(row["preamble"].replace("flyte.io._dir", "drawloom.io").replace("flyte", "drawloom"), module.__dict__)
    exec(row["func"], module.__dict__)
    return module


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_interface_inputs_and_keys_are_flytes(row, monkeypatch):
    if "StrEnum" in row["preamble"] and sys.version_info < (3, 11):
        pytest.skip("the golden's preamble needs enum.StrEnum, which is Python 3.11's")
    module = written(row, monkeypatch)
    interface = transform_function_to_interface(module.f, is_reference_entity=True)
    engine = default_engine().extend(dialect="v2")
    inputs = {name: engine.codec(hint) for name, hint in interface.inputs.items()}
    outputs = {name: engine.codec(hint) for name, hint in interface.outputs.items()}
    typed = pb.TypedInterface()
    for codecs, variables in ((inputs, typed.inputs.variables), (outputs, typed.outputs.variables)):
        for name, codec in codecs.items():
            variables[name].type.CopyFrom(codec.literal_type)
    assert isinstance(interface, Interface)
    assert interface_hash(typed) == row["interface_hash"]
    for call in row["calls"]:
        given = {**interface.default_inputs, **eval(call["kwargs"], module.__dict__)}
        literals = {name: codec.encode(given[name]) for name, codec in inputs.items()}
        assert inputs_hash(literals) == call["inputs_hash"]
        assert cache_key(call["inputs_hash"], "env.f", row["interface_hash"], "v1") == call["cache_key"]
        wire = b"".join(entry(name, data) for name, data in literals.items())
        assert wire == base64.b64decode(call["inputs_b64"])


def entry(name, data):
    body = b"\x0a" + bytes([len(name)]) + name.encode() + b"\x12" + varint(len(data)) + data
    return b"\x0a" + varint(len(body)) + body


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])

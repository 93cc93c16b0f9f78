"""The IDL against flyteidl, the generated files against the IDL, and both packages in one process."""

import importlib
import os
import pathlib
import pkgutil
import re
import subprocess
import sys

import pytest

from literals import pb
from literals._pb import _descriptors, _loader

ROOT = pathlib.Path(__file__).resolve().parents[2]
OWN = {"Bundle", "BundleStamp", "BundleVersion", "SourceLocation"}
"""Messages of ours for which Flyte has none."""


def own_messages():
    for file in (name for name in _descriptors.FILES if name.startswith("drawloom/v1/")):
        descriptor = _loader.load(file)
        for message in descriptor.message_types_by_name.values():
            yield from nested(message)


def nested(message):
    if not message.GetOptions().map_entry:
        yield message
    for inner in message.nested_types:
        yield from nested(inner)


def flyte_messages():
    found = {}
    for package in ("flyteidl.core", "flyteidl.admin"):
        root = importlib.import_module(package)
        for module in pkgutil.iter_modules(root.__path__):
            if module.name.endswith("_pb2"):
                descriptor = importlib.import_module(f"{package}.{module.name}").DESCRIPTOR
                for message in descriptor.message_types_by_name.values():
                    for item in nested(message):
                        found[item.full_name] = item
    return found


def local_name(full_name):
    return re.sub(r"^(drawloom\.v1|flyteidl\.(core|admin))\.", "", full_name)


def shape(field):
    """What of a field is on the wire or in the API of its class."""
    kind = field.message_type or field.enum_type
    name = None
    if kind is not None:
        name = kind.full_name if kind.full_name.startswith("google.") else local_name(kind.full_name)
    oneof = field.containing_oneof.name if field.containing_oneof else None
    repeated = field.is_repeated if hasattr(field, "is_repeated") else field.label == field.LABEL_REPEATED
    return (field.name, field.type, repeated, oneof, name, field.has_presence)


def pairs():
    flyte = {}
    for message in flyte_messages().values():
        flyte.setdefault(local_name(message.full_name), []).append(message)
    for message in own_messages():
        if local_name(message.full_name).split(".")[0] not in OWN:
            yield message, flyte[local_name(message.full_name)]


def test_every_message_has_the_fields_of_flytes_message_of_that_name():
    covered = fields = 0
    for ours, candidates in pairs():
        expected = [{f.number: shape(f) for f in theirs.fields} for theirs in candidates]
        got = {f.number: shape(f) for f in ours.fields}
        assert got in expected, ours.full_name
        covered, fields = covered + 1, fields + len(got)
    core = {n for n in flyte_messages() if n.startswith("flyteidl.core.")}
    names = {local_name(m.full_name) for m in own_messages()}
    missing = sorted(n for n in core if local_name(n) not in names)
    print(f"\n{covered} messages with {fields} fields equal flyteidl's; of flyteidl.core not taken over: {missing}")
    assert covered > 120


def test_what_of_flytes_core_is_not_taken_over_is_listed():
    names = {local_name(m.full_name) for m in own_messages()}
    missing = {local_name(n) for n in flyte_messages() if n.startswith("flyteidl.core.")} - names
    assert missing == {
        "CatalogArtifactTag", "CatalogMetadata", "CatalogReservation", "ExecutionMetricResult", "Span",
    }  # fmt: skip


def test_enums_have_flytes_numbers_and_names():
    compared = 0
    for ours, candidates in pairs():
        for theirs in candidates:
            for enum in ours.enum_types:
                other = theirs.enum_types_by_name.get(enum.name)
                if other is not None:
                    compared += 1
                    assert {v.number: v.name for v in enum.values} == {v.number: v.name for v in other.values}
    from flyteidl.admin import description_entity_pb2, launch_plan_pb2, schedule_pb2
    from flyteidl.core import artifact_id_pb2, identifier_pb2, types_pb2

    for module, name in (
        (types_pb2, "SimpleType"), (identifier_pb2, "ResourceType"), (artifact_id_pb2, "Granularity"),
        (artifact_id_pb2, "Operator"), (launch_plan_pb2, "LaunchPlanState"),
        (launch_plan_pb2, "ConcurrencyLimitBehavior"), (description_entity_pb2, "DescriptionFormat"),
    ):  # fmt: skip
        assert dict(getattr(pb, name).items()) == dict(getattr(module, name).items())
    rates = {f"FIXED_RATE_UNIT_{name}": number for name, number in schedule_pb2.FixedRateUnit.items()}
    assert dict(pb.FixedRateUnit.items()) == rates  # MINUTE and HOUR are names of Granularity, in one package with us
    assert compared > 15


def test_a_literal_leaves_room_for_the_next_generations_artifact_id():
    assert 9 not in pb.Literal.DESCRIPTOR.fields_by_number
    from google.protobuf import descriptor_pb2

    proto = descriptor_pb2.DescriptorProto()
    pb.Literal.DESCRIPTOR.CopyToProto(proto)
    assert any(r.start <= 9 < r.end for r in proto.reserved_range)


def test_the_checked_in_files_are_what_the_generator_writes(tmp_path):
    pytest.importorskip("grpc_tools")
    pytest.importorskip("mypy_protobuf")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PROTOCOL_BUFFERS")}
    command = [sys.executable, str(ROOT / "tools" / "gen_idl.py"), "--check", str(tmp_path / "out")]
    subprocess.run(command, check=True, env=environment, cwd=tmp_path)
    fresh = {p.name: p.read_text() for p in (tmp_path / "out").iterdir()}
    checked_in = {p.name: p.read_text() for p in (ROOT / "src/literals/_pb").iterdir() if p.name in fresh}
    assert fresh == checked_in
    stubs = {p.name for p in (ROOT / "src/literals/_pb").glob("*_pb2.pyi")}
    assert stubs == {name for name in fresh if name.endswith("_pb2.pyi")}


BOTH = """
import sys
{imports}
ours = pb.LiteralMap()
ours.literals["x"].scalar.primitive.datetime.FromJsonString("2024-01-02T03:04:05.6Z")
ours.literals["y"].scalar.generic["k"] = 1
theirs = literals_pb2.LiteralMap.FromString(ours.SerializeToString(deterministic=True))
assert theirs.SerializeToString(deterministic=True) == ours.SerializeToString(deterministic=True)
from google.protobuf import duration_pb2, struct_pb2, timestamp_pb2
assert type(ours.literals["x"].scalar.primitive.datetime) is timestamp_pb2.Timestamp is pb.Timestamp
assert type(ours.literals["y"].scalar.generic) is struct_pb2.Struct is pb.Struct
assert type(pb.SleepCondition().duration) is duration_pb2.Duration
"""
OURS = "from literals import pb; pb.Literal(); pb.LaunchPlan()"
THEIRS = "from flyteidl.core import literals_pb2; from flyteidl.admin import launch_plan_pb2"


def run(code, **environment):
    path = os.pathsep.join([str(ROOT / "src")])
    env = {**os.environ, "PYTHONPATH": path, **environment}
    return subprocess.run([sys.executable, "-W", "error", "-c", code], env=env, capture_output=True, text=True)


@pytest.mark.parametrize("backend", ["upb", "python"])
@pytest.mark.parametrize("imports", [f"{OURS}\n{THEIRS}", f"{THEIRS}\n{OURS}"], ids=["ours first", "theirs first"])
def test_both_packages_live_in_one_process_and_share_the_well_known_types(imports, backend):
    done = run(BOTH.format(imports=imports), PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=backend)
    assert done.returncode == 0, done.stderr


def test_protobuf_is_not_loaded_before_the_first_message_is_touched():
    done = run(
        "import sys\nimport literals, drawloom.ir\n"
        "assert not [m for m in sys.modules if m.startswith('google.protobuf')], 1\n"
        "from literals import pb\npb.Literal()\n"
        "assert 'google.protobuf.internal.python_message' not in sys.modules, 2\n"
    )
    assert done.returncode == 0, done.stderr


def test_threads_that_touch_messages_at_once_get_the_same_classes():
    done = run(
        "import threading, sys\nfrom literals import pb\nsys.setswitchinterval(1e-6)\n"
        "found=[]\nb=threading.Barrier(8)\n"
        "def go(n):\n b.wait(); found.append((pb.Literal, pb.LaunchPlan, pb.Bundle, pb.Resources.ResourceEntry))\n"
        "ts=[threading.Thread(target=go,args=(i,)) for i in range(8)]\n"
        "[t.start() for t in ts]; [t.join() for t in ts]\n"
        "assert len(set(found)) == 1 and len(found) == 8\n"
    )
    assert done.returncode == 0, done.stderr


def test_every_file_and_every_message_of_the_idl_is_commented():
    missing = []
    for path in sorted((ROOT / "idl" / "drawloom" / "v1").glob("*.proto")):
        lines = path.read_text().splitlines()
        for number, line in enumerate(lines):
            text = line.strip()
            head = re.match(r"(message|enum|oneof)\s+\w+", text)
            field = re.match(r"(repeated |map<|optional )?[\w.<>, ]+ \w+ = -?\d+", text)
            if (head or (field and not text.startswith("reserved"))) and not lines[number - 1].strip().startswith("//"):
                missing.append(f"{path.name}:{number + 1}: {text}")
        assert any(line.startswith("//") for line in lines[:3]), f"{path.name} does not say what it is for"
    assert missing == []

"""Artifacts: what partitions are bound to, where each may stand, and what a query or an output says of them."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
import typing

import pytest

from compiler import Artifact, FlyteValidationException, Inputs, LaunchPlan, TimePartition, task, workflow
from compiler.options.output_metadata import METADATA_KEY, OutputMetadata
from literals import DrawloomError, pb

DAY = dt.datetime(2063, 4, 5)
Parted = Artifact(name="parted", partition_keys=["region", "kind"], time_partitioned=True)
Bound = Artifact(name="bound", partitions={"region": "eu"})
Plain = Artifact(name="plain")


def label(**fields):
    return pb.LabelValue(**fields)


@pytest.mark.parametrize(
    "spec",
    [
        Parted(region="eu", kind=Inputs.k, time_partition=DAY),
        Parted(region="eu")(kind=Inputs.k)(time_partition=DAY),
        Parted(time_partition=TimePartition(DAY)).bind_partitions(kind=Inputs.k, region="eu"),
    ],
    ids=["at-once", "one-by-one", "by-object"],
)
def test_bindings_add_up_and_leave_the_artifact_as_it_is(spec):
    for one in (spec, copy.deepcopy(spec), pickle.loads(pickle.dumps(spec))):
        made = one.to_partial_artifact_id()
        assert made.partitions.value["region"] == label(static_value="eu")
        assert made.partitions.value["kind"] == label(input_binding=pb.InputBindingData(var="k"))
        assert made.time_partition.value.time_value.ToDatetime() == DAY
        assert not one.needs_runtime
        assert one.partitions.region.value.static_value == "eu"
    assert Parted.partitions.region.value is None
    assert Parted.time_partition.value is None


def test_an_artifact_says_what_partitions_it_has_before_any_is_bound():
    assert (Plain.partitions, Plain.partition_keys, Plain.time_partitioned) == (None, None, False)
    assert list(Parted.partitions.partitions) == ["region", "kind"]
    assert Bound.partitions.region.value.static_value == "eu"
    assert Bound.partitions.region.reference_artifact is Bound
    assert Parted.time_partition.reference_artifact is Parted
    with pytest.raises(AttributeError, match="there is no partition `zone`"):
        Parted.partitions.zone
    assert [text for _, text in Parted.time_partition.__rich_repr__()] == ["unbound"]
    assert "'eu'" in repr(Bound.partitions)


def test_a_time_partition_takes_a_label_of_any_family_and_moves():
    flyteidl = pytest.importorskip("flyteidl.core.artifact_id_pb2", reason="messages of the peer's own package")
    stamp = label()
    stamp.time_value.FromDatetime(DAY)
    for value in (stamp, flyteidl.LabelValue.FromString(stamp.SerializeToString()), DAY):
        moved = TimePartition(value, granularity=2) - dt.timedelta(hours=1)
        assert (moved.op, moved.other, moved.granularity) == (pb.Operator.MINUS, dt.timedelta(hours=1), 2)
        assert moved.to_flyte_idl().value.time_value.ToDatetime() == DAY - dt.timedelta(hours=1)
    assert TimePartition(flyteidl.InputBindingData(var="day")).value.input_binding.var == "day"


def test_a_move_that_only_a_platform_could_make_is_refused_where_it_is_written():
    moved = TimePartition(Inputs.day) + dt.timedelta(days=1)
    with pytest.raises(DrawloomError, match="only a known time can be moved") as caught:
        Parted.query(region="a", kind="b", time_partition=moved).to_flyte_idl()
    assert "Inputs.day" in str(caught.value)


@pytest.mark.parametrize(
    ("query", "bound"),
    [
        (Plain.query(), True),
        (Parted.query(), False),
        (Parted.query(region="a", kind="b"), False),
        (Parted.query(region="a", kind="b", time_partition=Inputs.day), True),
        (Parted.query(partitions={"region": "a"}, time_partition=DAY), False),
        (Bound.query(), True),
    ],
)
def test_a_query_knows_whether_it_is_bound(query, bound):
    assert query.bound is bound
    assert query.binding is None
    assert query.to_flyte_idl().artifact_id.artifact_key.name == query.artifact.name


def test_an_artifact_without_a_version_is_a_query_where_nothing_is_left_open():
    def body(a: int = Bound, b: int = Plain) -> int:
        return a

    parameters = LaunchPlan.get_default_launch_plan(None, workflow(body)).parameters.parameters
    assert parameters["a"].artifact_query.artifact_id.partitions.value["region"].static_value == "eu"
    assert not parameters["b"].artifact_query.artifact_id.HasField("partitions")


@pytest.mark.parametrize(
    ("annotation", "said"),
    [
        (Parted, "a workflow runs no code"),
        (Parted(region="eu", kind="k"), "a workflow runs no code"),
        (Parted(region=Inputs.nowhere, kind="k", time_partition=DAY), "`nowhere`, which is not an input"),
        (Parted(region="eu", kind="k", time_partition=Inputs.nowhen), "`nowhen`, which is not an input"),
    ],
)
def test_what_a_workflow_cannot_bind_is_refused_where_it_is_declared(annotation, said):
    def body(a: int) -> typing.Annotated[int, annotation]:
        return a

    body.__annotations__ = {"a": int, "return": typing.Annotated[int, annotation]}
    with pytest.raises(FlyteValidationException, match=said):
        workflow(body)
    if "not an input" in said:
        with pytest.raises(FlyteValidationException, match=said):
            task(body)
    else:
        assert task(body).interface.outputs.variables["o0"].artifact_partial_id.artifact_key.name == "parted"


class Card:
    """What flytekit calls a SerializableToString."""

    def __init__(self, text):
        self.text = text

    def serialize_to_string(self, ctx, variable_name):
        return f"card_of_{variable_name}", self.text


def test_more_that_an_output_says_is_in_its_metadata():
    said = OutputMetadata(Parted, {"region": 3}, DAY, (Card("one"),))
    found = said.entries("o0")
    assert found["card_of_o0"] == "one"
    assert sorted(found) == sorted([METADATA_KEY, "card_of_o0"])
    assert OutputMetadata(Plain, additional_items=[Card("two")]).entries("o1") == {"card_of_o1": "two"}
    for wrong in (Card(5), object()):
        with pytest.raises(DrawloomError, match="does not say what it adds to output `o0`"):
            OutputMetadata(Plain, additional_items=(wrong,)).entries("o0")

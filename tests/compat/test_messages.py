"""Messages under flytekit's model names: the same constructors, and what comes out is the message."""

from __future__ import annotations

import datetime as dt

import pytest

from drawloom.flytekit.models import common, literals, types
from drawloom.flytekit.models import task as task_models
from drawloom.flytekit.models.core import identifier
from drawloom.flytekit.models.core import workflow as workflow_models
from drawloom.flytekit.models.core.types import BlobType
from literals import DrawloomError, pb


def test_positional_arguments_are_in_flytekits_order():
    made = literals.Literal(literals.Scalar(literals.Primitive(3)))
    assert made == pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=3)))
    blob = literals.Blob(literals.BlobMetadata(BlobType("csv", BlobType.BlobDimensionality.MULTIPART)), "s3://b/x")
    assert (blob.metadata.type.format, blob.metadata.type.dimensionality, blob.uri) == ("csv", 1, "s3://b/x")
    assert literals.LiteralMap({"a": made}).literals["a"] == made
    assert list(literals.LiteralCollection([made, made]).literals) == [made, made]
    assert types.LiteralType(types.SimpleType.INTEGER) == pb.LiteralType(simple=pb.SimpleType.INTEGER)


def test_none_is_what_is_not_set_and_flytekits_field_names_are_known():
    stored = types.LiteralType(simple=types.SimpleType.STRING, metadata=None)
    made = literals.Union(value=literals.Literal(scalar=literals.Scalar(none_type=literals.Void())), stored_type=stored)
    assert made.type == stored
    assert not stored.HasField("metadata")


def test_times_and_dicts_become_the_messages_that_they_stand_for():
    moment = dt.datetime(2024, 1, 2, 3, tzinfo=dt.timezone.utc)
    assert literals.Primitive(datetime=moment).value == moment
    assert literals.Primitive(duration=dt.timedelta(seconds=5)).value == dt.timedelta(seconds=5)
    assert types.LiteralType(simple=types.SimpleType.STRUCT, metadata={"a": 1}).metadata["a"] == 1


def test_value_is_what_is_set():
    literal = literals.Literal(scalar=literals.Scalar(primitive=literals.Primitive(string_value="x")))
    assert literal.value.value.value == "x"
    assert literals.Literal().value is None


def test_conversions_to_and_from_the_idl_are_the_message_itself():
    literal = literals.Literal(scalar=literals.Scalar(primitive=literals.Primitive(integer=1)))
    assert literal.to_flyte_idl() is literal
    assert literals.Literal.from_flyte_idl(literal) == literal
    assert isinstance(literal, literals.Literal)
    assert not isinstance(literal, literals.Scalar)


def test_a_message_of_another_family_is_read_over():
    other = pytest.importorskip("flyteidl.core.literals_pb2")
    made = literals.Literal(scalar=other.Scalar(primitive=other.Primitive(integer=7)))
    assert made.scalar.primitive.integer == 7
    assert literals.Literal.from_flyte_idl(other.Literal(hash="h")).hash == "h"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: literals.LiteralMap({}, {}), "at most 1 positional"),
        (lambda: literals.Literal(colour=1), "no field 'colour'"),
        (lambda: literals.BindingData(promise=3), "this is not a OutputReference"),
        (lambda: literals.Literal(scalar="x"), "this is not a Scalar"),
    ],
)
def test_an_impossible_message_is_refused(make, said):
    with pytest.raises(DrawloomError, match=said):
        make()


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (identifier.WorkflowExecutionIdentifier("p", "d", "n"), pb.WorkflowExecutionIdentifier(project="p", domain="d", name="n")),
        (common.EmailNotification(["a@b.c"]), pb.EmailNotification(recipients_email=["a@b.c"])),
        (common.Envs({"K": "V"}), pb.Envs(values=[pb.KeyValuePair(key="K", value="V")])),
        (
            task_models.Resources([task_models.Resources.ResourceEntry(task_models.Resources.ResourceName.CPU, "1")], []),
            pb.Resources(requests=[pb.Resources.ResourceEntry(name=pb.Resources.ResourceName.CPU, value="1")]),
        ),
        (
            task_models.Container("img", ["c"], ["a"], None, {"K": "V"}, {}),
            pb.Container(image="img", command=["c"], args=["a"], env=[pb.KeyValuePair(key="K", value="V")]),
        ),
        (
            workflow_models.ArrayNode(workflow_models.Node(id="n"), 3, is_original_sub_node_interface=True),
            pb.ArrayNode(node=pb.Node(id="n"), parallelism=3, is_original_sub_node_interface={"value": True}),
        ),
        (
            types.StructuredDatasetType([types.StructuredDatasetType.DatasetColumn("a", types.LiteralType(simple=1))]),
            pb.StructuredDatasetType(columns=[pb.StructuredDatasetType.DatasetColumn(name="a", literal_type={"simple": 1})]),
        ),
        (
            types.SchemaType([types.SchemaType.SchemaColumn("a", 2)]),
            pb.SchemaType(columns=[pb.SchemaType.SchemaColumn(name="a", type=2)]),
        ),
        (workflow_models.SleepCondition(dt.timedelta(seconds=2)), pb.SleepCondition(duration=dt.timedelta(seconds=2))),
    ],
    ids=lambda made: type(made).__name__,
)  # fmt: skip
def test_models_of_entities_are_made_in_flytekits_order(made, expected):
    assert made == expected
    assert made.to_flyte_idl() is made


def test_fields_that_flytekit_calls_otherwise_are_read_by_its_name():
    template = task_models.TaskTemplate(type="python-task")
    assert (
        task_models.TaskSpec(template, docs=pb.DescriptionEntity(short_description="s")).docs.short_description == "s"
    )
    assert task_models.TaskMetadata(
        k8s_object_metadata=pb.K8sObjectMetadata(labels={"a": "b"})
    ).k8s_object_metadata == (task_models.K8sObjectMetadata({"a": "b"}))
    integer = types.LiteralType(simple=types.SimpleType.INTEGER)
    assert literals.Union(literals.Literal(), integer).stored_type == integer

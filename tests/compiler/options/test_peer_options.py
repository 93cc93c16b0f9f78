"""Options that programs written for flytekit rely on, and wrong ones that are refused."""

from __future__ import annotations

import pytest

from compiler import (
    Documentation,
    Emitter,
    Image,
    ImageConfig,
    ImageSpec,
    PodTemplate,
    PythonInstanceTask,
    Resources,
    ResourceSpec,
    SerializationSettings,
    map_task,
    task,
    workflow,
)
from compiler.errors import FlyteAssertion, OptionError
from compiler_cases import control_cases as t
from literals import pb

DEFAULT = ResourceSpec(requests=Resources(cpu="1", mem="2Gi"), limits=Resources(cpu="2"))


@task
def plain(n: int) -> int:
    """One more.

    Or so it says.
    """
    return n


@task(requests=Resources(cpu="7"))
def asks(n: int) -> int:
    return n


def resources(entity, settings):
    found = Emitter(settings).task_template(entity).container.resources
    return {(pb.Resources.ResourceName.Name(e.name), e.value) for e in (*found.requests, *found.limits)}


def test_default_resources_are_for_tasks_that_ask_for_none():
    settings = SerializationSettings(default_resources=DEFAULT)
    assert resources(plain, settings) == {("CPU", "1"), ("MEMORY", "2Gi"), ("CPU", "2")}
    assert resources(map_task(plain), settings) == {("CPU", "1"), ("MEMORY", "2Gi"), ("CPU", "2")}
    assert resources(asks, settings) == {("CPU", "7")}
    assert resources(plain, SerializationSettings()) == set()


def test_settings_can_be_changed_and_carry_their_resources_along():
    settings = SerializationSettings(project="p")
    assert (
        "default_resources" not in SerializationSettings.from_transport(settings.serialized_context).serialized_context
    )
    settings.default_resources = DEFAULT
    settings.version = "v2"
    read = SerializationSettings.from_transport(settings.serialized_context)
    assert (read.version, read.default_resources) == ("v2", DEFAULT)


def test_resources_are_read_from_the_json_that_they_write():
    given = Resources(cpu="1", mem=("1Gi", "2Gi"), gpu=1)
    assert given.to_json() == '{"cpu": "1", "mem": ["1Gi", "2Gi"], "gpu": 1, "ephemeral_storage": null}'
    assert Resources.from_json(given.to_json()).to_dict() == {**given.to_dict(), "mem": ["1Gi", "2Gi"]}
    assert ResourceSpec.from_json(DEFAULT.to_json()) == DEFAULT
    for wrong in ("[", "[]", "3"):
        with pytest.raises(OptionError, match="JSON"):
            Resources.from_json(wrong)
    with pytest.raises(OptionError, match="not the JSON of ResourceSpec"):
        ResourceSpec.from_json("{}")


def test_labels_and_annotations_are_those_of_the_metadata():
    made = PythonInstanceTask("m.t", None, labels={"a": "b"}, annotations={"c": "d"})
    assert made.metadata.labels == {"a": "b"}
    metadata = made.metadata.to_message().metadata
    assert (dict(metadata.labels), dict(metadata.annotations)) == ({"a": "b"}, {"c": "d"})
    with pytest.raises(OptionError, match="labels"):
        PythonInstanceTask("m.t", None, labels="a=b")


def test_a_pod_whose_container_names_an_image_by_a_recipe_has_a_hash():
    def of(image):
        return PodTemplate({"containers": [{"name": "primary", "image": image}]}).version_hash()

    assert of(ImageSpec(name="x", packages=["a"])) == of(ImageSpec(name="x", packages=["a"]))
    assert of(ImageSpec(name="x", packages=["a"])) != of(ImageSpec(name="x", packages=["b"]))


def test_an_image_configuration_is_made_of_images():
    default, other = Image("default", "r/a", "1"), Image("other", "r/b", digest="sha256:1")
    assert ImageConfig.create_from(default, [other]) == ImageConfig(default, [default, other])
    assert ImageConfig.create_from(None, [other]).images == [other]
    with pytest.raises(ValueError, match="not an Image"):
        ImageConfig.create_from("r/a:1")
    with pytest.raises(ValueError, match="both a tag and a digest"):
        Image("x", "r/a", "1", "sha256:1")


@pytest.mark.parametrize(
    "wrong",
    [{"packages": "a"}, {"python_version": 3.11}, {"env": ["A=1"]}, {"builder_options": 1}, {"source_root": 3},
     {"pip_secret_mounts": [("a",)]}, {"pip_secret_mounts": "a"}, {"commands": [1]}],
)  # fmt: skip
def test_a_field_of_an_image_of_a_wrong_kind_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        ImageSpec(**wrong)


def test_the_docs_of_a_task_are_its_docstring_completed():
    assert plain.docs.short_description == "One more."
    assert plain.docs.long_description.value == "Or so it says."
    assert asks.docs is None

    @task(docs=Documentation(short_description="given", long_description="given, too"))
    def documented(n: int) -> int:
        """Said here."""
        return n

    assert documented.docs.short_description == "Said here."
    assert documented.docs.long_description.value == "given, too"


def test_a_node_cannot_have_the_id_of_the_failure_handler():
    @workflow
    def wf(n: int) -> int:
        return t.inc(n=n).with_overrides(node_name="efn")

    with pytest.raises(FlyteAssertion, match="failure handler"):
        Emitter().workflow_spec(wf)

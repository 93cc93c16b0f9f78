from __future__ import annotations

import datetime as dt
import pathlib

import pytest

from compiler.options.cache import Cache, cache_settings
from compiler.options.documentation import Description, Documentation, entity_description
from compiler.options.image import ImageSpec, image_name
from compiler.options.launch_options import Annotations, AuthRole, ConcurrencyPolicy, Labels, Options
from compiler.options.layered_image import LayeredImage
from compiler.options.notification import Email, PagerDuty, Slack, WorkflowExecutionPhase
from compiler.options.pod import PodTemplate, pod_message
from compiler.options.security import Identity, Secret, SecurityContext, security_context
from compiler.options.settings import Image, ImageConfig, SerializationSettings
from drawloom import task, workflow
from literals import DrawloomError, pb

CONFIG = ImageConfig(default_image=Image("default", "img", "v"), images=[Image("gpu", "g", digest="sha256:0")])


class CountingPolicy:
    def get_version(self, salt, params):
        return salt + params.func.__name__


def some_function():
    return 1


def test_a_cache_object_holds_its_version():
    made = cache_settings(Cache(version="v9", serialize=True, ignored_inputs="a"))
    assert (made.enabled, made.version, made.serialize, made.ignored) == (True, "v9", True, ("a",))
    assert cache_settings(True, "3").version == "3"
    assert not cache_settings(False).enabled


def test_policies_make_the_version_when_none_is_given():
    one = cache_settings(Cache(policies=[CountingPolicy()]), function=some_function).version
    other = cache_settings(Cache(policies=CountingPolicy(), salt="x"), function=some_function).version
    assert len(one) == 64
    assert one != other


def test_the_words_of_the_other_generation_are_understood():
    assert Cache("override", "v2").version == "v2"
    assert not cache_settings(Cache("disable")).enabled
    assert Cache("auto", max_age=60).max_age == 60


@pytest.mark.parametrize(
    "make",
    [
        lambda: Cache(),
        lambda: Cache(behavior="sometimes"),
        lambda: Cache("auto", max_age=-1),
        lambda: Cache(policies=["x"]),
        lambda: cache_settings(True),
        lambda: cache_settings(False, cache_serialize=True),
        lambda: cache_settings(False, cache_ignore_input_vars=("a",)),
        lambda: cache_settings(Cache(version="1"), "2"),
        lambda: cache_settings(3),
        lambda: cache_settings("auto"),
    ],
)
def test_contradicting_cache_options_are_refused(make):
    with pytest.raises(ValueError):
        make()


def test_secrets_are_written_field_by_field():
    made = security_context(
        [
            Secret(group="g1", key="k1", mount_requirement=Secret.MountType.ENV_VAR),
            Secret(group="g2", key="k2", group_version="v2", mount_requirement=Secret.MountType.FILE),
            Secret(group="g3", env_var="MY_ENV"),
        ]
    )
    assert [(s.group, s.key, s.group_version, s.mount_requirement, s.env_var) for s in made.secrets] == [
        ("g1", "k1", "", 1, ""),
        ("g2", "k2", "v2", 2, ""),
        ("g3", "", "", 0, "MY_ENV"),
    ]
    assert security_context([]) is None


def test_secrets_take_the_positions_of_both_generations():
    assert (Secret("g", "k").group, Secret("g", "k").key) == ("g", "k")
    assert Secret("my-key").env_var == "MY_KEY"
    assert Secret("my-key", as_env_var="X").key == "my-key"
    assert Secret(key="k", group="g").env_var is None
    assert Secret(key="k", mount=pathlib.Path("/etc/flyte/secrets")).mount_requirement is Secret.MountType.FILE


@pytest.mark.parametrize(
    "make",
    [
        lambda: Secret(),
        lambda: Secret(group="g", env_var="lower-case"),
        lambda: Secret(key="k", mount="/elsewhere"),
        lambda: Secret("a", "b", "c", "d"),
        lambda: Secret("a", "b", key="c"),
        lambda: security_context(["k", 3]),
    ],
)
def test_impossible_secrets_are_refused(make):
    with pytest.raises(DrawloomError):
        make()


def test_an_auth_role_becomes_an_identity():
    made = AuthRole("arn:x", "sa").security_context().to_message()
    assert (made.run_as.iam_role, made.run_as.k8s_service_account) == ("arn:x", "sa")
    assert SecurityContext(run_as=Identity(execution_identity="me")).to_message().run_as.execution_identity == "me"


def test_notifications_write_phases_and_channel():
    phase = WorkflowExecutionPhase
    mail = Email(phases=[phase.SUCCEEDED], recipients_email=["a@x.org"]).to_message()
    assert (list(mail.phases), list(mail.email.recipients_email)) == ([4], ["a@x.org"])
    assert Slack([phase.FAILED], ["s"]).to_message().WhichOneof("type") == "slack"
    assert PagerDuty([phase.TIMED_OUT], ["s"]).to_message().WhichOneof("type") == "pager_duty"


@pytest.mark.parametrize(
    ("phases", "to"), [([], ["a"]), ([WorkflowExecutionPhase.RUNNING], ["a"]), ([4], []), ([4], "a")]
)
def test_notifications_without_phase_or_recipient_are_refused(phases, to):
    with pytest.raises(AssertionError):
        Email(phases=phases, recipients_email=to)


def test_options_of_a_plan_write_themselves():
    assert dict(Labels({"a": "b"}).to_message().values) == {"a": "b"}
    assert (ConcurrencyPolicy(2).to_message().max, ConcurrencyPolicy(2).to_message().behavior) == (2, 1)
    assert Options.default_from("sa", "s3://b").security_context.run_as.k8s_service_account == "sa"
    for wrong in (lambda: Annotations({"a": 1}), lambda: Labels(["a"]), lambda: ConcurrencyPolicy(0)):
        with pytest.raises(DrawloomError):
            wrong()


def test_a_docstring_completes_documentation_without_changing_it():
    docs = Documentation(short_description="mine")
    made = entity_description(docs, "docstring", "long text")
    assert (made.short_description, made.long_description.value, made.long_description.format) == (
        "docstring",
        "long text",
        3,
    )
    assert docs == Documentation(short_description="mine")
    assert entity_description(None, None, None).HasField("long_description")
    with pytest.raises(DrawloomError, match="too long"):
        Description(value="x" * 20_000)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, "img:v"),
        ("", "img:v"),
        ("plain:1", "plain:1"),
        ("{{.image.default}}", "img:v"),
        ("{{.image.default.fqn}}-gpu:{{.image.default.version}}", "img-gpu:v"),
        ("{{.IMAGES.gpu.fqn}}:{{.image.gpu.version}}", "g@sha256:0"),
    ],
)
def test_image_templates_are_filled(given, expected):
    assert image_name(given, CONFIG) == expected


def test_an_image_by_reference_is_the_configured_one():
    assert image_name(LayeredImage.from_ref_name("gpu"), CONFIG) == "g@sha256:0"
    assert image_name(LayeredImage.from_ref_name(), CONFIG) == "img:v"
    with pytest.raises(DrawloomError, match="no image is configured as 'missing'") as caught:
        image_name(LayeredImage.from_ref_name("missing"), CONFIG)
    assert "ImageConfig" in caught.value.fix


def _one() -> int:
    return 1


@pytest.mark.parametrize(
    "image", ["{{.image.elsewhere}}", LayeredImage.from_ref_name("elsewhere")], ids=["text", "recipe"]
)
def test_an_image_that_only_a_cluster_has_is_asked_for_when_a_task_is_written_and_not_when_it_runs_here(image):
    made = task(container_image=image)(_one)
    assert made() == 1

    @workflow
    def wf() -> int:
        return made()

    @workflow
    def overrides() -> int:
        return task(_one)().with_overrides(container_image=image)

    assert wf() == overrides() == 1
    with pytest.raises(DrawloomError, match="no image is configured as 'elsewhere'"):
        made.get_image(SerializationSettings(image_config=CONFIG))


@pytest.mark.parametrize(
    "given", ["{{.image.other}}", "{{.image.default.size}}", "{{.images}}", "{{.image.default}}{{.inputs.a}}", 5]
)
def test_unknown_images_are_refused(given):
    with pytest.raises(AssertionError):
        image_name(given, CONFIG)


def test_an_image_recipe_is_named_by_its_content():
    one, other = (
        ImageSpec(name="A", registry="ghcr.io/x", packages=["a"]),
        ImageSpec(name="a", registry="ghcr.io/x").with_packages("a"),
    )
    assert one.image_name() == other.image_name() == image_name(one, CONFIG)
    assert one.image_name().startswith("ghcr.io/x/a:")
    assert one.with_packages("b").tag != one.tag
    with pytest.raises(DrawloomError):
        ImageSpec(packages="a")


@pytest.mark.parametrize(
    ("given", "seconds"),
    [(600, 600), (0, 0), (dt.timedelta(minutes=10), 600), (90.0, 90)],
    ids=["seconds", "none", "timedelta", "whole-float"],
)
@pytest.mark.parametrize(
    "spec", [None, {"nodeSelector": {"a": "b"}, "terminationGracePeriodSeconds": 1}], ids=["empty", "other"]
)
def test_a_pod_has_the_time_to_end_that_its_template_says(spec, given, seconds):
    template = PodTemplate(spec, labels={"l": "1"})
    made = template.with_termination_grace_period(given)
    assert made.pod_spec == {**(spec or {}), "terminationGracePeriodSeconds": seconds}
    assert (made.labels, template.pod_spec) == ({"l": "1"}, spec)
    assert (
        dict(made.pod_message(pb.Container(image="i"), ImageConfig()).pod_spec)["terminationGracePeriodSeconds"]
        == seconds
    )


@pytest.mark.parametrize("given", [-1, 0.5, dt.timedelta(milliseconds=1), True, "600", None], ids=str)
def test_a_time_to_end_of_another_kind_is_refused(given):
    with pytest.raises(DrawloomError, match="not a number of whole seconds"):
        PodTemplate().with_termination_grace_period(given)


def test_a_pod_gets_the_task_in_its_primary_container():
    template = PodTemplate(
        pod_spec={
            "containers": [
                {"name": "primary", "env": [{"name": "X", "value": "1"}]},
                {"name": "side", "image": "{{.image.gpu}}"},
            ]
        },
        labels={"l": "1"},
    )
    container = pb.Container(image="img:v", args=["run"])
    container.env.add(key="E", value="1")
    container.resources.requests.add(name=1, value="1")
    made = pod_message(template, container, CONFIG)
    primary, side = made.pod_spec["containers"]
    assert dict(made.metadata.labels) == {"l": "1"}
    assert primary["image"] == "img:v"
    assert [pair["name"] for pair in primary["env"]] == ["E", "X"]
    assert side["image"] == "g@sha256:0"
    assert "env" not in template.pod_spec["containers"][1]


def test_a_cache_takes_the_positions_of_both_generations():
    one = Cache("override", "v", True, ("b",), "salt")
    assert (one.behavior, one.version, one.serialize, one.get_ignored_inputs(), one.salt) == (
        "override",
        "v",
        True,
        ("b",),
        "salt",
    )
    other = Cache("override", "v", serialize=True, ignored_inputs="b")
    assert (other.version, other.serialize, other.get_ignored_inputs()) == ("v", True, ("b",))
    first = Cache("1.0", True, ("a",))
    assert (first.version, first.serialize, first.get_ignored_inputs(), first.behavior) == ("1.0", True, ("a",), None)
    for wrong in (lambda: Cache("1", version="2"), lambda: Cache(bogus=1), lambda: Cache("1", True, (), "", None, 5)):
        with pytest.raises(DrawloomError):
            wrong()


def test_an_image_takes_the_versions_of_this_process():
    made = ImageSpec.from_env(pinned_packages=["protobuf"], registry="ghcr.io/x")
    assert made.packages[0].startswith("protobuf==")
    assert made.registry == "ghcr.io/x"
    with pytest.raises(DrawloomError, match="not installed"):
        ImageSpec.from_env(pinned_packages=["no-such-package-here"])


def test_an_accelerator_of_a_plug_in_writes_its_own_message():
    from compiler.options.accelerators import BaseAccelerator
    from compiler.options.task_options import extended_resources

    class Own(BaseAccelerator):
        def to_flyte_idl(self):
            return pb.GPUAccelerator(device="own")

    class Silent(BaseAccelerator):
        pass

    assert extended_resources(Own()).gpu_accelerator.device == "own"
    with pytest.raises(DrawloomError, match="does not say"):
        extended_resources(Silent())


def test_a_policy_that_fails_is_named():
    class Broken:
        def get_version(self, salt, params):
            raise KeyError("x")

    with pytest.raises(ValueError, match="Broken") as caught:
        cache_settings(Cache(policies=Broken()), function=some_function)
    assert isinstance(caught.value.__cause__, KeyError)


def test_a_version_that_no_policy_makes_needs_no_task():
    assert Cache(version="v9").get_version() == "v9"
    assert Cache("disable").get_version() == ""
    with pytest.raises(ValueError, match="made of a task"):
        Cache(policies=CountingPolicy()).get_version()

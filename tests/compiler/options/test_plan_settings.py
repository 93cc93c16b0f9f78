"""Settings of a plan's executions: what is of another kind is refused when the plan is made; dicts are labels and annotations."""

import pytest

from compiler import compile_bundle
from compiler.errors import OptionError
from drawloom import Annotations, Labels, LaunchPlan, Options, task, workflow


@task
def same(x: int) -> int:
    return x


@workflow
def wf(x: int = 3) -> int:
    return same(x=x)


@pytest.fixture(autouse=True)
def _no_plans(monkeypatch):
    monkeypatch.setattr(LaunchPlan, "CACHE", {})


WRONG = [
    ("labels", 3), ("labels", "a=b"), ("labels", Annotations({})), ("labels", {"a": 1}), ("annotations", ["a"]), ("annotations", {1: "a"}),
    ("raw_output_data_config", "s3://bucket"), ("security_context", "role"), ("auth_role", "role"), ("concurrency", 3),
    ("notifications", "me@example.org"), ("notifications", ["me@example.org"]), ("notifications", 3), ("overwrite_cache", "yes"),
    ("auto_activate", 1),
]  # fmt: skip


@pytest.mark.parametrize("make", ["create", "get_or_create"])
@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_setting_of_another_kind_is_refused(make, name, value):
    with pytest.raises(OptionError) as caught:
        getattr(LaunchPlan, make)(name="plan", workflow=wf, **{name: value})
    assert name in str(caught.value).lower()
    assert caught.value.fix
    assert not LaunchPlan.CACHE


@pytest.mark.parametrize(
    ("name", "value"), [pair for pair in WRONG if pair[0] not in {"auth_role", "concurrency", "auto_activate"}]
)
def test_options_of_another_kind_are_refused(name, value):
    with pytest.raises(OptionError):
        Options(**{name: value})


def test_dicts_are_labels_and_annotations():
    plan = LaunchPlan.get_or_create(wf, name="plan", labels={"a": "b"}, annotations={"c": "d"})
    assert LaunchPlan.get_or_create(wf, name="plan", labels=Labels({"a": "b"}), annotations={"c": "d"}) is plan
    other = plan.clone_with("other", labels={"e": "f"})
    written = {one.id.name: one.spec for one in compile_bundle([plan, other]).bundle.launch_plans}
    assert dict(written["plan"].labels.values) == {"a": "b"}
    assert dict(written["other"].labels.values) == {"e": "f"}
    assert dict(written["plan"].annotations.values) == dict(written["other"].annotations.values) == {"c": "d"}
    assert Options(labels={"a": "b"}).labels == Labels({"a": "b"})


@pytest.mark.parametrize("option", ["enable_deck", "disable_deck"])
@pytest.mark.parametrize("value", ["no", 0, [True]])
def test_a_switch_of_a_task_is_true_or_false(option, value):
    with pytest.raises(OptionError, match=f"{option} has a value of the wrong type"):
        task(**{option: value})(same.task_function)

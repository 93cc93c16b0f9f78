"""`ReferenceEntity` of flytekit's reference module: the entity elsewhere that a reference names, whatever its kind."""

from __future__ import annotations

import pytest

from compiler import (
    NotRunnableError,
    OptionError,
    ReferenceLaunchPlan,
    ReferenceTask,
    ReferenceWorkflow,
    task,
    workflow,
)
from drawloom.errors import UnsupportedHereError
from drawloom.flytekit.core.reference_entity import (
    LaunchPlanReference,
    ReferenceEntity,
    TaskReference,
    WorkflowReference,
)
from drawloom.testing import patch

WHERE = ("project", "domain", "somewhere.else_", "v1")
KINDS = [
    (TaskReference, ReferenceTask),
    (WorkflowReference, ReferenceWorkflow),
    (LaunchPlanReference, ReferenceLaunchPlan),
]


@task
def shown(x: bool, y: int) -> str:
    return f"{x} {y}"


@pytest.mark.parametrize(("reference", "kind"), KINDS, ids=["task", "workflow", "plan"])
def test_it_is_an_entity_of_the_reference_s_kind(reference, kind):
    made = ReferenceEntity(reference(*WHERE), inputs={"a": str}, outputs={"x": bool, "y": int})
    assert isinstance(made, kind)
    assert isinstance(made, ReferenceEntity)
    assert (made.reference, made.id) == (reference(*WHERE), reference(*WHERE).id)
    assert (dict(made.python_interface.inputs), dict(made.python_interface.outputs)) == (
        {"a": str},
        {"x": bool, "y": int},
    )
    with pytest.raises(NotRunnableError, match="You must mock this out"):
        made(a="text")

    @workflow
    def uses_it(a: str) -> str:
        x, y = made(a=a)
        return shown(x=x, y=y)

    @patch(made)
    def tried(stand_in):
        stand_in.return_value = (False, 30)
        assert uses_it(a="hello") == "False 30"
        stand_in.assert_called_once_with(a="hello")

    tried()


def test_what_is_no_reference_is_refused_and_so_is_a_class_of_one_s_own():
    with pytest.raises(OptionError, match="not a reference to an entity"):
        ReferenceEntity("somewhere.else_", {}, {})
    assert not isinstance(shown, ReferenceEntity)
    with pytest.raises(UnsupportedHereError, match="cannot be a reference"):

        class Mine(ReferenceEntity):
            pass

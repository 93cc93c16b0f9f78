"""`ReferenceEntity`: an entity elsewhere, of whichever kind its reference names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from compiler import (
    LaunchPlanReference,
    OptionError,
    ReferenceLaunchPlan,
    ReferenceTask,
    ReferenceWorkflow,
    TaskReference,
    WorkflowReference,
    get_reference_entity,
)
from drawloom.errors import UnsupportedHereError
from literals import preview


class _ByReference(type):
    """Makes the entity of the reference's kind, and knows all of them as its own."""

    def __call__(
        cls,
        reference: TaskReference | WorkflowReference | LaunchPlanReference,
        inputs: Mapping[str, Any],
        outputs: Mapping[str, Any],
    ) -> ReferenceTask | ReferenceWorkflow | ReferenceLaunchPlan:
        if not isinstance(reference, (TaskReference, WorkflowReference, LaunchPlanReference)):  # pyright: ignore[reportUnnecessaryIsInstance] - callers
            raise OptionError(
                "this is not a reference to an entity",
                where="ReferenceEntity",
                expected="a TaskReference, a WorkflowReference or a LaunchPlanReference",
                got=preview(reference),
                fix="make one of project, domain, name and version",
            )
        return get_reference_entity(
            reference.resource_type,
            reference.project,
            reference.domain,
            reference.name,
            reference.version,
            inputs,
            outputs,
        )

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, (ReferenceTask, ReferenceWorkflow, ReferenceLaunchPlan))


class ReferenceEntity(metaclass=_ByReference):
    """`ReferenceEntity(reference, inputs, outputs)` is the task, workflow or launch plan elsewhere that the reference names.

    Raises:
        OptionError: it is called with something else than a reference.
    """

    def __init_subclass__(cls) -> NoReturn:
        raise UnsupportedHereError(
            "a class of one's own cannot be a reference",
            where=cls.__qualname__,
            expected="ReferenceTask, ReferenceWorkflow or ReferenceLaunchPlan",
            got=f"class {cls.__qualname__}(ReferenceEntity)",
            fix="derive from one of these",
        )

"""What may stand in an output's annotation beside its type: the artifact that the output is kept as."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

from compiler.errors import FlyteValidationException
from literals import pb


class ArtifactAnnotation:
    """An artifact in `Annotated[T, ...]`: `Artifact`, or one with its partitions bound."""

    if TYPE_CHECKING:

        def variable_artifact(self, name: str, inputs: Collection[str], owner: str) -> pb.ArtifactID:
            """The partial identifier of the output `name` of `owner`, whose inputs are named `inputs`."""
            ...

        @property
        def needs_runtime(self) -> bool:
            """Whether a partition is bound only while a task runs."""
            ...


def artifacts_of(hints: Mapping[str, Any]) -> dict[str, ArtifactAnnotation]:
    """By the name of the output, the artifact that its annotation names."""
    return {
        name: extra
        for name, hint in hints.items()
        if get_origin(hint) is Annotated
        for extra in get_args(hint)[1:]
        if isinstance(extra, ArtifactAnnotation)
    }


def check_artifacts(inputs: Collection[str], outputs: Mapping[str, Any], owner: str, *, binds_at_runtime: bool) -> None:
    """Hold the artifacts in annotations of outputs against the inputs; `binds_at_runtime`: a task can bind partitions itself.

    Raises:
        FlyteValidationException: a partition is bound to an input that does not exist, or to nothing where no task binds it.
    """
    for name, artifact in artifacts_of(outputs).items():
        artifact.variable_artifact(name, inputs, owner)
        if artifact.needs_runtime and not binds_at_runtime:
            raise FlyteValidationException(
                f"the artifact of output `{name}` has a partition that is not bound, and a workflow runs no code that binds it",
                where=owner,
                expected="every partition bound to a text or to Inputs.name",
                got=repr(artifact),
                fix="bind it in the annotation, or annotate the output of the task",
            )

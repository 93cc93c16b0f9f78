"""What may stand in an output's annotation beside its type: the artifact that the output is kept as."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from literals import pb


class ArtifactAnnotation:
    """An artifact in `Annotated[T, ...]`: `Artifact`, or one with its partitions bound."""

    if TYPE_CHECKING:

        def variable_artifact(self, name: str, inputs: Collection[str], owner: str) -> pb.ArtifactID:
            """The partial identifier of the output `name` of `owner`, whose inputs are named `inputs`."""
            ...

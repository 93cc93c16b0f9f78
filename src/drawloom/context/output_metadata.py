"""What a task says about values that it is going to return: which artifact each one makes, and more texts.

`Artifact.create_from` says it while the task runs; whoever encodes the outputs puts it into the literals' metadata.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol, final

from literals import canonical_bytes, pb

OUTPUT_METADATA: Final = "output_metadata_tracker"
"""The member of `AmbientState.extras`, and of `FlyteContext`, that collects what a task says about its outputs."""


class SaysMetadata(Protocol):
    """What may be said about an output."""

    def entries(self, variable: str) -> Mapping[str, str]:
        """The metadata of the literal of an output of that name."""
        ...


@final
class OutputMetadataTracker:
    """What was said about values, by their identity; the last word about a value counts.

    A value is kept as long as the tracker, so that no other value can have its identity.
    """

    def __init__(self) -> None:
        self._said: dict[int, tuple[object, SaysMetadata]] = {}

    @property
    def output_metadata(self) -> dict[int, SaysMetadata]:
        """What was said, by the identity of the value."""
        return {identity: metadata for identity, (_, metadata) in self._said.items()}

    def add(self, obj: object, metadata: SaysMetadata) -> None:
        """Note that returning `obj` makes the metadata that `metadata.entries(variable)` gives."""
        self._said[id(obj)] = (obj, metadata)

    def get(self, obj: object) -> Any:
        """What was said about a value; None for nothing."""
        found = self._said.get(id(obj))
        return None if found is None else found[1]

    def marked(self, values: Mapping[str, Any], literals: Mapping[str, bytes]) -> dict[str, bytes]:
        """The literals by output name, with what was said about their values in their metadata.

        Raises:
            DrawloomError: what was said gives no texts.
        """
        return {name: self._marked(values[name], literal, name) for name, literal in literals.items()}

    def _marked(self, value: object, literal: bytes, variable: str) -> bytes:
        found = self._said.get(id(value))
        if found is None:
            return literal
        message = pb.Literal.FromString(literal)
        for key, text in found[1].entries(variable).items():
            message.metadata[key] = text
        return canonical_bytes(message)

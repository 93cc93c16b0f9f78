"""What `Artifact.create_from` says about an output, and how it stands in the metadata of the output's literal."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from compiler.errors import OptionError
from compiler.options.partition import Granularity, Named, Partitions, TimePartition
from drawloom.context import FlyteContext, FlyteContextManager
from literals import attempt, is_tuple, pb, preview

METADATA_KEY = "_uap"
"""Key of a literal's metadata that holds the base64 text of the ArtifactID it was created as."""


class Timed(Named, Protocol):
    """An artifact, as far as its time counts."""

    time_partition_granularity: Granularity | int | None


class SerializableToString(Protocol):
    """What else `create_from` may be given: it says a key and a text of the metadata of an output's literal."""

    def serialize_to_string(self, ctx: FlyteContext, variable_name: str) -> tuple[str, str]:
        """The key and the text."""
        ...


@dataclass(frozen=True)
class OutputMetadata:
    """What `create_from` says about an output: its partitions, its time, and more texts."""

    artifact: Timed
    dynamic_partitions: dict[str, Any] | None = None
    time_partition: Any = None
    additional_items: Sequence[SerializableToString] | None = None

    def entries(self, variable: str) -> dict[str, str]:
        """What the metadata of the output's literal holds: partitions and time under `METADATA_KEY`, and the other texts.

        Raises:
            OptionError: one of them fails, or gives no key and text.
        """
        found = {METADATA_KEY: self.text} if self.dynamic_partitions or self.time_partition is not None else {}
        for each in self.additional_items or ():
            said = attempt(_said, each, variable)
            pair: Any = said.value
            if said.error is not None or not _is_pair_of_texts(pair):
                raise OptionError(
                    f"create_from is given something that does not say what it adds to output `{variable}`",
                    where=f"artifact {self.artifact.name}",
                    expected="an object whose serialize_to_string(ctx, variable) gives a key and a text",
                    got=preview(each if said.error is None else said.error),
                    fix="give it that method, or leave it out",
                ) from said.error
            found[pair[0]] = pair[1]
        return found

    @property
    def text(self) -> str:
        """Base64 of an ArtifactID with the partitions alone: the key is the declared output's, as flytekit writes it."""
        made = pb.ArtifactID()
        partitions = Partitions(
            {key: str(value) for key, value in (self.dynamic_partitions or {}).items()}
        ).to_flyte_idl()
        if partitions is not None:
            made.partitions.CopyFrom(partitions)
        if self.time_partition is not None:
            granularity = self.artifact.time_partition_granularity or Granularity.DAY
            made.time_partition.CopyFrom(TimePartition(self.time_partition, granularity=granularity).to_flyte_idl())
        return base64.b64encode(made.SerializeToString(deterministic=True)).decode("ascii")


def _said(each: SerializableToString, variable: str) -> object:
    return each.serialize_to_string(FlyteContextManager.current_context(), variable)


def _is_pair_of_texts(value: object) -> bool:
    return is_tuple(value) and [str, str] == [type(part) for part in value]

"""Artifacts of Flyte 2: what an output is for whoever looks it up later. Described and checked here, published by a platform.

`new(value, metadata)` gives the value with its description attached; a local run keeps it with the value (`metadata_of`) and
says in the log that nothing is published.
"""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, Protocol, TypeAlias, TypeVar, final, runtime_checkable

from drawloom.context import current, using
from drawloom.local.logging import system_logger
from literals import DrawloomError, preview
from typeengine import DataFrame, Dir, File

Kind: TypeAlias = Literal["model", "data", "generic"]
Granularity: TypeAlias = Literal["hour", "day", "week", "month"]
CardType: TypeAlias = Literal["model", "data", "generic"]
CardFormat: TypeAlias = Literal["html", "md", "json", "yaml", "csv", "tsv", "png", "jpg", "jpeg"]
T = TypeVar("T")

KIND_KEY: Final = "flyte.io/kind"
"""The attribute that holds the kind."""
MAX_PARENTS: Final = 32
_KINDS = ("model", "data", "generic")
_GRANULARITIES = ("hour", "day", "week", "month")
_MARK = "artifact_metadata"
_DECLARED = "drawloom.artifacts.declared"


class ArtifactError(DrawloomError, ValueError, TypeError):
    """A description of an artifact says something that cannot be, or stands on a value that can be none."""


@final
@dataclass(frozen=True)
class ArtifactKey:
    """Where an artifact's name is looked up; an empty part is the child's own."""

    project: str = ""
    domain: str = ""
    name: str = ""
    org: str = ""


@final
@dataclass(frozen=True)
class ArtifactVersionId:
    """One version of an artifact."""

    artifact_key: ArtifactKey = ArtifactKey()
    version: str = ""


@final
@dataclass(frozen=True)
class TimePartition:
    """A point in time as a partition, rounded down to its granularity by whoever publishes it."""

    value: dt.date
    granularity: Granularity = "day"

    def __post_init__(self) -> None:
        if self.granularity not in _GRANULARITIES:
            raise ArtifactError(
                "unknown granularity",
                where="TimePartition",
                expected=", ".join(_GRANULARITIES),
                got=preview(self.granularity),
                fix="use one of these",
            )
        if not isinstance(self.value, dt.date):  # pyright: ignore[reportUnnecessaryIsInstance] - callers
            raise ArtifactError(
                "a time partition is a date or datetime",
                where="TimePartition",
                expected="a date or a datetime",
                got=preview(self.value),
                fix="write TimePartition(datetime.date.today())",
            )


@final
@dataclass(frozen=True)
class Card:
    """What shows an artifact to people: a text, and how to read it."""

    content: str
    format: CardFormat = "html"
    card_type: CardType = "generic"

    @classmethod
    def create_from(
        cls,
        content: str | None = None,
        local_path: Path | None = None,
        format: CardFormat = "html",  # noqa: A002 - Flyte's name
        card_type: CardType = "generic",
    ) -> Card:
        """A card of a text or of a file.

        Raises:
            ArtifactError: both or neither are given.
        """
        if (content is None) == (local_path is None):
            raise ArtifactError(
                "a card needs a text or a file, one of them",
                where="Card.create_from",
                expected="a text or a file",
                got="both or neither",
                fix="give one of them",
            )
        return cls(
            content if content is not None else Path(str(local_path)).read_text(encoding="utf-8"), format, card_type
        )


@final
@dataclass(frozen=True, kw_only=True)
class Metadata:
    """An artifact's name, version and what else is known of it.

    Attributes: `attrs` (texts), `partitions` (dates are days, datetimes hours, all else texts; at most one time),
    `parents` (versions that this one derives from, the main one first).

    Raises:
        ArtifactError: no name, two time partitions, an unknown kind, too many or empty parents.
    """

    name: str
    version: str | None = None
    description: str | None = None
    attrs: Mapping[str, str] | None = None
    card: Card | None = None
    kind: Kind | None = None
    partitions: Mapping[str, Any] | None = None
    parents: tuple[str | ArtifactVersionId, ...] | None = None
    version_from_content: bool = False

    def __post_init__(self) -> None:
        if not self.name:
            raise ArtifactError(
                "an artifact needs a name",
                where="Metadata.name",
                expected="a name",
                got=repr(self.name),
                fix="write Metadata(name='...')",
            )
        if self.kind is not None and self.kind not in _KINDS:
            raise ArtifactError(
                "unknown kind",
                where="Metadata.kind",
                expected=", ".join(_KINDS),
                got=preview(self.kind),
                fix="use one of these",
            )
        times = [key for key, value in (self.partitions or {}).items() if isinstance(value, (dt.date, TimePartition))]
        if len(times) > 1:
            raise ArtifactError(
                "an artifact has at most one time partition",
                where="Metadata.partitions",
                expected="at most one TimePartition",
                got=", ".join(times),
                fix="make the others texts",
            )
        parents = self.parents or ()
        if len(parents) > MAX_PARENTS or any(parent == "" for parent in parents):
            raise ArtifactError(
                f"parents are at most {MAX_PARENTS} versions, none of them empty",
                where="Metadata.parents",
                expected=f"at most {MAX_PARENTS} versions",
                got=preview(parents),
                fix="leave out empty ones, and name the nearest parents only",
            )

    @classmethod
    def create_model_metadata(
        cls,
        *,
        name: str,
        framework: str | None = None,
        model_type: str | None = None,
        architecture: str | None = None,
        task: str | None = None,
        modality: tuple[str, ...] = ("text",),
        serial_format: str = "safetensors",
        attrs: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Metadata:
        """The description of a model: what it is goes into the attributes."""
        own = {
            KIND_KEY: "model",
            "framework": framework or "",
            "model_type": model_type or "",
            "architecture": architecture or "",
            "task": task or "",
            "modality": ",".join(modality),
            "serial_format": serial_format,
        }
        return cls(name=name, attrs={**(attrs or {}), **own}, **more)


@runtime_checkable
class Artifact(Protocol):
    """A value that says itself which artifact it is."""

    def get_artifact_metadata(self) -> Metadata | None:
        """The description; None for none."""
        ...


def new(obj: T, metadata: Metadata) -> T:
    """The value with a description of the artifact that it is to become.

    Raises:
        ArtifactError: the value is not a File, Dir or DataFrame, and does not describe itself.
    """
    if not isinstance(obj, (File, Dir, DataFrame, Artifact)):
        raise ArtifactError(
            "only what lies in storage can be an artifact",
            where=f"artifact {metadata.name}",
            expected="a File, Dir or DataFrame",
            got=preview(obj),
            fix="write the value to a file first, or wrap a frame with DataFrame.from_df()",
        )
    made = copy.copy(obj)
    setattr(made, _MARK, metadata)
    system_logger.info("artifact %s: described, not published; drawloom talks to no platform", metadata.name)
    return made


def metadata_of(obj: object) -> Metadata | None:
    """The description that `new` attached, or that the value gives itself."""
    if isinstance(obj, Artifact):
        return obj.get_artifact_metadata()
    return getattr(obj, _MARK, None)


@contextlib.contextmanager
def produces(**outputs: Metadata) -> Generator[None]:
    """Say of a call's outputs, by name, which artifacts they are to become. `declared()` shows them inside the block."""
    for name, metadata in outputs.items():
        if not isinstance(metadata, Metadata):  # pyright: ignore[reportUnnecessaryIsInstance] - callers
            raise ArtifactError(
                "an output is described by Metadata",
                where=f"produces({name}=...)",
                expected="Metadata(...)",
                got=preview(metadata),
                fix=f"write produces({name}=Metadata(name='...'))",
            )
    with using(extras={**current().extras, _DECLARED: dict(outputs)}):
        yield


def declared() -> Mapping[str, Metadata]:
    """What the surrounding `produces` says."""
    return current().extras.get(_DECLARED, {})


__all__ = [
    "KIND_KEY",
    "MAX_PARENTS",
    "Artifact",
    "ArtifactError",
    "ArtifactKey",
    "ArtifactVersionId",
    "Card",
    "CardFormat",
    "CardType",
    "Granularity",
    "Kind",
    "Metadata",
    "TimePartition",
    "declared",
    "metadata_of",
    "new",
    "produces",
]

"""Artifacts: names under which a platform keeps outputs, and queries that fill inputs with them.

In a return annotation, `Annotated[int, Art(region=Inputs.region)]` says under which name and partitions the output is kept.
As a default input, `Art.query(region="us")` or a versioned `Art` says where the value comes from. Partitions that are bound
to nothing are bound while the task runs, with `Art.create_from(value, region="us")`.
"""

# ruff: noqa: FBT001, FBT002, PLR0917 - the signatures are flytekit's, positions included

from __future__ import annotations

import base64
import datetime as dt
import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from compiler.errors import FlyteValidationException, OptionError
from compiler.options.option_kinds import PlatformValue
from compiler.options.writable import Writable
from compiler.source.artifact_annotation import ArtifactAnnotation
from drawloom.context import current
from literals import pb, preview

T = TypeVar("T")

MAX_PARTITIONS = 10
METADATA_KEY = "_uap"
"""Key of a literal's metadata that holds the base64 text of the ArtifactID it was created as."""
_TIME = "time_partition"


class Granularity(enum.IntEnum):
    """How fine a time partition is."""

    UNSET = 0
    MINUTE = 1
    HOUR = 2
    DAY = 3
    MONTH = 4


@dataclass(frozen=True)
class InputBinding:
    """A partition that takes the value of an input."""

    var: str


class _Inputs:
    """`Inputs.region` binds a partition to the input `region`."""

    def __getattr__(self, name: str) -> InputBinding:
        if name.startswith("__"):
            raise AttributeError(name)
        return InputBinding(name)


Inputs = _Inputs()


class _Runtime:
    """A partition that is bound while the task runs."""

    def __repr__(self) -> str:
        return "RUNTIME"


RUNTIME = _Runtime()


@dataclass(frozen=True)
class TimePartition:
    """The time partition of an artifact: a time, an input, or another time partition moved by a timedelta."""

    value: Any = None
    granularity: Granularity | int = Granularity.DAY

    def __post_init__(self) -> None:
        allowed = (dt.datetime, InputBinding, _Runtime)
        if self.value is not None and not isinstance(self.value, allowed):
            raise OptionError(
                "a time partition is neither time nor input",
                where="TimePartition",
                expected="a datetime or Inputs.name",
                got=preview(self.value),
            )

    def __add__(self, other: dt.timedelta) -> TimePartition:
        return self._moved(other)

    def __sub__(self, other: dt.timedelta) -> TimePartition:
        return self._moved(-other)

    def _moved(self, by: dt.timedelta) -> TimePartition:
        if not isinstance(self.value, dt.datetime):
            raise OptionError("only a known time can be moved", where="TimePartition", got=preview(self.value))
        return TimePartition(self.value + by, self.granularity)


class ArtifactQuery(Writable, PlatformValue):
    """Where an input's value is looked up when a launch plan starts."""

    message_name = "ArtifactQuery"

    def __init__(
        self,
        artifact: Artifact,
        name: str,
        project: str | None = None,
        domain: str | None = None,
        time_partition: TimePartition | None = None,
        partitions: Mapping[str, Any] | None = None,
    ) -> None:
        self.artifact = artifact
        self.name = name
        self.project = project
        self.domain = domain
        self.time_partition = time_partition
        self.partitions = dict(partitions or {})

    @property
    def bound(self) -> bool:
        """Whether every partition of the artifact has a value."""
        if self.artifact.time_partitioned and (self.time_partition is None or self.time_partition.value is None):
            return False
        return {key for key, value in self.partitions.items() if value is not None} == set(
            self.artifact.partition_keys or ()
        )

    def write(self, into: pb.ArtifactQuery) -> None:
        """Write key and partitions."""
        _write_key(self.project, self.domain, self.name, into.artifact_id)
        _write_partitions(self.partitions, into.artifact_id)
        _write_time(self.time_partition, into.artifact_id)

    def parameter(self, var: pb.Variable) -> pb.Parameter:
        """The parameter of an input that this query fills."""
        made = pb.Parameter(var=var)
        self.write(made.artifact_query)
        return made

    def __repr__(self) -> str:
        return f"ArtifactQuery({self.name!r}, {self.partitions!r})"


class ArtifactIDSpecification(ArtifactAnnotation):
    """An artifact with its partitions bound, as a return annotation needs it."""

    def __init__(self, artifact: Artifact, bound: Mapping[str, Any] | None = None) -> None:
        self.artifact = artifact
        self.partitions: dict[str, Any] = dict.fromkeys(artifact.partition_keys or (), RUNTIME)
        granularity = artifact.time_partition_granularity or Granularity.DAY
        self.time_partition = TimePartition(RUNTIME, granularity) if artifact.time_partitioned else None
        for key, value in (bound or {}).items():
            self._bind(key, value, granularity)

    def _bind(self, key: str, value: Any, granularity: Granularity | int) -> None:
        where = f"artifact {self.artifact.name}"
        if key == _TIME:
            if not self.artifact.time_partitioned:
                raise OptionError("this artifact has no time partition", where=where, fix="add time_partitioned=True")
            self.time_partition = TimePartition(value, granularity)
            return
        if key not in self.partitions:
            raise OptionError(
                f"there is no partition `{key}`",
                where=where,
                expected=", ".join(self.partitions) or "no partitions at all",
            )
        if not isinstance(value, (str, InputBinding)):
            raise OptionError(
                f"partition `{key}` is neither text nor input",
                where=where,
                expected="text or Inputs.name",
                got=preview(value),
            )
        self.partitions[key] = value

    def __call__(self, *args: Any, **kwargs: Any) -> ArtifactIDSpecification:
        """The same artifact with more partitions bound."""
        return self.artifact(*args, **kwargs)

    @property
    def needs_runtime(self) -> bool:
        """Whether something is bound only while the task runs."""
        values = [*self.partitions.values(), self.time_partition.value if self.time_partition is not None else None]
        return any(value is RUNTIME for value in values)

    def variable_artifact(self, name: str, inputs: Collection[str], owner: str) -> pb.ArtifactID:
        """The partial identifier of an output.

        Raises:
            FlyteValidationException: a partition is bound to an input that does not exist.
        """
        values = [*self.partitions.values(), self.time_partition.value if self.time_partition is not None else None]
        for value in values:
            if isinstance(value, InputBinding) and value.var not in inputs:
                raise FlyteValidationException(
                    f"the artifact of output `{name}` is bound to `{value.var}`, which is not an input",
                    where=owner,
                    expected=", ".join(inputs) or "no inputs at all",
                )
        return self.to_partial_artifact_id()

    def to_partial_artifact_id(self) -> pb.ArtifactID:
        """Name and bindings, without values that only a run knows."""
        made = pb.ArtifactID()
        artifact = self.artifact
        _write_key(artifact.project, artifact.domain, artifact.name, made)
        made.version = artifact.version or ""
        _write_partitions(self.partitions, made)
        _write_time(self.time_partition, made)
        return made

    def __repr__(self) -> str:
        return f"ArtifactIDSpecification({self.artifact.name!r}, {self.partitions!r})"


class Artifact(PlatformValue, ArtifactAnnotation):
    """A name for outputs, with partitions.

    Raises:
        OptionError: no name, more than ten partitions, or partitions given in two ways.
    """

    def __init__(
        self,
        project: str | None = None,
        domain: str | None = None,
        name: str | None = None,
        version: str | None = None,
        time_partitioned: bool = False,
        time_partition: TimePartition | None = None,
        time_partition_granularity: Granularity | int | None = None,
        partition_keys: list[str] | None = None,
        partitions: object = None,
    ) -> None:
        if not name:
            raise OptionError("an artifact has no name", where="Artifact", fix="add name='...'")
        if partitions is not None and not isinstance(partitions, Mapping):
            raise OptionError("partitions are not a dict", where="Artifact", got=preview(partitions))
        self.project = project
        self.domain = domain
        self.name = name
        self.version = version
        self.time_partitioned = time_partitioned or time_partition is not None
        self.time_partition = time_partition
        self.time_partition_granularity = time_partition_granularity
        self.partitions: dict[str, Any] = dict(partitions or dict.fromkeys(partition_keys or ()))
        self.partition_keys = list(self.partitions) or None
        if len(self.partitions) > MAX_PARTITIONS:
            raise OptionError(
                f"an artifact has {len(self.partitions)} partitions", where=name, expected=f"at most {MAX_PARTITIONS}"
            )

    def __call__(self, *args: Any, **kwargs: Any) -> ArtifactIDSpecification:
        """This artifact with partitions bound, for a return annotation.

        Raises:
            OptionError: positional values, an unknown partition, or a value that is neither text nor input.
        """
        if args:
            raise OptionError("partitions are bound by name", where=f"artifact {self.name}", got=preview(args))
        return ArtifactIDSpecification(self, kwargs)

    def variable_artifact(self, name: str, inputs: Collection[str], owner: str) -> pb.ArtifactID:
        """The partial identifier of an output that names the artifact alone."""
        return ArtifactIDSpecification(self).variable_artifact(name, inputs, owner)

    def query(
        self,
        project: str | None = None,
        domain: str | None = None,
        time_partition: dt.datetime | TimePartition | InputBinding | None = None,
        partitions: Mapping[str, str] | None = None,
        **kwargs: str,
    ) -> ArtifactQuery:
        """A query for the newest artifact with these partitions.

        Raises:
            OptionError: partitions given in two ways.
        """
        if partitions and kwargs:
            raise OptionError(
                "partitions are given in two ways", where=f"artifact {self.name}", fix="use names or partitions="
            )
        time = time_partition
        if time is not None and not isinstance(time, TimePartition):
            time = TimePartition(time, self.time_partition_granularity or Granularity.DAY)
        return ArtifactQuery(
            self,
            self.name,
            project or self.project,
            domain or self.domain,
            time or self.time_partition,
            {**self.partitions, **(partitions or {}), **kwargs},
        )

    def parameter(self, var: pb.Variable) -> pb.Parameter:
        """The parameter of an input that this artifact fills.

        Raises:
            FlyteValidationException: it has no version, so it is not one artifact.
        """
        if not self.version:
            raise FlyteValidationException(
                "an artifact without a version cannot be a default",
                where=f"artifact {self.name}",
                fix="write .query() to take the newest, or give project, domain and version",
            )
        made = pb.Parameter(var=var)
        made.artifact_id.CopyFrom(self.to_id_idl())
        return made

    @property
    def concrete_artifact_id(self) -> pb.ArtifactID:
        """The identifier of one artifact.

        Raises:
            OptionError: project, domain or version is not known.
        """
        if not (self.project and self.domain and self.version):
            raise OptionError(
                "an artifact is not known wholly", where=self.name, expected="project, domain and version"
            )
        return self.to_id_idl()

    def to_id_idl(self) -> pb.ArtifactID:
        """The identifier with what is known; partitions without a value are empty texts."""
        made = pb.ArtifactID()
        _write_key(self.project, self.domain, self.name, made)
        made.version = self.version or ""
        _write_partitions({key: value or "" for key, value in self.partitions.items()}, made)
        _write_time(self.time_partition, made)
        return made

    def embed_as_query(
        self, partition: str | None = None, bind_to_time_partition: bool | None = None
    ) -> pb.ArtifactQuery:
        """A query that a trigger fills with the artifact that set it off."""
        made = pb.ArtifactQuery()
        if partition is not None:
            made.binding.partition_key = partition
        elif bind_to_time_partition:
            made.binding.bind_to_time_partition = True
        else:
            made.binding.SetInParent()
        return made

    def create_from(self, o: T, *args: Any, **kwargs: Any) -> T:
        """`o` itself, noted as this artifact with the given partitions, where the task's outputs are being recorded."""
        tracker = current().extras.get("output_metadata_tracker")
        if tracker is not None:
            tracker.add(o, OutputMetadata(self, dict(kwargs), tuple(arg for arg in args if arg is not None)))
        return o

    def __repr__(self) -> str:
        return f"Artifact(name={self.name!r}, version={self.version!r}, partitions={self.partitions!r})"


@dataclass(frozen=True)
class OutputMetadata:
    """What `create_from` says about an output; `text` is what its literal's metadata holds under `METADATA_KEY`."""

    artifact: Artifact
    partitions: dict[str, Any]
    additional: tuple[Any, ...] = ()

    @property
    def text(self) -> str:
        """Base64 of an ArtifactID with the partitions alone: the key is the declared output's, as flytekit writes it."""
        made = pb.ArtifactID()
        _write_partitions({key: str(value) for key, value in self.partitions.items() if key != _TIME}, made)
        if _TIME in self.partitions:
            granularity = self.artifact.time_partition_granularity or Granularity.DAY
            _write_time(TimePartition(self.partitions[_TIME], granularity), made)
        return base64.b64encode(made.SerializeToString(deterministic=True)).decode("ascii")


def _write_key(project: str | None, domain: str | None, name: str, into: pb.ArtifactID) -> None:
    into.artifact_key.project = project or ""
    into.artifact_key.domain = domain or ""
    into.artifact_key.name = name


def _write_partitions(partitions: Mapping[str, Any], into: pb.ArtifactID) -> None:
    for key, value in partitions.items():
        label = into.partitions.value[key]
        if isinstance(value, InputBinding):
            label.input_binding.var = value.var
        elif value is RUNTIME:
            label.runtime_binding.SetInParent()
        else:
            label.static_value = value or ""


def _write_time(time: TimePartition | None, into: pb.ArtifactID) -> None:
    if time is None:
        return
    into.time_partition.granularity = int(time.granularity)  # pyright: ignore[reportAttributeAccessIssue] - same numbers
    if isinstance(time.value, dt.datetime):
        into.time_partition.value.time_value.FromDatetime(time.value)
    elif isinstance(time.value, InputBinding):
        into.time_partition.value.input_binding.var = time.value.var
    elif time.value is RUNTIME:
        into.time_partition.value.runtime_binding.SetInParent()

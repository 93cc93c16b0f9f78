"""Artifacts: names under which a platform keeps outputs, and queries that fill inputs with them.

In a return annotation, `Annotated[int, Art(region=Inputs.region)]` says under which name and partitions the output is kept.
As a default input, `Art.query(region="us")` or a versioned `Art` says where the value comes from. Partitions that are bound
to nothing are bound while the task runs, with `Art.create_from(value, region="us")`.
"""

# ruff: noqa: FBT001, FBT002, PLR0917 - the signatures are flytekit's, positions included

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeVar, cast

from compiler.errors import FlyteValidationException, OptionError
from compiler.options.option_kinds import PlatformValue
from compiler.options.output_metadata import OutputMetadata
from compiler.options.partition import RUNTIME, Granularity, Named, Partition, Partitions, TimePartition, label_of
from compiler.options.writable import Writable
from compiler.source.artifact_annotation import ArtifactAnnotation
from drawloom.context import OUTPUT_METADATA, current
from literals import pb, preview

T = TypeVar("T")

MAX_PARTITIONS = 10
_TIME = "time_partition"


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
        partitions: Partitions | None = None,
    ) -> None:
        self.artifact = artifact
        self.name = name
        self.project = project
        self.domain = domain
        self.time_partition = time_partition
        self.partitions = partitions
        self.binding = self._other_artifact()

    def _other_artifact(self) -> Named | None:
        """The artifact that partitions are taken from, which is not the one that is looked up."""
        parts = [*(self.partitions.partitions.values() if self.partitions is not None else ()), self.time_partition]
        found: dict[int, Named] = {}
        for part in parts:
            other = None if part is None else part.reference_artifact
            if other is not None and other is not self.artifact:
                found[id(other)] = other
        if len(found) > 1:
            raise OptionError(
                "a query takes partitions from several artifacts",
                where=f"artifact {self.name}",
                expected="one",
                got=", ".join(other.name for other in found.values()),
                fix="query one artifact, or bind the others' partitions to texts",
            )
        return next(iter(found.values()), None)

    @property
    def bound(self) -> bool:
        """Whether every partition of the artifact has a value."""
        if self.artifact.time_partitioned and (self.time_partition is None or self.time_partition.value is None):
            return False
        parts = self.partitions.partitions if self.partitions is not None else {}
        keys = self.artifact.partition_keys
        return not keys or {key for key, part in parts.items() if part.value is not None} == set(keys)

    def write(self, into: pb.ArtifactQuery) -> None:
        """Write key and partitions.

        Raises:
            OptionError: a partition is taken from another artifact, whose partitions no query knows.
        """
        if self.binding is not None:
            raise OptionError(
                "a partition is taken from another artifact, and a query has no place for that",
                where=f"artifact {self.name}",
                expected="a partition of the artifact that is asked for",
                got=f"a partition of {self.binding.name}",
                fix="bind it to a text or to Inputs.name",
            )
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
        self._bound = dict(bound or {})
        parts: dict[str, Any] = {key: Partition(RUNTIME, key) for key in artifact.partition_keys or ()}
        granularity = artifact.time_partition_granularity or Granularity.DAY
        self.time_partition = TimePartition(RUNTIME, granularity=granularity) if artifact.time_partitioned else None
        for key, value in self._bound.items():
            if key == _TIME:
                self.time_partition = self._time(value, granularity)
            else:
                parts[key] = self._part(key, value, parts)
        self.partitions: Partitions | None = Partitions(parts) if parts else None

    def _time(self, value: Any, granularity: Granularity | int) -> TimePartition:
        if not self.artifact.time_partitioned:
            raise OptionError(
                "this artifact has no time partition",
                where=f"artifact {self.artifact.name}",
                expected="an artifact with time_partitioned=True",
                got="one without",
                fix="add time_partitioned=True",
            )
        if value is None:
            raise OptionError(
                "a time partition is bound to None",
                where=f"artifact {self.artifact.name}",
                expected="a time, or Inputs.name",
                got="None",
                fix="leave it out",
            )
        return value if isinstance(value, TimePartition) else TimePartition(value, granularity=granularity)

    def _part(self, key: str, value: Any, parts: Mapping[str, Partition]) -> Partition:
        where = f"artifact {self.artifact.name}"
        if key not in parts:
            raise OptionError(
                f"there is no partition `{key}`",
                where=where,
                expected=", ".join(parts) or "no partitions at all",
                got=repr(key),
                fix="use one of these, or declare it in partition_keys",
            )
        label = None if isinstance(value, dt.datetime) else label_of(value)
        if label is None:
            raise OptionError(
                f"partition `{key}` is neither text nor input",
                where=where,
                expected="text or Inputs.name",
                got=preview(value),
                fix="write str(...) around the value, or Inputs.<name of an input>",
            )
        return Partition(label, key)

    def __call__(self, *args: Any, **kwargs: Any) -> ArtifactIDSpecification:
        """The same artifact with more partitions bound."""
        return self.artifact(*args, **{**self._bound, **kwargs})

    bind_partitions = __call__

    def _labels(self) -> Iterator[pb.LabelValue]:
        """What the partitions are bound to."""
        parts = self.partitions.partitions.values() if self.partitions is not None else ()
        for part in (*parts, self.time_partition):
            if part is not None and part.value is not None:
                yield part.value

    @property
    def needs_runtime(self) -> bool:
        """Whether something is bound only while the task runs."""
        return any(label.HasField("runtime_binding") for label in self._labels())

    def variable_artifact(self, name: str, inputs: Collection[str], owner: str) -> pb.ArtifactID:
        """The partial identifier of an output.

        Raises:
            FlyteValidationException: a partition is bound to an input that does not exist.
        """
        for label in self._labels():
            if label.HasField("input_binding") and label.input_binding.var not in inputs:
                raise FlyteValidationException(
                    f"the artifact of output `{name}` is bound to `{label.input_binding.var}`, which is not an input",
                    where=owner,
                    expected=", ".join(inputs) or "no inputs at all",
                    got=repr(label.input_binding.var),
                    fix="bind it to one of the inputs",
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
            raise OptionError(
                "an artifact has no name", where="Artifact", expected="name='...'", got="no name", fix="add name='...'"
            )
        if partitions is not None and not isinstance(partitions, (Mapping, Partitions)):
            raise OptionError(
                "partitions are not a dict",
                where="Artifact",
                expected="a dict from keys to values",
                got=preview(partitions),
                fix="write partitions={'key': 'value'}",
            )
        self.project = project
        self.domain = domain
        self.name = name
        self.version = version
        self.time_partitioned = time_partitioned or time_partition is not None
        self.time_partition_granularity = time_partition_granularity
        self._time_partition = time_partition
        given = cast("Mapping[str, Any] | Partitions | None", partitions) or dict.fromkeys(partition_keys or ())
        known = given if isinstance(given, Partitions) else Partitions(given)
        known.set_reference_artifact(self)
        self.partitions = known if known.partitions else None
        self.partition_keys = list(known.partitions) or None
        if len(known.partitions) > MAX_PARTITIONS:
            raise OptionError(
                f"an artifact has {len(known.partitions)} partitions",
                where=name,
                expected=f"at most {MAX_PARTITIONS}",
                got=f"{len(known.partitions)}: {', '.join(known.partitions)}",
                fix="leave some of them out",
            )

    @property
    def time_partition(self) -> TimePartition:
        """Its time partition, not bound unless one was given.

        Raises:
            OptionError: it has none.
        """
        if not self.time_partitioned:
            raise OptionError(
                "this artifact has no time partition",
                where=f"artifact {self.name}",
                expected="an artifact with time_partitioned=True",
                got="one without",
                fix="add time_partitioned=True",
            )
        if self._time_partition is None:
            self._time_partition = TimePartition(granularity=self.time_partition_granularity or Granularity.DAY)
        self._time_partition.reference_artifact = self
        return self._time_partition

    def __call__(self, *args: Any, **kwargs: Any) -> ArtifactIDSpecification:
        """This artifact with partitions bound, for a return annotation.

        Raises:
            OptionError: positional values, an unknown partition, or a value that is neither text nor input.
        """
        if args:
            raise OptionError(
                "partitions are bound by name",
                where=f"artifact {self.name}",
                expected="keyword arguments",
                got=preview(args),
                fix="write artifact(key=value)",
            )
        return ArtifactIDSpecification(self, kwargs)

    def variable_artifact(self, name: str, inputs: Collection[str], owner: str) -> pb.ArtifactID:
        """The partial identifier of an output that names the artifact alone."""
        return ArtifactIDSpecification(self).variable_artifact(name, inputs, owner)

    @property
    def needs_runtime(self) -> bool:
        """Whether it has partitions: where the artifact alone is named, a task binds them while it runs."""
        return ArtifactIDSpecification(self).needs_runtime

    def query(
        self,
        project: str | None = None,
        domain: str | None = None,
        time_partition: dt.datetime | TimePartition | pb.InputBindingData | None = None,
        partitions: Mapping[str, Any] | Partitions | None = None,
        **kwargs: Any,
    ) -> ArtifactQuery:
        """A query for the newest artifact with these partitions; without any, with those of the artifact.

        Raises:
            OptionError: partitions given in two ways, called as a parameter, or taken from several other artifacts.
        """
        if partitions and kwargs:
            raise OptionError(
                "partitions are given in two ways",
                where=f"artifact {self.name}",
                expected="one way",
                got=preview(kwargs),
                fix="use names or partitions=",
            )
        if hidden := sorted({"project", "domain", "time_partition", "partitions"} & set(self.partition_keys or ())):
            raise OptionError(
                f"a partition is called `{hidden[0]}`, as a parameter of query is",
                where=f"artifact {self.name}",
                expected="another name",
                got=repr(hidden[0]),
                fix="call the partition otherwise",
            )
        time = time_partition
        if time is not None and not isinstance(time, TimePartition):
            time = TimePartition(time, granularity=self.time_partition_granularity or Granularity.DAY)
            time.reference_artifact = self
        given = partitions or kwargs or None
        known = given if given is None or isinstance(given, Partitions) else Partitions(given)
        return ArtifactQuery(
            self,
            self.name,
            project or self.project,
            domain or self.domain,
            time or (self.time_partition if self.time_partitioned else None),
            known or self.partitions,
        )

    def parameter(self, var: pb.Variable) -> pb.Parameter:
        """The parameter of an input that this artifact fills.

        Without a version it is a query for the newest, as flytekit takes it.

        Raises:
            FlyteValidationException: it has neither a version nor all its partitions bound.
        """
        if not self.version:
            query = self.query()
            if query.bound:
                return query.parameter(var)
            raise FlyteValidationException(
                "an artifact without a version whose partitions are not bound cannot be a default",
                where=f"artifact {self.name}",
                expected="a query, or a version",
                got=repr(query),
                fix="write .query(...) with all partitions, or give project, domain and version",
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
                "an artifact is not known wholly",
                where=self.name,
                expected="project, domain and version",
                got=preview((self.project, self.domain, self.version)),
                fix="give the parts that are missing",
            )
        return self.to_id_idl()

    def to_id_idl(self) -> pb.ArtifactID:
        """The identifier with what is known; partitions without a value are empty texts."""
        made = pb.ArtifactID()
        _write_key(self.project, self.domain, self.name, made)
        made.version = self.version or ""
        _write_partitions(self.partitions, made)
        _write_time(self.time_partition if self.time_partitioned else None, made)
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
        tracker = current().extras.get(OUTPUT_METADATA)
        if tracker is not None:
            time = kwargs.pop(_TIME, None)
            tracker.add(o, OutputMetadata(self, kwargs or None, time, [arg for arg in args if arg is not None] or None))
        return o

    def __repr__(self) -> str:
        return f"Artifact(name={self.name!r}, version={self.version!r}, partitions={self.partitions!r})"


def _write_key(project: str | None, domain: str | None, name: str, into: pb.ArtifactID) -> None:
    into.artifact_key.project = project or ""
    into.artifact_key.domain = domain or ""
    into.artifact_key.name = name


def _write_partitions(partitions: Partitions | None, into: pb.ArtifactID) -> None:
    message = None if partitions is None else partitions.to_flyte_idl()
    if message is not None:
        into.partitions.CopyFrom(message)


def _write_time(time: TimePartition | None, into: pb.ArtifactID) -> None:
    if time is not None:
        into.time_partition.CopyFrom(time.to_flyte_idl())

"""Partitions of artifacts: what each is bound to, a text, a time, an input, or what the task says while it runs.

Every binding is a `LabelValue`, the message that travels; None is a partition that is not bound.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from compiler.errors import OptionError
from literals import pb, preview

_LABEL: Final = "LabelValue"
_INPUT: Final = "InputBindingData"


class Granularity(enum.IntEnum):
    """How fine a time partition is."""

    UNSET = 0
    MINUTE = 1
    HOUR = 2
    DAY = 3
    MONTH = 4


class Named(Protocol):
    """What partitions are of: an artifact."""

    name: str


class _Inputs:
    """`Inputs.region` binds a partition to the input `region`."""

    def __getattr__(self, name: str) -> pb.InputBindingData:
        if name.startswith("__"):
            raise AttributeError(name)
        return pb.InputBindingData(var=name)


Inputs = _Inputs()
RUNTIME: Final = pb.LabelValue(runtime_binding=pb.RuntimeBinding())
"""The binding of a partition that the task binds while it runs."""


def label_of(value: object) -> pb.LabelValue | None:
    """The binding that a value means: a text, a datetime, an `Inputs.name` or a `LabelValue`, of any family of messages.

    None for everything else.
    """
    if isinstance(value, str):
        return pb.LabelValue(static_value=value)
    if isinstance(value, dt.datetime):
        made = pb.LabelValue()
        made.time_value.FromDatetime(value)
        return made
    kind = getattr(getattr(value, "DESCRIPTOR", None), "name", "")
    message: Any = value
    if kind == _LABEL:
        return pb.LabelValue.FromString(message.SerializeToString())
    return pb.LabelValue(input_binding=pb.InputBindingData(var=message.var)) if kind == _INPUT else None


@dataclass
class Partition:
    """One partition: its name, and what it is bound to.

    `reference_artifact`: the artifact that it is a partition of, where a query takes it from another one.
    """

    value: pb.LabelValue | None
    name: str
    reference_artifact: Named | None = None

    def __rich_repr__(self) -> Generator[tuple[str, pb.LabelValue | None]]:
        """Name and binding."""
        yield self.name, self.value


class Partitions:
    """The partitions of an artifact by their keys, which are attributes too.

    Raises:
        OptionError: one is bound to something that is neither text nor input.
    """

    def __init__(self, partitions: Mapping[str, Any] | None) -> None:
        self.partitions: dict[str, Partition] = {}
        self.reference_artifact: Named | None = None
        for key, value in (partitions or {}).items():
            self.partitions[key] = value if isinstance(value, Partition) else Partition(_bound(key, value), key)

    def set_reference_artifact(self, artifact: Named) -> None:
        """Say of which artifact these are."""
        self.reference_artifact = artifact
        for partition in self.partitions.values():
            partition.reference_artifact = artifact

    def __getattr__(self, key: str) -> Partition:
        found: dict[str, Partition] = self.__dict__.get("partitions", {})
        if key in found:
            return found[key]
        raise AttributeError(f"there is no partition `{key}`", name=key, obj=self)

    def __rich_repr__(self) -> Generator[Any]:
        """All of them."""
        yield "Partitions", ", ".join(str(next(each.__rich_repr__())) for each in self.partitions.values())

    def __repr__(self) -> str:
        return f"Partitions({ {key: text_of(each.value) for key, each in self.partitions.items()} })"

    def to_flyte_idl(self) -> pb.Partitions | None:
        """The message; a partition that is not bound is an empty text, as flytekit writes it. None where there are none."""
        if not self.partitions:
            return None
        return pb.Partitions(
            value={key: each.value or pb.LabelValue(static_value="") for key, each in self.partitions.items()}
        )


def _bound(key: str, value: object) -> pb.LabelValue | None:
    label = label_of(value)
    if value is not None and (label is None or label.HasField("time_value")):
        raise OptionError(
            f"partition `{key}` is neither text nor input",
            where="partitions",
            expected="text or Inputs.name",
            got=preview(value),
            fix="write str(...) around the value, or Inputs.<name of an input>",
        )
    return label


def text_of(label: pb.LabelValue | None) -> str:
    """A binding for people."""
    kind = None if label is None else label.WhichOneof("value")
    if label is None or kind is None:
        return "unbound"
    if kind == "input_binding":
        return f"Inputs.{label.input_binding.var}"
    if kind == "time_value":
        return str(label.time_value.ToDatetime())
    return repr(label.static_value) if kind == "static_value" else kind


@dataclass
class TimePartition:
    """The time partition of an artifact: a time, an input, or a time that is moved by `+` or `-` and a timedelta.

    Attributes: `value` (a LabelValue, or None while it is not bound), `op` (of `pb.Operator`) and `other`: how it is moved, `granularity`,
    `reference_artifact` (the artifact that it is of, where a query takes it from another one).

    Raises:
        OptionError: the value is neither a time nor an input.
    """

    value: Any = None
    op: int | None = None
    other: dt.timedelta | None = None
    granularity: Granularity | int = Granularity.DAY
    reference_artifact: Named | None = None

    def __post_init__(self) -> None:
        label = None if isinstance(self.value, str) else label_of(self.value)
        if self.value is not None and (label is None or label.HasField("static_value")):
            raise OptionError(
                "a time partition is neither time nor input",
                where="TimePartition",
                expected="a datetime or Inputs.name",
                got=preview(self.value),
                fix="write a datetime, or Inputs.<name of an input>",
            )
        self.value = label

    def __add__(self, other: dt.timedelta) -> TimePartition:
        return replace(self, op=pb.Operator.PLUS, other=other)

    def __sub__(self, other: dt.timedelta) -> TimePartition:
        return replace(self, op=pb.Operator.MINUS, other=other)

    def __rich_repr__(self) -> Generator[tuple[str, str]]:
        """What it is bound to."""
        yield "Time Partition", text_of(self.value)

    def to_flyte_idl(self) -> pb.TimePartition:
        """The message, with the time that a known one is moved to; flytekit's forgets that it was moved.

        Raises:
            OptionError: it is moved, and only a platform knows from where.
        """
        made = pb.TimePartition(granularity=int(self.granularity))  # pyright: ignore[reportArgumentType] - same numbers
        label: pb.LabelValue | None = self.value
        if self.other is not None:
            if label is None or not label.HasField("time_value"):
                raise OptionError(
                    "only a known time can be moved: the message has no place for a move of anything else",
                    where="TimePartition",
                    expected="a datetime",
                    got=text_of(label),
                    fix="bind it to an input that takes the moved time",
                )
            by = self.other if self.op == pb.Operator.PLUS else -self.other
            label = pb.LabelValue(time_value=label.time_value)
            label.time_value.FromDatetime(label.time_value.ToDatetime() + by)
        if label is not None:
            made.value.CopyFrom(label)
        return made

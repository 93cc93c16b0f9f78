"""Resources that an author asks for, and the entries they become.

`Resources` is one object for flytekit's fields (cpu, mem, gpu, ephemeral_storage) and Flyte 2's (memory, disk, shm, a
`gpu` such as "A100:2"). A pair is (request, limit); a single value is the request. Quantities are Kubernetes':
"500m" CPU, "2Gi" memory; numbers are accepted and written as text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any, NamedTuple, cast

from compiler.errors import OptionError
from compiler.options.accelerators import Device, device_of
from compiler.options.option_kinds import ResourcesOption
from compiler.options.task_options import (
    QUANTITY,
    check_shared_memory,
    extended_resources,
    resource_spec,
    resources_message,
)
from literals import is_sequence, pb, preview

Quantity = str | int | float
_QUANTITY = re.compile(QUANTITY)
_SHM_AUTO = "auto"
_UNITS = {
    "": Decimal(1),
    **{
        letter: Decimal(1000) ** power
        for letter, power in zip("numkMGTPE", (-3, -2, -1, 1, 2, 3, 4, 5, 6), strict=True)
    },
    **{f"{letter}i": Decimal(1024) ** power for power, letter in enumerate("KMGTPE", 1)},
}
"""Suffixes of quantities as factors."""


class ResourceType(NamedTuple):
    """One kind of resource: its field, Flyte 2's name of it where that is another, and its name on the wire.

    `template_rank`: its place among the entries of a template; node overrides have the order of the table. Both orders are
    part of the bytes.
    """

    field: str
    wire_name: str
    template_rank: int
    other_name: str = ""
    has_fractions: bool = False


RESOURCE_TYPES = (
    ResourceType("cpu", "CPU", 1, has_fractions=True),
    ResourceType("mem", "MEMORY", 3, "memory"),
    ResourceType("gpu", "GPU", 2),
    ResourceType("ephemeral_storage", "EPHEMERAL_STORAGE", 0, "disk"),
)
"""Every kind of resource; checks, requests, limits and overrides follow this table."""
_OVERRIDE_ORDER = tuple(kind.field for kind in RESOURCE_TYPES)
_TEMPLATE_ORDER = tuple(kind.field for kind in sorted(RESOURCE_TYPES, key=lambda kind: kind.template_rank))
_WIRE_NAMES = {kind.field: kind.wire_name for kind in RESOURCE_TYPES}
_OTHER_NAMES = {kind.field: kind.other_name for kind in RESOURCE_TYPES if kind.other_name}
_WITH_FRACTIONS = frozenset(kind.field for kind in RESOURCE_TYPES if kind.has_fractions)


@dataclass
class Resources(ResourcesOption):
    """CPU, memory, accelerators, scratch space. Every field: None, one value, or a (request, limit) pair.

    `memory` and `disk` are Flyte 2's names of `mem` and `ephemeral_storage`; `shm` is the size of /dev/shm, or "auto".

    Raises:
        OptionError: a value is neither text nor number, nor a pair of them.
        OptionError: a pair of another length, a text that is not a quantity, a negative number, one thing named twice.
    """

    cpu: Quantity | list[Any] | tuple[Any, ...] | None = None
    mem: Quantity | list[Any] | tuple[Any, ...] | None = None
    gpu: Quantity | Device | list[Any] | tuple[Any, ...] | None = None
    ephemeral_storage: Quantity | list[Any] | tuple[Any, ...] | None = None
    shm: str | None = None
    memory: Quantity | list[Any] | tuple[Any, ...] | None = None
    disk: Quantity | list[Any] | tuple[Any, ...] | None = None

    def __post_init__(self) -> None:
        for ours, theirs in _OTHER_NAMES.items():
            self._join(ours, theirs)
        for name in _OVERRIDE_ORDER:
            if name != "gpu" or self.device is None:  # a device by type is checked as such
                _check_field(name, getattr(self, name))
        if self.shm is not None and self.shm != _SHM_AUTO:
            _check_field("shm", self.shm)

    def _join(self, ours: str, theirs: str) -> None:
        """One field with two names: whichever was given fills both."""
        mine, other = getattr(self, ours), getattr(self, theirs)
        if mine is not None and other is not None and mine != other:
            raise OptionError(
                f"{ours} and {theirs} name the same resource",
                where="Resources",
                expected="one of the two names",
                got=f"{ours}={preview(mine, 40)}, {theirs}={preview(other, 40)}",
                fix="give one of them",
            )
        setattr(self, ours, other if mine is None else mine)
        setattr(self, theirs, getattr(self, ours))

    @property
    def device(self) -> Device | None:
        """The accelerator that `gpu` names by type ("A100:2", `GPU("T4", 1)`); None for a plain count."""
        return device_of(self.gpu)

    def get_device(self) -> Device | None:
        """The same as `device`; a plain count gives a device without a type, as in Flyte 2."""
        if isinstance(self.gpu, int):
            return Device(quantity=self.gpu, device_class="GPU")
        return self.device

    def get_shared_memory(self) -> str | None:
        """The size of /dev/shm; empty text where the platform is to choose it ("auto")."""
        return "" if self.shm == _SHM_AUTO else self.shm

    def spec_with(
        self,
        resources: ResourcesOption | None,
        requests: ResourcesOption | None,
        limits: ResourcesOption | None,
        where: str,
    ) -> ResourceSpec:
        """The options of one task or node, of which this is one, as requests and limits.

        Raises:
            OptionError: both styles at once, or a pair inside requests or limits.
        """
        # What is given is of this class: the other one of its kind stands where nothing was given.
        whole, asked, allowed = cast("tuple[Resources | None, ...]", (resources, requests, limits))
        if whole is not None:
            if asked is not None or allowed is not None:
                raise OptionError(
                    "resources cannot be given together with requests or limits",
                    where=where,
                    fix="put pairs into resources=Resources(cpu=('1', '2')), or keep requests= and limits=",
                    expected="one of both styles",
                    got="both",
                )
            return _ordered(ResourceSpec.from_multiple_resource(whole), where)
        for name, value in (("requests", asked), ("limits", allowed)):
            check_single(value, f"{where}: {name}")
        return _ordered(ResourceSpec(requests=asked or Resources(), limits=allowed or Resources()), where)

    def write_entries(self, into: object) -> None:
        """Write a template's entries: ephemeral storage, cpu, gpu, memory."""
        _write_entries(self, into, _TEMPLATE_ORDER)

    def write_override_entries(self, into: object) -> None:
        """Write a node override's entries: cpu, memory, gpu, ephemeral storage."""
        _write_entries(self, into, _OVERRIDE_ORDER)

    def to_dict(self) -> dict[str, Any]:
        """The fields that flytekit's configuration files spell, with what was given for them."""
        return {name: getattr(self, name) for name in _OVERRIDE_ORDER}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Resources:
        """The inverse of `to_dict`."""
        known = {name: value for name, value in given.items() if name not in _OTHER_NAMES.values() or value is not None}
        return cls(**known)

    def to_json(self) -> str:
        """`to_dict` as JSON, as flytekit writes it."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, text: str | bytes) -> Resources:
        """The inverse of `to_json`; a pair comes back as a list.

        Raises:
            OptionError: the text is not the JSON of resources.
        """
        return cls.from_dict(_json_object(text, "Resources"))


@dataclass
class ResourceSpec:
    """What is requested and what is the limit, each of single values."""

    requests: Resources
    limits: Resources

    def to_json(self) -> str:
        """Both as JSON, as flytekit writes it."""
        return json.dumps({"requests": self.requests.to_dict(), "limits": self.limits.to_dict()})

    @classmethod
    def from_dict(cls, given: Mapping[str, Mapping[str, Any]]) -> ResourceSpec:
        """Requests and limits from objects of their fields."""
        return cls(Resources.from_dict(given["requests"]), Resources.from_dict(given["limits"]))

    @classmethod
    def from_json(cls, text: str | bytes) -> ResourceSpec:
        """The inverse of `to_json`.

        Raises:
            OptionError: the text is not the JSON of requests and limits.
        """
        return cls.from_dict(_json_object(text, "ResourceSpec", ("requests", "limits")))

    @classmethod
    def from_multiple_resource(cls, resource: Resources) -> ResourceSpec:
        """Split the pairs of `resource`; a single value is only requested."""
        requests: dict[str, Any] = {"shm": resource.shm}
        limits: dict[str, Any] = {}
        for name in _OVERRIDE_ORDER:
            value = getattr(resource, name)
            if isinstance(value, (list, tuple)):
                requests[name], limits[name] = value
            else:
                requests[name] = value
        return cls(requests=Resources(**requests), limits=Resources(**limits))


def split_resources(resources: Resources) -> tuple[Resources, Resources]:
    """`resources=` as (requests, limits)."""
    spec = ResourceSpec.from_multiple_resource(resources)
    return spec.requests, spec.limits


def merged(first: Resources | None, second: Resources | None) -> Resources | None:
    """`first` with the fields that `second` sets, for overrides given in two calls."""
    if first is None or second is None:
        return second or first
    given = {f.name: getattr(second, f.name) for f in fields(second) if getattr(second, f.name) is not None}
    for ours, theirs in _OTHER_NAMES.items():
        given[theirs] = given.get(ours, getattr(first, ours))
    return replace(first, **given)


def _json_object(text: str | bytes, kind: str, needed: tuple[str, ...] = ()) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise OptionError(
            f"this is not JSON: {error}",
            where=f"{kind}.from_json",
            expected="JSON",
            got=preview(text),
            fix=f"give what {kind}.to_json wrote",
        ) from error
    if not isinstance(found, dict) or any(name not in found for name in needed):
        raise OptionError(
            f"this is not the JSON of {kind}",
            where=f"{kind}.from_json",
            expected=f"an object with the fields of {kind}",
            got=preview(text),
            fix=f"give what {kind}.to_json wrote",
        )
    return cast("dict[str, Any]", found)


def _ordered(spec: ResourceSpec, where: str) -> ResourceSpec:
    """The specification itself, when no request is above its limit: a cluster starts no such pod."""
    for name in _OVERRIDE_ORDER:
        asked, allowed = _text(spec.requests, name), _text(spec.limits, name)
        least, most = _amount(asked), _amount(allowed)
        if least is not None and most is not None and least > most:
            raise OptionError(
                f"more {name} is requested than its limit allows",
                where=where,
                expected=f"at most {allowed}",
                got=asked,
                fix="raise the limit, or lower the request",
            )
    return spec


def _amount(text: str) -> Decimal | None:
    """A quantity in units; None for none, and for a template that the platform fills."""
    found = _QUANTITY.fullmatch(text)
    if found is None:
        return None
    number = found["number"]
    rest = text[len(number) :]
    return Decimal(number) * _UNITS[rest] if rest in _UNITS else Decimal(text)


def _write_entries(resources: Resources, into: Any, order: tuple[str, ...]) -> None:
    for name in order:
        if text := _text(resources, name):
            entry = into.add()
            entry.name = pb.Resources.ResourceName.Value(_WIRE_NAMES[name])
            entry.value = text


def _text(resources: Resources, name: str) -> str:
    value = getattr(resources, name)
    if name == "gpu" and (device := resources.device) is not None:
        return str(device.quantity)
    return "" if value is None else str(value)


def check_single(resources: Resources | None, where: str) -> None:
    """Refuse pairs of a request and a limit.

    Raises:
        OptionError: there is one.
    """
    if resources is None:
        return
    for name in _OVERRIDE_ORDER:
        value = getattr(resources, name)
        if is_sequence(value):
            raise OptionError(
                f"{name} is a pair where one value belongs",
                where=where,
                expected="one value",
                got=preview(value),
                fix="use resources=Resources(...) for (request, limit) pairs",
            )


def _check_field(name: str, value: object) -> None:
    if is_sequence(value):
        if len(value) != 2:  # noqa: PLR2004 - a request and a limit
            raise OptionError(
                f"{name} has {len(value)} values",
                where="Resources",
                expected="(request, limit)",
                got=preview(value),
                fix="give two values, or one for both",
            )
        for part in value:
            _check_value(name, part)
    elif value is not None:
        _check_value(name, value)


def _check_value(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise OptionError(
            f"{name} is neither a quantity nor a pair of them",
            where="Resources",
            expected="text like '500m' or '2Gi', a number, or (request, limit)",
            got=preview(value),
            fix="write a quantity such as '500m' or '2Gi'",
        )
    if isinstance(value, str):
        # A template such as "{{.inputs.x}}" is the platform's to fill.
        if _QUANTITY.fullmatch(value) is None and "{{" not in value:
            raise OptionError(
                f"{name} is not a quantity",
                where="Resources",
                expected="digits with an optional suffix: m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei",
                got=preview(value),
                fix="write for example '500m' (half a CPU) or '2Gi' (memory)",
            )
    elif isinstance(value, float) and name not in _WITH_FRACTIONS:
        raise OptionError(
            f"{name} comes in whole units",
            where="Resources",
            expected="an int or text like '2Gi'",
            got=preview(value),
            fix="write a whole number",
        )
    elif value < 0 or not math.isfinite(value):
        raise OptionError(
            f"{name} is negative or not finite",
            where="Resources",
            expected="a number from 0",
            got=preview(value),
            fix="write a quantity that is not negative",
        )


__all__ = [
    "ResourceSpec",
    "Resources",
    "check_shared_memory",
    "extended_resources",
    "merged",
    "resource_spec",
    "resources_message",
    "split_resources",
]

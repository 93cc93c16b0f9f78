"""Accelerators by name: flytekit's constants (`T4`, `A100.partition_1g_5gb`, `V5E.slice_2x2`) and Flyte 2's devices.

An accelerator knows the device name that the cluster labels its machines with, and optionally the partition of it.
Unset partition means: the platform's default; `unpartitioned` asks for the whole device.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from compiler.errors import OptionError
from compiler.options.option_kinds import AcceleratorOption
from literals import pb, preview


class BaseAccelerator(AcceleratorOption):
    """What `accelerator=` takes; `write` fills the message it is given."""

    def write(self, into: Any) -> None:
        """Write what the subclass's `to_flyte_idl` makes, the method that plug-ins for flytekit define.

        Raises:
            OptionError: the subclass defines neither.
        """
        if type(self).to_flyte_idl is BaseAccelerator.to_flyte_idl:
            raise OptionError(
                "this accelerator does not say what it writes",
                where=type(self).__name__,
                expected="a subclass that defines write",
                got="a subclass without it",
                fix="define write(self, into), or use GPUAccelerator('device-name')",
            )
        into.MergeFromString(self.to_flyte_idl().SerializeToString())

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *sorted(vars(self).items())))


class GPUAccelerator(BaseAccelerator):
    """A device by the name that the cluster uses, such as "nvidia-tesla-t4"."""

    def __init__(self, device: str) -> None:
        if not device:
            raise OptionError(
                "a device has no name",
                where="GPUAccelerator",
                expected="text",
                got=preview(device),
                fix="write the device's name, such as GPUAccelerator('nvidia-tesla-t4')",
            )
        self.device = device

    def write(self, into: pb.GPUAccelerator) -> None:
        """Only the device: the platform decides about partitions."""
        into.device = self.device

    def __repr__(self) -> str:
        return f"GPUAccelerator({self.device!r})"


class MultiInstanceGPUAccelerator(BaseAccelerator):
    """A device that can be given in parts.

    A subclass sets `device`; its instances are the device as the platform gives it, `.unpartitioned` the whole of it,
    `partitioned(size)` a part.
    """

    device: ClassVar[str]

    def __init__(self) -> None:
        self.partition_size: str | None = None
        self.whole = False

    @property
    def unpartitioned(self) -> MultiInstanceGPUAccelerator:
        """The whole device, asked for explicitly."""
        made = type(self)()
        made.whole = True
        return made

    @classmethod
    def partitioned(cls, partition_size: str) -> MultiInstanceGPUAccelerator:
        """A part of the device by the vendor's name of its size, such as "2g.10gb" or "2x2"."""
        made = cls()
        made.partition_size = partition_size
        return made

    def write(self, into: pb.GPUAccelerator) -> None:
        """Device, and the partition where one was chosen."""
        into.device = self.device
        if self.partition_size is not None:
            into.partition_size = self.partition_size
        elif self.whole:
            into.unpartitioned = True

    def __repr__(self) -> str:
        return f"{type(self).__name__}(partition_size={self.partition_size!r}, unpartitioned={self.whole})"


def _partitioned_family(name: str, device: str, prefix: str, sizes: tuple[str, ...]) -> Any:
    """An instance whose class has one attribute per partition: `partition_2g_10gb`, `slice_2x2`."""
    family: Any = type(name, (MultiInstanceGPUAccelerator,), {"device": device, "__doc__": f"{device} and its parts."})
    for size in sizes:
        setattr(family, f"{prefix}_{size.replace('.', '_')}", family.partitioned(size))
    return family()


A10G = GPUAccelerator("nvidia-a10g")
H100 = GPUAccelerator("nvidia-h100")
H200 = GPUAccelerator("nvidia-h200")
K80 = GPUAccelerator("nvidia-tesla-k80")
L4 = GPUAccelerator("nvidia-l4")
L4_VWS = GPUAccelerator("nvidia-l4-vws")
L40S = GPUAccelerator("nvidia-l40s")
M60 = GPUAccelerator("nvidia-tesla-m60")
P4 = GPUAccelerator("nvidia-tesla-p4")
P100 = GPUAccelerator("nvidia-tesla-p100")
RTX_PRO_6000 = GPUAccelerator("nvidia-rtx-pro-6000")
T4 = GPUAccelerator("nvidia-tesla-t4")
V100 = GPUAccelerator("nvidia-tesla-v100")

_A100_PARTS = ("1g.5gb", "2g.10gb", "3g.20gb", "4g.20gb", "7g.40gb")
_A100_80GB_PARTS = ("1g.10gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb")
_FLAT_SLICES = ("1x1", "2x2", "2x4", "4x4", "4x8", "8x8", "8x16", "16x16")
_V5P_SLICES = (
    "2x2x1", "2x2x2", "2x4x4", "4x4x4", "4x4x8", "4x8x8", "8x8x8", "8x8x16", "8x16x16", "16x16x16", "16x16x24",
)  # fmt: skip

A100 = _partitioned_family("A100Family", "nvidia-tesla-a100", "partition", _A100_PARTS)
A100_80GB = _partitioned_family("A100_80GBFamily", "nvidia-a100-80gb", "partition", _A100_80GB_PARTS)
V5E = _partitioned_family("V5EFamily", "tpu-v5-lite-podslice", "slice", _FLAT_SLICES)
V5P = _partitioned_family("V5PFamily", "tpu-v5p-slice", "slice", _V5P_SLICES)
V6E = _partitioned_family("V6EFamily", "tpu-v6e-slice", "slice", _FLAT_SLICES)

# Flyte 2's short names -> the names on the wire. A model that is not listed goes out as it is spelled.
_DEVICE_NAMES = {
    "A10": "nvidia-a10", "A100": "nvidia-tesla-a100", "A100_80G": "nvidia-a100-80gb", "A100 80G": "nvidia-a100-80gb",
    "A10G": "nvidia-a10g", "H100": "nvidia-tesla-h100", "K80": "nvidia-tesla-k80", "L4": "nvidia-l4",
    "L40s": "nvidia-l40s", "L4_VWS": "nvidia-l4-vws", "M60": "nvidia-tesla-m60", "P100": "nvidia-tesla-p100",
    "P4": "nvidia-tesla-p4", "RTX PRO 6000": "nvidia-rtx-pro-6000", "RTX_PRO_4500": "nvidia-rtx-pro-4500",
    "RTX_PRO_6000": "nvidia-rtx-pro-6000", "T4": "nvidia-tesla-t4", "V100": "nvidia-tesla-v100",
    "V5E": "tpu-v5-lite-podslice", "V5P": "tpu-v5p-slice", "V6E": "tpu-v6e-slice",
}  # fmt: skip
_GPU_TYPES = (
    "A10", "A100", "A100_80G", "A10G", "A10 shared", "A10G shared", "A2", "B200", "GB10", "H100", "H200", "L4",
    "L4 shared", "L40S shared", "L40s", "RTX_PRO_4500", "RTX_PRO_6000", "T4", "T4 shared", "V100",
)  # fmt: skip
_OLD_NAMES = {"A100 80G": "A100_80G", "RTX PRO 6000": "RTX_PRO_6000", "L40S": "L40s"}
_NEURON_TYPES = ("Inf1", "Inf2", "Trn1", "Trn1n", "Trn2", "Trn2u")
_AMD_TYPES = ("MI100", "MI210", "MI250", "MI250X", "MI300A", "MI300X", "MI325X", "MI350X", "MI355X")
_GAUDI_TYPES = ("Gaudi1",)
_TPU_PARTS = {"V5E": _FLAT_SLICES, "V5P": _V5P_SLICES, "V6E": _FLAT_SLICES}
_GPU_PARTS = {
    "A100": _A100_PARTS,
    "A100_80G": _A100_80GB_PARTS,
    "H100": ("1g.10gb", "1g.20gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"),
    "H200": ("1g.18gb", "1g.35gb", "2g.35gb", "3g.71gb", "4g.71gb", "7g.141gb"),
    "RTX_PRO_6000": ("1g.24gb", "2g.48gb", "4g.96gb"),
}
_CLASSES = {
    "GPU": _GPU_TYPES,
    "APPLE_SILICON": ("AppleSilicon",),
    "NEURON": _NEURON_TYPES,
    "AMD_GPU": _AMD_TYPES,
    "HABANA_GAUDI": _GAUDI_TYPES,
}


@dataclass
class Device(BaseAccelerator):
    """A number of devices of one type, as Flyte 2 spells it.

    `device` None means any device of the class; the class itself has no field in the messages and is not written.
    """

    quantity: int
    device_class: str = "GPU"
    device: str | None = None
    partition: str | None = None

    def __post_init__(self) -> None:
        if not _is_count(self.quantity):
            raise OptionError(
                "a device quantity is less than one",
                where="Device",
                expected="an int >= 1",
                got=preview(self.quantity),
                fix="write 1 or more",
            )

    __hash__ = BaseAccelerator.__hash__

    def write(self, into: pb.GPUAccelerator) -> None:
        """Device by its wire name, and the partition."""
        if self.device is not None:
            into.device = _DEVICE_NAMES.get(self.device, self.device)
        if self.partition is not None:
            into.partition_size = self.partition


def GPU(device: str, quantity: int = 1, partition: str | None = None) -> Device:  # noqa: N802 - Flyte 2's name
    """NVIDIA devices of one type; `partition` by the vendor's name of its size."""
    device = _OLD_NAMES.get(device, device)
    _check_choice("GPU", "device", device, _GPU_TYPES)
    if partition is not None and device in _GPU_PARTS:
        _check_choice("GPU", f"partition of {device}", partition, _GPU_PARTS[device])
    return Device(quantity, "GPU", device, partition)


def TPU(device: str, partition: str | None = None) -> Device:  # noqa: N802 - Flyte 2's name
    """A Google TPU; `partition` is its topology, such as "2x2"."""
    _check_choice("TPU", "device", device, tuple(_TPU_PARTS))
    if partition is not None:
        _check_choice("TPU", f"partition of {device}", partition, _TPU_PARTS[device])
    return Device(1, "TPU", device, partition)


def Neuron(device: str) -> Device:  # noqa: N802 - Flyte 2's name
    """An Amazon Inferentia or Trainium device."""
    _check_choice("Neuron", "device", device, _NEURON_TYPES)
    return Device(1, "NEURON", device)


def AMD_GPU(device: str) -> Device:  # noqa: N802 - Flyte 2's name
    """An AMD Instinct device."""
    _check_choice("AMD_GPU", "device", device, _AMD_TYPES)
    return Device(1, "AMD_GPU", device)


def HABANA_GAUDI(device: str) -> Device:  # noqa: N802 - Flyte 2's name
    """An Intel Gaudi device."""
    _check_choice("HABANA_GAUDI", "device", device, _GAUDI_TYPES)
    return Device(1, "HABANA_GAUDI", device)


def APPLE_SILICON() -> Device:  # noqa: N802 - Flyte 2's name
    """The Metal GPU of a Mac."""
    return Device(1, "APPLE_SILICON", "AppleSilicon")


def device_of(gpu: object) -> Device | None:
    """The device that a `gpu=` value names by type: a `Device`, or text like "A100:2"; None for a plain count.

    Raises:
        OptionError: the text names no known type, or its count is not a number.
    """
    if isinstance(gpu, Device):
        return gpu
    if not isinstance(gpu, str) or not gpu[:1].isalpha():
        return None
    name, _, count = gpu.partition(":")
    name = _OLD_NAMES.get(name, name)
    for device_class, names in _CLASSES.items():
        if name in names:
            if not (count or "1").isdigit():
                raise OptionError(
                    "the number of devices is not a number",
                    where="gpu",
                    expected="like 'A100:2'",
                    got=preview(gpu),
                    fix="write 'NAME:COUNT'",
                )
            return Device(int(count or "1"), device_class, name)
    raise OptionError(
        f"{name!r} is not a known device",
        where="gpu",
        expected="a count, or one of " + ", ".join(sorted(n for names in _CLASSES.values() for n in names)),
        got=preview(gpu),
        fix="use one of these names, or GPUAccelerator('device-name') for another device",
    )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _check_choice(where: str, what: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise OptionError(
            f"{value!r} is not a known {what}",
            where=where,
            expected="one of " + ", ".join(choices),
            got=preview(value),
            fix="use one of these",
        )

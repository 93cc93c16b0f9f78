from __future__ import annotations

import pytest

from compiler.options.accelerators import A100, GPU, T4, TPU, V5E, Device
from compiler.options.resources import (
    Resources,
    ResourceSpec,
    extended_resources,
    merged,
    resource_spec,
    resources_message,
)
from literals import DrawloomError, pb


def entries(message):
    return [(entry.name, entry.value) for entry in message]


def test_entries_of_a_template_come_in_the_wire_order():
    made = resources_message(
        Resources(cpu="1", mem="2Gi", gpu="1", ephemeral_storage="5Gi"), Resources(cpu=2, mem=1024)
    )
    assert entries(made.requests) == [(5, "5Gi"), (1, "1"), (2, "1"), (3, "2Gi")]
    assert entries(made.limits) == [(1, "2"), (3, "1024")]


def test_pairs_split_into_request_and_limit_and_single_values_are_requests():
    spec = ResourceSpec.from_multiple_resource(Resources(cpu=("1", "2"), mem="1Gi"))
    assert (spec.requests.cpu, spec.limits.cpu, spec.requests.mem, spec.limits.mem) == ("1", "2", "1Gi", None)


@pytest.mark.parametrize(
    "value", ["1 Gi", "lots", "1gb", -1, float("nan"), True, {"a": 1}, ("1",), ("1", "2", "3"), ""]
)
def test_what_is_no_quantity_is_refused(value):
    with pytest.raises(DrawloomError):
        Resources(cpu=value)


@pytest.mark.parametrize("value", ["500m", "1", "0.5", ".5", "2Gi", "1e3", 1, 0.25, "{{.inputs.cpu}}", ("1", "2")])
def test_kubernetes_quantities_are_taken(value):
    assert Resources(cpu=value).cpu == value


def test_the_names_of_both_generations_fill_one_field():
    made = Resources(cpu=1, memory="2Gi", disk="1Gi")
    assert (made.mem, made.ephemeral_storage) == ("2Gi", "1Gi")
    with pytest.raises(DrawloomError, match="same resource"):
        Resources(mem="1Gi", memory="2Gi")


def test_a_device_by_type_gives_a_count_and_an_accelerator():
    made = Resources(gpu="A100:2", shm="auto")
    assert entries(resources_message(made, None).requests) == [(2, "2")]
    extended = extended_resources(resources=made)
    assert extended.gpu_accelerator.device == "nvidia-tesla-a100"
    assert extended.shared_memory.mount_path == "/dev/shm"
    assert extended.shared_memory.size_limit == ""
    with pytest.raises(DrawloomError, match="not a known device"):
        Resources(gpu="Q9:1")


def test_accelerators_write_device_and_partition():
    assert T4.to_message().device == "nvidia-tesla-t4"
    assert A100.partition_1g_5gb.to_message().partition_size == "1g.5gb"
    assert A100.unpartitioned.to_message().unpartitioned is True
    assert A100.to_message().WhichOneof("partition_size_value") is None
    assert V5E.slice_2x2.to_message().device == "tpu-v5-lite-podslice"
    assert GPU("A100", 1, "2g.10gb").to_message().partition_size == "2g.10gb"
    assert Resources(gpu="A100 80G:8").device.quantity == 8
    assert TPU("V5P", "2x2x1") == Device(1, "TPU", "V5P", "2x2x1")
    with pytest.raises(DrawloomError):
        GPU("A100", 1, "9g.1gb")


def test_both_styles_at_once_are_refused():
    with pytest.raises(ValueError, match="together"):
        resource_spec(Resources(cpu="1"), Resources(cpu="1"), None, "t")
    with pytest.raises(ValueError, match="pair"):
        resource_spec(None, Resources(cpu=("1", "2")), None, "t")


def test_a_second_override_keeps_what_the_first_set():
    both = merged(Resources(cpu="1", mem="1Gi"), Resources(cpu="2"))
    assert (both.cpu, both.mem) == ("2", "1Gi")


def test_every_resource_of_the_wire_has_a_row_and_a_field():
    from dataclasses import fields

    from compiler.options.resources import RESOURCE_TYPES

    numbers = pb.Resources.ResourceName
    assert {kind.wire_name for kind in RESOURCE_TYPES} == set(numbers.keys()) - {"UNKNOWN", "STORAGE"}
    named = {name for kind in RESOURCE_TYPES for name in (kind.field, kind.other_name) if name}
    assert named | {"shm"} == {field.name for field in fields(Resources)}
    assert sorted(kind.template_rank for kind in RESOURCE_TYPES) == list(range(len(RESOURCE_TYPES)))

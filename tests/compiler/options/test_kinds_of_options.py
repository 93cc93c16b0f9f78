"""Options of the wrong kind are refused where they are given."""

from __future__ import annotations

import pytest

from compiler import OptionError, dynamic, task


def first(a: int) -> int:
    return a


@pytest.mark.parametrize(
    "options",
    [
        {"secret_requests": 3},
        {"environment": 3},
        {"labels": 3},
        {"annotations": "x"},
        {"deprecated": 3},
        {"cache": True, "cache_version": 3},
        {"cache": True, "cache_version": "1", "cache_ignore_input_vars": 3},
        {"ignore_input_vars": 3},
    ],
    ids=lambda options: list(options)[-1],
)
def test_a_number_is_refused_by_task_option_expectation_and_value(options):
    name, value = list(options.items())[-1]
    with pytest.raises(OptionError, match=f"{name} has a value of the wrong type") as caught:
        task(**options)(first)
    assert caught.value.where.endswith("first")
    assert caught.value.expected
    assert caught.value.got == repr(value)


def test_hints_that_are_no_list_are_refused():
    with pytest.raises(OptionError, match="node_dependency_hints"):
        dynamic(node_dependency_hints=3)(first)


def test_a_cache_version_without_a_cache_is_written_as_it_is():
    """As flytekit writes it."""
    metadata = task(cache_version="1")(first).metadata.to_message()
    assert (metadata.discoverable, metadata.discovery_version) == (False, "1")

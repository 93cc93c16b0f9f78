"""What every kind of map shares: limits, list interfaces, bound inputs, and lists of one length."""

from __future__ import annotations

import functools
import os
import typing
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, cast

from compiler.errors import ArgumentError, AuthoringError, OptionError
from compiler.source.interface import Interface
from compiler.source_location import here
from literals import pb, preview

if TYPE_CHECKING:
    from compiler.options.documentation import Documentation
    from compiler.options.security import SecurityContext
    from compiler.tasks.task_metadata import TaskMetadata

_ALL = 1.0


class Limits:
    """How many calls go at once, and how many must succeed.

    `concurrency`: None follows the workflow, 0 means no limit. `min_successes` (a count) or `min_success_ratio` (0 to 1);
    without either, all must succeed; with both, the count decides, as in flytekit. `run_all_sub_nodes`: go on after too many failures.

    Raises:
        OptionError: a negative number, or a ratio outside 0 to 1.
    """

    __slots__ = ("concurrency", "min_success_ratio", "min_successes", "ratio_given", "run_all_sub_nodes")

    def __init__(
        self,
        concurrency: Any = None,
        min_successes: Any = None,
        min_success_ratio: Any = None,
        *,
        run_all_sub_nodes: object = False,
    ) -> None:
        for name, value in (("concurrency", concurrency), ("min_successes", min_successes)):
            if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
                raise OptionError(
                    f"{name} is not a count",
                    where="map_task",
                    expected="an int >= 0",
                    got=preview(value),
                    fix="write a whole number that is not negative, or leave it out",
                )
        ratio = min_success_ratio
        if ratio is not None and not _is_ratio(ratio):
            raise OptionError(
                "min_success_ratio is not a ratio",
                where="map_task",
                expected="0 to 1",
                got=preview(ratio),
                fix="write 0.9 for nine items of ten, say",
            )
        self.concurrency = concurrency
        self.min_successes = min_successes
        self.ratio_given = ratio is not None and ratio != _ALL
        self.min_success_ratio = _ALL if ratio is None else ratio
        self.run_all_sub_nodes = bool(run_all_sub_nodes)

    def write(self, into: pb.ArrayNode) -> None:
        """Write limits and criterion."""
        if self.concurrency is not None:
            into.parallelism = self.concurrency
        if self.min_successes is not None:
            into.min_successes = self.min_successes
        else:
            into.min_success_ratio = self.min_success_ratio
        into.run_all_sub_nodes = self.run_all_sub_nodes


def _is_ratio(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


def list_interface(inner: Interface, bound: Iterable[str], *, optional: bool) -> Interface:
    """The interface of a map: lists of all inputs that are not bound, and a list of the output."""
    whole = set(bound)
    inputs: dict[str, Any] = {}
    for name, hint in inner.inputs.items():
        if name not in whole:
            inputs[name] = typing.List[hint]  # noqa: UP006 - flytekit's spelling, which compares equal with users' own
        elif name in inner.default_inputs:
            inputs[name] = (hint, inner.default_inputs[name])
        else:
            inputs[name] = hint
    outputs = {
        name: typing.List[typing.Optional[hint] if optional else hint]  # noqa: UP006, UP045 - as above
        for name, hint in inner.outputs.items()
    }
    return Interface(inputs, outputs)


def several_outputs(target: Any) -> AuthoringError:
    """The error for a target with several outputs."""
    return OptionError(
        "only a single output can be mapped",
        where="map_task",
        got=f"{target.name} {target.python_interface!r}",
        fix="return one dataclass with the values as fields",
        expected="a task with one output",
    )


def check_bound(bound: Iterable[str], inner: Interface, owner: str) -> None:
    """Refuse bound names that are not inputs.

    Raises:
        OptionError: there is no such input.
    """
    for name in sorted(bound):
        if name not in inner.inputs:
            raise OptionError(
                f"there is no input `{name}` to bind",
                where=f"map_task over {owner}",
                expected=repr(inner),
                got=f"`{name}`",
                fix="name an input of the task, or remove it",
            )


class MapOptions(TypedDict, total=False):
    """The options of a map over a task, beside its limits."""

    bound_inputs_values: Mapping[str, Any]
    metadata: TaskMetadata
    security_ctx: SecurityContext
    docs: Documentation
    environment: dict[str, str]
    disable_deck: bool
    enable_deck: bool
    deck_fields: tuple[Any, ...]
    task_config: Any


_TASK_OPTIONS = MapOptions.__optional_keys__ - {"bound_inputs_values"} | {"bound_inputs"}


def check_map_options(given: Iterable[str], target: object, *, over_task: bool) -> None:
    """Refuse options that a map over this target has not.

    Raises:
        OptionError: an unknown option, or one for maps over tasks where a plan is mapped.
    """
    where = f"map_task of {getattr(target, 'name', preview(target))}"
    for option in given:
        if option == "bound_inputs_values" or (option in _TASK_OPTIONS and over_task):
            continue
        if option in _TASK_OPTIONS:
            raise OptionError(
                f"`{option}` is for maps over tasks",
                where=where,
                expected="options of maps over launch plans",
                got=f"`{option}` on a map over a launch plan",
                fix="remove it",
            )
        raise OptionError(
            f"map_task has no option `{option}`",
            where=where,
            fix="check the spelling, or remove it",
            expected=", ".join(sorted(_TASK_OPTIONS)),
            got=f"`{option}`",
        )


def as_partial(target: object) -> functools.partial[Any] | None:
    """A `functools.partial` as such; None for anything else."""
    return cast("functools.partial[Any]", target) if isinstance(target, functools.partial) else None


def partial_values(partial: functools.partial[Any]) -> dict[str, Any]:
    """The bound values of a partial by input name."""
    interface: Interface = cast("Any", partial.func).python_interface
    by_position = dict(zip(interface.inputs, partial.args, strict=False))
    if len(partial.args) > len(interface.inputs):
        raise OptionError(
            "a partial binds more values than there are inputs",
            where="map_task",
            expected=repr(interface),
            got=preview(partial.args),
            fix="bind inputs by name: functools.partial(task, name=value)",
        )
    return {**by_position, **partial.keywords}


def with_bound(owner: str, bound: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a call with those that the map binds.

    Raises:
        ArgumentError: the call gives one that is bound; flytekit drops it without a word.
    """
    twice = sorted(bound.keys() & given.keys())
    if twice:
        raise ArgumentError(
            f"the map binds input `{twice[0]}`, and the call gives it too",
            where=owner,
            expected=f"a call without `{twice[0]}`",
            got=f"{preview(bound[twice[0]])} and {preview(given[twice[0]])}",
            fix="leave it out of the call, or do not bind it",
            location=here(2, keep_frame=True),
        )
    return {**bound, **given}


def check_lengths(entity: Any, values: Mapping[str, Any]) -> None:
    """Refuse lists of different lengths where they are known; the others are compared before the first call runs."""
    lengths = {
        name: len(cast("Sequence[Any]", value))
        for name, value in values.items()
        if name not in entity.bound_inputs and isinstance(value, (list, tuple))
    }
    if len(set(lengths.values())) > 1:
        raise ArgumentError(
            "the lists have different lengths",
            where=entity.name,
            expected="one length for all mapped inputs",
            got=", ".join(f"{name}: {length}" for name, length in lengths.items()),
            fix="give lists of one length, or bind what every call shares with functools.partial",
            location=here(2, keep_frame=True),
        )


def array_index() -> int:
    """Which element this container is for: an offset, and the variable that another variable names."""
    variable = os.environ.get("BATCH_JOB_ARRAY_INDEX_VAR_NAME", "")
    return int(os.environ.get("BATCH_JOB_ARRAY_INDEX_OFFSET", "0")) + int(
        os.environ.get(variable, "0") if variable else "0"
    )

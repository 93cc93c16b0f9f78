"""Every option of `@task`: its name and type, what is checked about it, what becomes of it, and which nodes may override it.

This is the one list of them. `@task`, `@dynamic` and `@eager` take what is named here; the class of a task acts on an option by
a parameter of the option's name, `TaskMetadata` by a field.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from compiler.errors import OptionError
from compiler.options.entity_texts import check_docs
from compiler.options.known import check_known
from compiler.options.task_options import (
    check_deck_fields,
    check_image,
    check_kind,
    check_pod_template,
    check_resolver,
    check_shared_memory,
)
from literals import is_mapping, preview

if TYPE_CHECKING:
    import datetime as dt

    from compiler.options.cache import Cache
    from compiler.options.documentation import Documentation
    from compiler.options.option_kinds import AcceleratorOption, ImageRecipe, PodOption, ResourcesOption, SecretOption


class ExecutionBehavior(enum.Enum):
    """What running the function means."""

    DEFAULT = 1
    DYNAMIC = 2
    EAGER = 3


class FunctionTaskOptions(TypedDict, total=False):
    """The options by name and type, in flytekit's order, for type checkers and for completion."""

    task_config: object
    cache: bool | Cache
    retries: int
    interruptible: bool | None
    deprecated: str
    timeout: dt.timedelta | int
    container_image: str | ImageRecipe | None
    environment: dict[str, str] | None
    requests: ResourcesOption | None
    limits: ResourcesOption | None
    secret_requests: Iterable[SecretOption] | None
    execution_mode: ExecutionBehavior
    node_dependency_hints: Iterable[Any] | None
    task_resolver: object
    docs: Documentation | None
    disable_deck: bool | None
    enable_deck: bool | None
    deck_fields: tuple[Any, ...] | None
    pod_template: PodOption | None
    pod_template_name: str | None
    accelerator: AcceleratorOption | None
    pickle_untyped: bool
    shared_memory: bool | str | None
    resources: ResourcesOption | None
    labels: dict[str, str] | None
    annotations: dict[str, str] | None
    cache_version: str
    cache_serialize: bool
    cache_ignore_input_vars: tuple[str, ...]
    ignore_input_vars: list[str] | None


class OptionUse(enum.Enum):
    """What becomes of an option."""

    CONFIG = "it chooses the class of the task"
    CACHE = "it is one of those that say how results are kept"
    METADATA = "it is a field of TaskMetadata"
    TASK = "it is a parameter of the task's class"


class NodeUse(enum.Enum):
    """Which nodes may say something else, by `with_overrides`."""

    NONE = "it belongs to the task, which all its nodes share"
    TASK = "nodes that run a task"
    ANY = "every node"


class TaskOption(NamedTuple):
    """One row: `check` is given the value and where it stands, and raises OptionError; `default` is flytekit's."""

    use: OptionUse
    default: object = None
    check: Callable[[object, str], object] | None = None
    nodes: NodeUse = NodeUse.NONE


def _is_kind(option: str, kind: type, expected: str) -> Callable[[object, str], None]:
    return lambda value, where: check_kind(option, value, kind, expected, where)


def _is_environment(value: object, where: str) -> None:
    check_kind("environment", value, Mapping, "a dict of text to text", where)
    for key, text in value.items() if is_mapping(value) else ():
        if not isinstance(text, str) or not isinstance(key, str):
            raise OptionError(
                f"environment variable `{key}` is not text",
                where=where,
                expected="text",
                got=repr(text),
                fix="write it as a string",
            )


def _are_deck_fields(value: object, where: str) -> None:
    if value is not None:
        check_deck_fields(value, where)


_TEXTS = "a dict of text to text"
_USE, _NODES = OptionUse, NodeUse

TASK_OPTIONS: dict[str, TaskOption] = {
    "task_config": TaskOption(_USE.CONFIG, nodes=_NODES.TASK),
    "cache": TaskOption(_USE.CACHE, default=False, nodes=_NODES.ANY),
    "retries": TaskOption(_USE.METADATA, default=0, nodes=_NODES.ANY),
    "interruptible": TaskOption(_USE.METADATA, nodes=_NODES.ANY),
    "deprecated": TaskOption(_USE.METADATA, default="", check=_is_kind("deprecated", str, "text")),
    "timeout": TaskOption(_USE.METADATA, default=0, nodes=_NODES.ANY),
    "container_image": TaskOption(_USE.TASK, check=check_image, nodes=_NODES.TASK),
    "environment": TaskOption(_USE.TASK, check=_is_environment),
    "requests": TaskOption(_USE.TASK, nodes=_NODES.TASK),
    "limits": TaskOption(_USE.TASK, nodes=_NODES.TASK),
    "secret_requests": TaskOption(_USE.TASK, check=_is_kind("secret_requests", Iterable, "a list of Secret(...)")),
    "execution_mode": TaskOption(
        _USE.TASK,
        default=ExecutionBehavior.DEFAULT,
        check=_is_kind("execution_mode", ExecutionBehavior, "a member of ExecutionBehavior"),
    ),
    "node_dependency_hints": TaskOption(
        _USE.TASK, check=_is_kind("node_dependency_hints", Iterable, "a list of entities")
    ),
    "task_resolver": TaskOption(_USE.TASK, check=check_resolver),
    "docs": TaskOption(_USE.TASK, check=check_docs),
    "disable_deck": TaskOption(_USE.TASK),
    "enable_deck": TaskOption(_USE.TASK),
    "deck_fields": TaskOption(_USE.TASK, check=_are_deck_fields),
    "pod_template": TaskOption(_USE.TASK, check=check_pod_template, nodes=_NODES.TASK),
    "pod_template_name": TaskOption(_USE.TASK, check=_is_kind("pod_template_name", str, "text")),
    "accelerator": TaskOption(_USE.TASK, nodes=_NODES.TASK),
    "pickle_untyped": TaskOption(_USE.TASK, default=False, check=_is_kind("pickle_untyped", bool, "True or False")),
    "shared_memory": TaskOption(_USE.TASK, check=check_shared_memory, nodes=_NODES.TASK),
    "resources": TaskOption(_USE.TASK, nodes=_NODES.TASK),
    "labels": TaskOption(_USE.METADATA, check=_is_kind("labels", Mapping, _TEXTS)),
    "annotations": TaskOption(_USE.METADATA, check=_is_kind("annotations", Mapping, _TEXTS)),
    "cache_version": TaskOption(_USE.CACHE, default="", check=_is_kind("cache_version", str, "text"), nodes=_NODES.ANY),
    "cache_serialize": TaskOption(_USE.CACHE, default=False, nodes=_NODES.ANY),
    "cache_ignore_input_vars": TaskOption(
        _USE.CACHE,
        default=(),
        check=_is_kind("cache_ignore_input_vars", Iterable, "a tuple of names"),
        nodes=_NODES.ANY,
    ),
    "ignore_input_vars": TaskOption(_USE.TASK, check=_is_kind("ignore_input_vars", Iterable, "a list of names")),
}
"""The options in flytekit's order, which is the order of those given by position."""

_BY_NAME_ONLY = 4
"""How many at the end flytekit has no place for among the positions."""
_POSITIONS = tuple(TASK_OPTIONS)[:-_BY_NAME_ONLY]
DEFAULTS = {name: option.default for name, option in TASK_OPTIONS.items()}


def names_by_use(use: OptionUse) -> tuple[str, ...]:
    """The options that this becomes of."""
    return tuple(name for name, option in TASK_OPTIONS.items() if option.use is use)


def names_by_nodes(nodes: NodeUse) -> frozenset[str]:
    """The options that these nodes, and no others, may override."""
    return frozenset(name for name, option in TASK_OPTIONS.items() if option.nodes is nodes)


def options_by_name(in_order: tuple[object, ...], named: Mapping[str, Any], where: str) -> dict[str, Any]:
    """What was said in a decorator, by name.

    Raises:
        OptionError: an unknown option, one that is given twice, or more values than there are positions.
    """
    if len(in_order) > len(_POSITIONS):
        raise OptionError(
            f"@task is given {len(in_order)} options by position",
            where=where,
            expected=f"at most {len(_POSITIONS)}",
            got=preview(in_order[len(_POSITIONS)]),
            fix="give them by name",
        )
    given = dict(zip(_POSITIONS, in_order, strict=False))
    check_known(named, lambda: TASK_OPTIONS, "@task", where)
    if twice := sorted(given.keys() & named.keys()):
        raise OptionError(
            f"`{twice[0]}` is given twice, by position and by name",
            where=where,
            expected=f"one `{twice[0]}`",
            got=f"{preview(given[twice[0]])} and {preview(named[twice[0]])}",
            fix="give it once",
        )
    return {**given, **named}


def check_options(given: Mapping[str, Any], where: str) -> None:
    """Check options by their rows; what several say together is checked by whoever puts them together.

    Raises:
        OptionError: one has a value that it cannot have.
    """
    for name, value in given.items():
        check = TASK_OPTIONS[name].check
        if check is not None:
            check(value, where)

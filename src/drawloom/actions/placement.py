"""Where an attempt of a task is made when a run has an executor: a task that calls tasks stays where the run is.

Whoever calls tasks mostly waits for them, and a worker that waits is one fewer for what it waits for. So the code of a task's
function is looked through as far as it is the user's own: helpers, classes, modules, closures, containers. Where it names a task,
a workflow or a launch plan, or what asks somebody outside, its attempts are made here, and what it calls goes to the executor.
A task that finds another one in a way that the code does not show (a name that is computed) is a leaf to this, and calls it
within its own attempt on the worker; see `worker_attempt`.
"""

from __future__ import annotations

import dis
import functools
import sys
import types
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final, cast

from compiler import LaunchPlan, PythonTask, ReferenceLaunchPlan, ReferenceWorkflow, WorkflowBase
from drawloom.actions.user_code import GLOBAL_LOADS, imported, is_user_function, is_user_module, user_module
from literals import OUR_PACKAGES

_CALLED = (PythonTask, WorkflowBase, LaunchPlan, ReferenceWorkflow, ReferenceLaunchPlan)
_NEEDS_THE_RUN: Final[Mapping[str, tuple[str, ...]]] = {
    "drawloom.actions.conditions": ("new_condition",),
    "drawloom.actions.map": ("map",),
    "drawloom.actions.run": ("run", "with_runcontext"),
}
"""What of ours starts something beside the attempt, or asks whoever sits at the run's terminal: module -> names."""
_LARGEST: Final = 1000
"""Items of a container that are looked at."""
_PLAIN = "forward"
"""The attribute of a task that is its plain function: no action."""


def names_tasks(function: Callable[..., object]) -> bool:
    """Whether the code that a function reaches, as far as it is the user's own, names something that is run by itself."""
    seen: set[int] = set()
    waiting: deque[Any] = deque([function])
    while waiting:
        value = waiting.popleft()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if value is not function and _is_run_by_itself(value):
            return True
        waiting.extend(_reached_from(value))
    return False


def _is_run_by_itself(value: object) -> bool:
    if isinstance(value, _CALLED):
        return True
    for module, names in _NEEDS_THE_RUN.items():
        loaded = sys.modules.get(module)
        if loaded is not None and any(vars(loaded).get(name) is value for name in names):
            return True
    return False


def _reached_from(value: object) -> Iterator[Any]:
    """What a value leads to; values of libraries lead nowhere."""
    kind = type(value)
    if isinstance(value, types.FunctionType):
        yield from _reached_from_function(value)
    elif isinstance(value, types.MethodType):
        yield value.__func__
        yield value.__self__
    elif isinstance(value, functools.partial):
        made = cast("functools.partial[Any]", value)
        yield made.func
        yield from made.args
        yield from made.keywords.values()
    elif issubclass(kind, (staticmethod, classmethod, property)):
        parts = (getattr(value, name, None) for name in ("__func__", "fget", "fset", "fdel"))
        yield from (part for part in parts if part is not None)
    elif isinstance(value, type):
        module = sys.modules.get(value.__module__)
        if module is not None and is_user_module(module):
            yield from (member for name, member in list(vars(value).items()) if not name.startswith("__weakref"))
            yield from value.__bases__
    elif kind in {list, tuple, set, frozenset} and len(cast("Collection[Any]", value)) <= _LARGEST:
        yield from cast("Collection[Any]", value)
    elif kind is dict and len(cast("dict[Any, Any]", value)) <= _LARGEST:
        yield from cast("dict[Any, Any]", value).values()
    elif isinstance(getattr(kind, "__module__", None), str) and _is_user_object(value):
        yield kind
        yield from list(vars(value).values())


def _reached_from_function(value: types.FunctionType) -> Iterator[Any]:
    wrapped = getattr(value, "__wrapped__", None)
    if wrapped is not None:
        yield wrapped
    yield from (cell.cell_contents for cell in value.__closure__ or () if _is_set(cell))
    if is_user_function(value):
        yield from _named(value.__code__, value.__globals__)
        yield from value.__defaults__ or ()
        yield from (value.__kwdefaults__ or {}).values()


def _is_user_object(value: object) -> bool:
    module = sys.modules.get(type(value).__module__)
    return module is not None and is_user_module(module) and isinstance(getattr(value, "__dict__", None), dict)


def _is_set(cell: types.CellType) -> bool:
    try:
        cell.cell_contents  # noqa: B018 - an empty one raises
    except ValueError:
        return False
    return True


def _named(code: types.CodeType, names: Mapping[str, Any]) -> Iterator[Any]:
    """What the code takes out of globals, out of modules of the user's, and out of what it imports itself."""
    instructions = list(dis.get_instructions(code))
    for index, each in enumerate(instructions):
        if each.opname in GLOBAL_LOADS and each.argval in names:
            value = names[each.argval]
            after = instructions[index + 1] if index + 1 < len(instructions) else each
            if after.argval == _PLAIN and isinstance(value, PythonTask):
                yield cast("Any", value).task_function
            elif isinstance(value, types.ModuleType) and _is_ours(value.__name__):
                yield from _ours({after.argval})
            elif isinstance(value, types.ModuleType):
                yield from _members(value, code)
            else:
                yield value
    for name in imported(instructions, names):
        module = user_module(name)
        yield from _members(module, code)
    if any(each.opname == "IMPORT_NAME" and _is_ours(str(each.argval)) for each in instructions):
        yield from _ours(set(code.co_names))
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _named(constant, names)


def _members(module: types.ModuleType, code: types.CodeType) -> Iterator[Any]:
    """What the code may take out of a module."""
    if is_user_module(module):
        held = vars(module)
        for name in code.co_names:
            member = held.get(name)
            if isinstance(member, types.ModuleType) and member is not module:
                yield from _members(member, code)
            elif name in held:
                yield member


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] in OUR_PACKAGES | {"flyte", "flytekit"}


def _ours(used: set[Any]) -> Iterator[Any]:
    """Of drawloom's names that the code uses, those that need the run."""
    for module, names in _NEEDS_THE_RUN.items():
        for name in names:
            if name not in used:
                continue
            yield getattr(user_module(module), name)

"""Which callables can be declared to be a task or a workflow: functions, whose signature, name and module are their own.

Everything else that Python can call is refused where it is declared, with what to write instead.
"""

from __future__ import annotations

import collections.abc
import dis
import functools
import inspect
import typing
from collections.abc import Callable
from types import CodeType
from typing import Any

from compiler.errors import AuthoringError, FlyteValidationException, NotImportableError, OptionError
from compiler.source.tracking import importable_name
from compiler.source_location import definition
from literals import preview


def check_function(fn: object, decorator: str) -> None:
    """Refuse what is not a function.

    `decorator`: how the author wrote it, for the message.

    Raises:
        AuthoringError: it is a task, a workflow or a launch plan already.
        OptionError: it is a class, a partial, a builtin, an object with `__call__`, or cannot be called at all.
        FlyteValidationException: a lambda, whose result would be dropped.
    """
    if (name := getattr(fn, "name", None)) is not None and hasattr(fn, "python_interface"):
        raise AuthoringError(
            f"this is {_kind(fn)} already",
            where=str(name),
            fix=f"remove {decorator}; a workflow calls it as it is",
            expected="a function",
            got=_kind(fn),
        )
    if issubclass(type(fn), classmethod):
        raise OptionError(
            f"{decorator} decorates functions, not class methods",
            got=getattr(fn, "__qualname__", repr(fn)),
            fix="move the function to the top level of its module, without `cls`",
            expected="a function",
        )
    if issubclass(type(fn), functools.partial):
        raise OptionError(
            f"{decorator} decorates functions, and a functools.partial has no signature, name and module of its own",
            got=repr(fn),
            fix="write a `def` that calls it, or give the bound values where the task is called",
            expected="a function",
        )
    if not callable(fn) or isinstance(fn, type):
        raise OptionError(
            f"{decorator} decorates functions", got=repr(fn), fix="put it above a `def`", expected="a function"
        )
    bare = inspect.unwrap(fn)
    if not hasattr(bare, "__code__") or not hasattr(fn, "__name__"):
        raise _no_code(fn, decorator)
    if bare.__name__ == "<lambda>" and "return" not in bare.__annotations__ and _gives_a_value(bare.__code__):
        raise FlyteValidationException(
            "a lambda has no annotations, so its result has no type and would be dropped",
            expected="a function with annotations",
            got="a lambda",
            fix="write a `def` with annotations",
        )


def _kind(entity: object) -> str:
    if hasattr(entity, "task_type"):
        return "a task"
    return "a workflow" if hasattr(entity, "workflow_metadata") else "a launch plan"


def _no_code(fn: object, decorator: str) -> OptionError:
    if isinstance(fn, (type(len), type(str.join))) or type(fn).__module__ in {"builtins", "operator", "numpy"}:
        return OptionError(
            f"{decorator} decorates functions written in Python, and this one has no annotations",
            got=repr(fn),
            fix="write a `def` that calls it",
            expected="a function",
        )
    kind = type(fn).__name__
    return OptionError(
        f"{decorator} decorates functions, and this is an object of class `{kind}` that can be called",
        got=repr(fn),
        fix=f"write a `def` that calls it; if `{kind}` is a decorator, call functools.update_wrapper(self, fn) in its __init__",
        expected="a function",
    )


def _gives_a_value(code: CodeType) -> bool:
    """Whether a lambda's value is anything but the constant None."""
    last = [instruction for instruction in dis.get_instructions(code) if instruction.opname != "RETURN_VALUE"][-1]
    return last.opname not in {"LOAD_CONST", "RETURN_CONST"} or last.argval is not None


def nested_function(fn: Callable[..., Any], name: str) -> NotImportableError:
    """The error for a task made of a function that was made in another one."""
    outer, _, inner = fn.__qualname__.rpartition(".<locals>.")
    at_the_end = outer.rpartition(".")[2]
    return NotImportableError(
        "TaskFunction cannot be a nested/inner or local function: a container finds it by import",
        where=name,
        expected="a function at the top level of a module",
        got=f"`{inner}`, which was made by `{at_the_end}`",
        fix=f"move `{inner}` to the top level of `{importable_name(fn.__module__)}`; "
        f"if `{at_the_end}` is a decorator, put @functools.wraps on `{inner}`",
    )


def check_generator(fn: Callable[..., Any], outputs: typing.Mapping[str, Any], name: str) -> None:
    """Refuse a function that yields and does not declare so: a call of it runs nothing.

    Raises:
        FlyteValidationException: an async generator, or a generator whose return annotation is not an iterator.
    """
    bare = inspect.unwrap(fn)
    if inspect.isasyncgenfunction(bare):
        raise FlyteValidationException(
            "an async generator cannot be a task: its values have no type that a workflow can pass on",
            where=name,
            expected="a function that returns its outputs",
            got="an async generator",
            fix="collect the values in a list, and return it",
            location=definition(bare),
        )
    if not inspect.isgeneratorfunction(bare) or any(_may_be_iterated(hint) for hint in outputs.values()):
        return
    raise FlyteValidationException(
        "the function yields, so that a call gives a generator, and its return annotation says otherwise",
        where=name,
        expected="Iterator[T]",
        got=", ".join(getattr(hint, "__name__", str(hint)) for hint in outputs.values()) or "None",
        fix="annotate Iterator[...] with the type of the values, or return a list",
        location=definition(bare),
    )


def _may_be_iterated(hint: object) -> bool:
    while typing.get_origin(hint) is typing.Annotated:
        hint = typing.get_args(hint)[0]
    kind = typing.get_origin(hint) or hint
    if not isinstance(kind, type):
        return True
    return issubclass(kind, collections.abc.Iterator) or kind in {collections.abc.Iterable, object}


def refuse_config(task_config: object, reason: str, fn: Callable[..., Any]) -> None:
    """Refuse a plug-in's configuration where it would do nothing.

    Raises:
        OptionError: there is one.
    """
    if task_config is not None:
        raise OptionError(
            reason,
            where=getattr(fn, "__name__", ""),
            expected="a function without a task_config",
            got=f"task_config={preview(task_config)}",
            fix="remove task_config, or give it to a task that this one calls",
        )


def check_body(fn: Callable[..., Any], name: str) -> None:
    """Refuse a workflow's function that a call does not run.

    Raises:
        OptionError: it is async, or it yields.
    """
    bare = inspect.unwrap(fn)
    if inspect.iscoroutinefunction(bare):
        raise OptionError(
            "a workflow's body is traced, so it cannot be async",
            where=name,
            expected="a plain `def`",
            got="an `async def`",
            fix="write def, or use @eager for a body that awaits",
            location=definition(bare),
        )
    if inspect.isgeneratorfunction(bare) or inspect.isasyncgenfunction(bare):
        raise OptionError(
            "a workflow's body is traced, so it cannot yield",
            where=name,
            expected="a function that returns",
            got="a generator",
            fix="return the outputs",
            location=definition(bare),
        )

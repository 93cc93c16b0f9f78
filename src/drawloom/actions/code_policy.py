"""`CodePolicy`: a cache version made from all the user's code that a task's function reaches, not from its body alone.

Rule 1: what the function names counts: helpers, classes and tasks of the user's own modules, recursively; closures, defaults
and globals that are plain data. Rule 2: the standard library, installed packages and drawloom count by name only. Rule 3: lines,
paths, comments and hash seeds do not count. Rule 4: a value that says nothing certain about itself is an error, never skipped.

The version holds for one minor version of Python, whose bytecode it is made of. A name that the code computes
(`getattr(module, name)`) is not seen.
"""

from __future__ import annotations

import ast
import builtins
import dataclasses
import datetime as dt
import decimal
import dis
import enum
import fractions
import functools
import hashlib
import inspect
import logging
import re
import sys
import textwrap
import types
import typing
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from pathlib import PurePath
from typing import Any, cast, final

from compiler import PythonFunctionTask, VersionParameters
from drawloom.actions.environment import Environment
from drawloom.actions.user_code import GLOBAL_LOADS, imported, is_user_function, is_user_module, user_module
from literals import OUR_PACKAGES, DrawloomError, class_of, named_tuple_fields, preview

_ATOMS = (
    type(None), bool, int, float, complex, str, bytes, type(...), type(NotImplemented), decimal.Decimal, fractions.Fraction,
    uuid.UUID, dt.date, dt.time, dt.timedelta, dt.timezone, range, slice,
)  # fmt: skip
_BUILT_IN = (types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType)
_ABOUT_ITSELF = frozenset({"__name__", "__file__", "__builtins__", "__spec__", "__doc__", "__package__", "__class__"})


def _is_atom(value: object) -> bool:
    """Whether a value's text says all of it."""
    kind = class_of(value)
    return isinstance(value, _ATOMS) and (kind in _ATOMS or kind.__module__ in sys.stdlib_module_names)


class UndigestibleError(DrawloomError, TypeError, ValueError):
    """A value that a cached function uses cannot be part of a cache version."""


@final
class CodePolicy:
    """`Cache(behavior="auto", policies=[CodePolicy()])`: a change of a helper or of a constant ends a cached result too."""

    def get_version(self, salt: str, params: VersionParameters) -> str:
        """SHA-256 of the salt and of the code that the function reaches, in hex; "" without a function.

        Raises:
            UndigestibleError: a global, default or closure is neither code nor plain data; it is named.
        """
        function: Any = params.func
        if function is None:
            return ""
        digest = _Digest(str(getattr(function, "__name__", "")))
        digest.add("salt", salt)
        digest.value(function, f"function `{getattr(function, '__qualname__', function)}`")
        return digest.hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CodePolicy)

    def __hash__(self) -> int:
        return hash(CodePolicy)

    def __repr__(self) -> str:
        return "CodePolicy()"


@final
class _Digest:
    """A walk over values. What was met before is told by the number it had, so that cycles end."""

    def __init__(self, root: str, met: dict[int, int] | None = None) -> None:
        self._root = root
        self._hash = hashlib.sha256()
        self._met: dict[int, int] = {} if met is None else met
        self._kept: list[Any] = []

    def hexdigest(self) -> str:
        return self._hash.hexdigest()

    def add(self, *parts: str | bytes) -> None:
        """Parts with their lengths, so that no two lists of parts read alike."""
        for part in parts:
            data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
            self._hash.update(len(data).to_bytes(8, "big") + data)

    def value(self, value: Any, where: str) -> None:
        """Any value, as data, code or a name."""
        if isinstance(value, enum.Enum):
            self.add("enum", str(value.name))
            self.value(value.value, where)
            self.value(type(value), where)
        elif _is_atom(value):
            self.add(class_of(value).__name__, repr(value))
        elif id(value) in self._met:
            self.add("again", str(self._met[id(value)]))
        else:
            if not issubclass(class_of(value), (tuple, frozenset)) and _origin(value) is None:
                # Equal constants are one object or two by Python's choice, so they are not numbered. What is numbered is
                # kept alive: the identity of an object that is gone could become another's.
                self._kept.append(value)
                self._met[id(value)] = len(self._met)
            if not (
                self._data(value, where)
                or self._code_like(value, where)
                or self._wrapper(value, where)
                or self._named(value)
            ):
                raise UndigestibleError(
                    "a value that the cached code uses is neither code nor plain data, so no cache version can be made of it",
                    where=where,
                    expected="numbers, texts, containers and dataclasses of them, functions, classes, modules",
                    got=f"{class_of(value).__module__}.{class_of(value).__qualname__} {preview(value)}",
                    fix="make it inside the function, pass it as an input, or name a version: Cache(version='1')",
                )

    def _data(self, value: Any, where: str) -> bool:
        kind = class_of(value)
        if isinstance(value, (set, frozenset)):
            items = cast("Iterable[Any]", value)
            self.add(kind.__name__, *sorted(self._apart(item, where) for item in items))
        elif kind in {list, tuple}:
            self.add(kind.__name__, str(len(value)))
            for index, item in enumerate(value):
                self.value(item, f"{where}[{index}]")
        elif kind is dict or isinstance(value, types.MappingProxyType):
            self._mapping("dict", cast("Mapping[Any, Any]", value), where)
        elif isinstance(value, (PurePath, bytearray)):
            self.add(kind.__name__, str(value))
        elif isinstance(value, re.Pattern):
            pattern = cast("re.Pattern[Any]", value)
            self.add("pattern", str(pattern.flags))
            self.value(pattern.pattern, where)
        elif isinstance(value, (logging.Logger, ContextVar)):
            self.add(kind.__name__, cast("logging.Logger | ContextVar[Any]", value).name)
        elif dataclasses.is_dataclass(value) and not isinstance(value, type):
            self.value(kind, where)
            named = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
            self._mapping("dataclass", named, where)
        elif named_tuple_fields(kind) is not None:
            self.value(kind, where)
            self.value(tuple(cast("tuple[Any, ...]", value)), where)
        else:
            return False
        return True

    def _apart(self, value: Any, where: str) -> str:
        digest = _Digest(self._root, dict(self._met))
        digest.value(value, where)
        return digest.hexdigest()

    def _mapping(self, kind: str, items: Mapping[Any, Any], where: str) -> None:
        self.add(kind, str(len(items)))
        for key, item in items.items():
            self.value(key, where)
            self.value(item, f"{where}[{preview(key)}]")

    def _code_like(self, value: Any, where: str) -> bool:
        if isinstance(value, PythonFunctionTask):
            task = cast("PythonFunctionTask[Any]", value)
            self.add("task", task.name)
            self.value(task.task_function, where)
        elif isinstance(value, types.FunctionType):
            self._function(value)
        elif isinstance(value, type):
            self._class(value)
        elif isinstance(value, types.ModuleType):
            # Only its name: what the code takes out of a module of the user's is added where the code is read.
            self.add("module", value.__name__)
        elif _origin(value) is not None:
            self.add("hint")
            self.value(_origin(value), where)
            self.value(typing.get_args(value), where)
        else:
            return False
        return True

    def _wrapper(self, value: Any, where: str) -> bool:
        if isinstance(value, (staticmethod, classmethod)):
            method = cast("staticmethod[..., Any] | classmethod[Any, ..., Any]", value)
            self.add(type(method).__name__)
            self.value(method.__func__, where)
        elif isinstance(value, types.MethodType):
            self.add("method")
            self.value(value.__func__, where)
            self.value(value.__self__, where)
        elif isinstance(value, functools.partial):
            made = cast("functools.partial[Any]", value)
            self.add("partial")
            for part in (made.func, made.args, made.keywords):
                self.value(part, where)
        elif isinstance(value, property):
            self.add("property")
            for part in (value.fget, value.fset, value.fdel):
                self.value(part, where)
        elif callable(value) and isinstance(getattr(value, "__wrapped__", None), types.FunctionType):
            # Such as functools.lru_cache: a library's object around a function.
            self.add("wrapper", type(value).__module__, type(value).__qualname__)
            self.value(cast("Any", value).__wrapped__, where)
        else:
            return False
        return True

    def _named(self, value: Any) -> bool:
        """What a library or drawloom has under a name is that name."""
        kind = class_of(value)
        bound = getattr(value, "__self__", None)
        if isinstance(value, Environment):
            self.add("environment", value.name)
        elif isinstance(value, _BUILT_IN) and (bound is None or isinstance(bound, (types.ModuleType, type))):
            self.add("builtin", str(getattr(value, "__module__", None)), value.__qualname__)
        elif kind.__module__ == "typing":
            self.add("typing", repr(value))
        elif (name := _public_name(value)) is not None:
            self.add("library", kind.__module__, name)
        else:
            return False
        return True

    def _function(self, function: types.FunctionType) -> None:
        where = f"{function.__module__}.{function.__qualname__}"
        cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=False))
        wrapped = getattr(function, "__wrapped__", None)
        if not is_user_function(function):
            # A library's wrapper counts by name, and by the user's function that it holds.
            self.add("library function", str(function.__globals__.get("__name__")), function.__code__.co_name)
            held = [wrapped, *(_content(cell) for cell in cells.values())]
            for each in held:
                if isinstance(each, types.FunctionType) and each is not function:
                    self.value(each, where)
            return
        self.add("function", function.__name__)
        self._code(function.__code__, function.__globals__, where)
        self.value(function.__defaults__, f"a default of {where}")
        self.value(function.__kwdefaults__, f"a default of {where}")
        for name, cell in cells.items():
            self.add("closure", name)
            if _content(cell) is not _EMPTY and name != "__class__":
                self.value(_content(cell), f"variable `{name}` around {where}")
        if wrapped is not None:
            self.value(wrapped, where)

    def _code(self, code: types.CodeType, names: dict[str, Any], where: str) -> None:
        """A code object and everything global that it names."""
        shape = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
        self.add("code", repr(shape), getattr(code, "co_exceptiontable", b""), _plain_code(code))
        for part in (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars):
            self.add(repr(part))
        for constant in _constants(code):
            if isinstance(constant, types.CodeType):
                self._code(constant, names, where)
            else:
                self.value(constant, where)
        instructions = list(dis.get_instructions(code))
        stored = {each.argval for each in instructions if each.opname == "STORE_NAME"}
        for name in sorted({each.argval for each in instructions if each.opname in GLOBAL_LOADS}):
            if name in names:
                self._global(name, names[name], code, f"global `{name}` of {where}")
            elif name not in stored and not hasattr(builtins, name) and name not in {self._root, *_ABOUT_ITSELF}:
                raise UndigestibleError(
                    "a global that the cached code uses has no value when the cache version is made",
                    where=f"global `{name}` of {where}",
                    expected="a value",
                    got="none",
                    fix="define it above the task, or name a version: Cache(version='1')",
                )
        for name in imported(instructions, names):
            self._global(name, user_module(name), code, f"import of `{name}` in {where}")

    def _global(self, name: str, value: Any, code: types.CodeType, where: str) -> None:
        if name in _ABOUT_ITSELF:
            return
        self.add("global", name)
        self.value(value, where)
        if isinstance(value, types.ModuleType) and is_user_module(value):
            used = [each for each in sorted(set(code.co_names)) if each in vars(value)]
            if not used:
                raise UndigestibleError(
                    "a module of yours is used as a value, so what is used of it cannot be told",
                    where=where,
                    expected="names of the module's functions and classes",
                    got="the module itself",
                    fix="name what is used of it (module.name), or name a version: Cache(version='1')",
                )
            for each in used:
                member = vars(value)[each]
                self.add("member", each)
                if isinstance(member, types.ModuleType) and is_user_module(member):
                    self._global(each, member, code, f"{where}, `{each}`")
                else:
                    self.value(member, f"`{each}` of {where}")

    def _class(self, cls: type[Any]) -> None:
        where = f"{cls.__module__}.{cls.__qualname__}"
        module = sys.modules.get(cls.__module__)
        if module is None or not is_user_module(module):
            self.add("library class", cls.__module__, cls.__qualname__)
            return
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
        except (OSError, TypeError, SyntaxError) as error:
            raise UndigestibleError(
                "the source of a class cannot be read, so no cache version can be made of it",
                where=where,
                expected="a class in a file",
                got="a class without a source",
                fix="define it in a file, or name a version: Cache(version='1')",
            ) from error
        self.add("class", cls.__qualname__, ast.dump(tree, include_attributes=False))
        for base in cls.__bases__:
            self.value(base, f"a base of {where}")
        code = [compile(tree, "", "exec", dont_inherit=True)]
        for block in _nested(code):
            for name in sorted(set(block.co_names) & vars(module).keys()):
                if vars(module)[name] is not cls and _loads(block, name):
                    self._global(name, vars(module)[name], block, f"global `{name}` of {where}")
        for name, member in sorted(vars(cls).items()):
            for cell in getattr(member, "__closure__", None) or ():
                if (
                    not isinstance(_content(cell), type)
                    and isinstance(member, types.FunctionType)
                    and _has_file(member)
                ):
                    self.value(_content(cell), f"a variable around {where}.{name}")
            if not name.startswith("_") and isinstance(member, (int, float, str, bytes)):
                self.add("attribute", name, repr(member))


def _public_name(value: Any) -> str | None:
    """The name that a value has in the library that it comes from, such as `drawloom.map` or a function of numpy; None if none."""
    top = type(value).__module__.partition(".")[0]
    if top in OUR_PACKAGES:
        modules = [sys.modules[name] for name in sorted(sys.modules) if name.partition(".")[0] in OUR_PACKAGES]
        return next((key for module in modules for key, held in list(vars(module).items()) if held is value), None)
    name = getattr(value, "__name__", None)
    return name if isinstance(name, str) and getattr(sys.modules.get(top), name, None) is value else None


def _origin(value: Any) -> Any:
    """The class that a hint such as `list[int]` is made of; None for anything else."""
    found: Any = cast("Any", typing).get_origin(value)
    return found


_EMPTY = object()


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not bound yet
        return _EMPTY


def _has_file(function: types.FunctionType) -> bool:
    return not function.__code__.co_filename.startswith("<")


def _constants(code: types.CodeType) -> Iterator[Any]:
    """Constants in the order of use, without the line number that a class's body of Python 3.13 has."""
    instructions = list(dis.get_instructions(code))
    for index, each in enumerate(instructions):
        after = instructions[index + 1] if index + 1 < len(instructions) else each
        if each.opcode in dis.hasconst and not (after.opname == "STORE_NAME" and after.argval == "__firstlineno__"):
            # By its number: for the names of keyword arguments `argval` is no value at all on Python 3.11 and 3.12.
            yield code.co_consts[each.arg or 0]
    # A documentation string is a constant that no instruction loads; it changes no result.


def _plain_code(code: types.CodeType) -> bytes:
    """The operations and their numbers; a constant's number says only where in the table it is."""
    return b"".join(
        bytes([each.opcode]) + (0 if each.opcode in dis.hasconst else each.arg or 0).to_bytes(4, "big")
        for each in dis.get_instructions(code)
    )


def _nested(codes: list[types.CodeType]) -> Iterator[types.CodeType]:
    for code in codes:
        yield code
        yield from _nested([each for each in code.co_consts if isinstance(each, types.CodeType)])


def _loads(code: types.CodeType, name: str) -> bool:
    return any(each.argval == name and each.opname in GLOBAL_LOADS for each in dis.get_instructions(code))

"""The members of a class as its author declared them: names, hints, and the scope to read each hint in.

Follows inheritance and type parameters: in `class IntBox(Box[int])` a field of type `T` in Box is an int. Each annotation
is read in the module of the class that wrote it.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Iterator
from typing import Any

from typeengine.hints.forms import Form, HintScope, parse, scope_of


def annotations_of(form: Form, outer: HintScope) -> dict[str, tuple[Any, HintScope]]:
    """Each annotated name of a class, in the order of declaration, parents first."""
    cls = form.origin
    found: dict[str, tuple[Any, HintScope]] = {}
    bound = _typevars(cls, form.args, outer)
    for base in reversed(cls.__mro__):
        if base is object or base.__module__ in ("typing", "typing_extensions", "abc"):
            continue
        notes = inspect.get_annotations(base)
        if not notes:
            continue
        scope = class_scope(base, outer)
        scope = scope.changed(owner=form, typevars={**outer.typevars, **bound.get(base, {})})
        found.update({name: (hint, scope) for name, hint in notes.items()})
    return found


def class_scope(cls: Any, outer: HintScope) -> HintScope:
    """The scope of annotations written in a class body."""
    scope = scope_of(cls, outer.lent)
    return scope.changed(inner={**dict(outer.inner), **dict(scope.inner), cls.__name__: cls})


def _typevars(cls: Any, args: tuple[Form, ...] | None, outer: HintScope) -> dict[Any, dict[Any, Form]]:
    """For each class in the ancestry, what its type variables stand for."""
    out: dict[Any, dict[Any, Form]] = {}
    _collect(cls, args or (), outer, out)
    return out


def _collect(cls: Any, args: tuple[Form, ...], outer: HintScope, out: dict[Any, dict[Any, Form]]) -> None:
    params = getattr(cls, "__parameters__", ())
    bound = dict(zip(params, args, strict=False))
    out.setdefault(cls, bound)
    for base, origin in _generic_bases(cls):
        scope = class_scope(cls, outer).changed(typevars={**outer.typevars, **bound})
        inner = tuple(parse(arg, scope) for arg in typing.get_args(base) if not _free(arg, bound))
        _collect(origin, inner, outer, out)


def _generic_bases(cls: Any) -> Iterator[tuple[Any, Any]]:
    for base in cls.__dict__.get("__orig_bases__", cls.__bases__):
        origin = typing.get_origin(base) or base
        if isinstance(origin, type) and origin not in (object, typing.Generic) and origin.__module__ != "typing":
            yield base, origin


def _free(arg: object, bound: dict[Any, Form]) -> bool:
    """A type variable that nothing binds: left to its own bound or default."""
    return isinstance(arg, typing.TypeVar) and arg not in bound

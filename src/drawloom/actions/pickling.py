"""Flyte 2's rule for types that nothing converts: pickle them, with a warning that names the place.

It works by writing `Annotated[..., Pickle]` into the function's annotations, which is how pickle is asked for anywhere. Only
the part that is unknown is pickled: `dict[str, Odd]` stays a map.
"""

from __future__ import annotations

import importlib
import inspect
import types
import typing
import warnings
from collections.abc import Callable
from typing import Annotated, Any, Union, cast

from literals import DrawloomError, named_tuple_fields
from typeengine import Pickle, UnsupportedTypeError, default_engine


def pickle_unknown(fn: Callable[..., Any], name: str, depth: int) -> None:
    """Rewrite the annotations of `fn`; warnings point `depth` calls above the caller."""
    bare = inspect.unwrap(fn)
    hints: dict[str, Any] = bare.__annotations__
    # No annotation means no output, as `-> None` does.
    hints.setdefault("return", None)
    for parameter in inspect.signature(bare).parameters.values():
        if parameter.name not in hints and parameter.kind not in {parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL}:
            warnings.warn(
                f"{name}: parameter {parameter.name!r} has no type, so its values are pickled", stacklevel=depth + 1
            )
    for place, hint in resolved(bare).items():
        if isinstance(hint, str) or hint is None:
            continue
        unknown: list[Any] = []
        known = (_known_outputs if place == "return" else _known)(hint, unknown)
        if unknown:
            warnings.warn(
                f"{name}: no transformer takes {unknown[0]!r} of {place!r}, so its values are pickled",
                stacklevel=depth + 1,
            )
            hints[place] = known


def resolved(fn: Callable[..., Any]) -> dict[str, Any]:
    """The annotations as types; as they are where a name is not to be found from here."""
    if not any(isinstance(hint, str) for hint in fn.__annotations__.values()):
        return dict(fn.__annotations__)
    try:
        return typing.get_type_hints(fn, include_extras=True)
    except NameError:
        return dict(fn.__annotations__)


def _known_outputs(hint: object, unknown: list[Any]) -> Any:
    """`_known` of a return annotation: a tuple stands for several outputs, each a value of its own, where its parts need not be."""
    parts = typing.get_args(hint)
    if typing.get_origin(hint) is tuple and Ellipsis not in parts:
        return cast("Any", tuple)[tuple(_known(part, unknown) for part in parts)]
    fields = named_tuple_fields(hint)
    if fields is None:
        return _known(hint, unknown)
    declared = typing.get_type_hints(hint, include_extras=True)
    wrong = [declared[name] for name in fields if name in declared and not _has_codec(declared[name])]
    unknown += wrong
    return Annotated[hint, Pickle] if wrong else hint


def _known(hint: object, unknown: list[Any]) -> Any:
    """`hint` with what nothing converts asked to be pickled; those parts are added to `unknown`."""
    if _has_codec(hint):
        return hint
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in {list, dict, tuple, Union, types.UnionType} and parts:
        found: list[Any] = []
        inner = tuple(part if part is Ellipsis else _known(part, found) for part in parts)
        # Built from values, so a union is spelled by its function.
        made = cast("Any", Union)[inner] if origin in {Union, types.UnionType} else cast("Any", origin)[inner]
        if found and (origin is tuple or _has_codec(made)):
            unknown += found
            return made
    unknown.append(hint)
    return Annotated[hint, Pickle]


def _has_codec(hint: object) -> bool:
    try:
        default_engine().codec(hint)
    except UnsupportedTypeError:
        return False
    except DrawloomError:
        # Wrong in another way, and said so when the task is made.
        return True
    return True


def by_name(module: str, name: str) -> Any:
    """What a module has under a dotted name: how a task is unpickled."""
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found

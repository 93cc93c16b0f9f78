"""A user's error on its way out of an action: still its own class, and a RuntimeUserError besides.

`except MyError` and `except drawloom.errors.RuntimeUserError` both catch it. Where the class cannot have a second base (some
builtin classes have a layout of their own), the original is raised as it is.
"""

from __future__ import annotations

import functools
from typing import Any, cast

from drawloom.errors import BaseRuntimeError, RuntimeUserError


@functools.lru_cache(maxsize=256)
def _joined(kind: type[BaseException]) -> type[BaseException] | None:
    # Exception and RuntimeError are bases of RuntimeUserError already, and cannot stand before it.
    bases = (RuntimeUserError,) if issubclass(RuntimeUserError, kind) else (kind, RuntimeUserError)
    try:
        body = {"__module__": kind.__module__, "__str__": kind.__str__, "__reduce__": _reduced, "_made_of": kind}
        return cast("type[BaseException]", cast("type", type)(kind.__name__, bases, body))
    except TypeError:
        return None


def _reduced(error: BaseException) -> Any:
    """How such an error is pickled: by the user's class, which another process can find."""
    return _restored, (getattr(error, "_made_of", type(error)), error.args), error.__dict__


def _restored(kind: type[BaseException], args: tuple[Any, ...]) -> BaseException:
    made_of = _joined(kind) or kind
    made = made_of.__new__(made_of, *args)
    made.args = args
    return made


def as_user_error(error: BaseException, where: str) -> BaseException:
    """`error` as what leaves the action; `where` names task and attempt. The original becomes its cause."""
    if isinstance(error, BaseRuntimeError) or not isinstance(error, Exception):
        return error
    kind = _joined(type(error))
    if kind is None:
        return error
    try:
        made = kind.__new__(kind, *error.args)
    except TypeError:
        return error
    # What an error says of where it came by is not copied: a trail is of one object.
    made.__dict__.update({key: value for key, value in error.__dict__.items() if not key.startswith("drawloom_")})
    made.__dict__.setdefault("where", where)
    made.__dict__.update(code=type(error).__name__, kind="user", worker="user")
    made.args = error.args
    made.__cause__ = error
    return made.with_traceback(error.__traceback__)

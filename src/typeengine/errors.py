"""Errors of the type engine. Names say who is at fault: a value, the author of a hint, a registration, or bytes.

A path into a value (`xs[2]["c"]`, `cfg.a.b`) or into a type grows at the front while the error unwinds: whoever converts
a part catches the error and raises `error.at(segment)`. Nothing is paid on success.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from typing import TypeVar

from literals import DrawloomError, error_text, preview

_E = TypeVar("_E", bound="TypeTransformerFailedError")
_PATH_LIMIT = 160
"""Characters of a path; what is further out is left out, as it would bury the message."""
_GIVE = "give a value of the declared type, or change the hint"
_AWAIT = "await it: a call of an async function gives its value only when it is awaited"
_READ = "read it with the type that it was written with"
ALLOW_PICKLE = "DRAWLOOM_ALLOW_PICKLE"
"""The variable that lets a run pickle what nothing takes."""
_PICKLED = f"opt in to pickle with Annotated[..., Pickle], or for a whole run with --allow-pickle or {ALLOW_PICKLE}=1"
SUPPORTED = "a type whose values can travel, such as int, list[str], a dataclass or FlyteFile"
WAYS_OUT = f"register a transformer for the type, change the hint, or {_PICKLED}"


class FlyteTypeException(DrawloomError, TypeError):  # noqa: N818 - the name that Flyte's users catch
    """Something is of the wrong type. Made as flytekit's is: of the two types, a message, and the value."""

    def __init__(
        self,
        received_type: object,
        expected_type: object,
        additional_msg: str | None = None,
        received_value: object = None,
    ) -> None:
        got = preview(received_type)
        super().__init__(
            additional_msg or "this is of the wrong type",
            expected=preview(expected_type),
            got=got if received_value is None else f"{preview(received_value)} of type {got}",
        )


class TypeTransformerFailedError(FlyteTypeException, AssertionError, ValueError):
    """A value, literal or type that cannot be converted. Derives from all that flytekit's class derives from.

    `hidden` counts the outer segments that a very long path leaves out.
    """

    hidden = 0

    def __init__(self, what: str, *, where: str = "", expected: str = "", got: str = "", fix: str = "") -> None:
        DrawloomError.__init__(self, what, where=where, expected=expected, got=got, fix=fix)

    def copy(self: _E) -> _E:  # noqa: PYI019 - typing.Self is of Python 3.11
        """Another error that says the same; `at` changes the one that it is called on."""
        made = type(self).__new__(type(self), *self.args)
        made.args = self.args
        made.__dict__.update(self.__dict__)
        made.__cause__ = self.__cause__
        return made

    def at(self: _E, segment: str) -> _E:  # noqa: PYI019 - typing.Self is of Python 3.11
        """This error with `segment` (`[2]`, `["c"]`, `.field`, or a variable's name) put in front of its path."""
        if segment.startswith((".", "[", "<")) and (self.hidden or len(self.where) > _PATH_LIMIT):
            self.hidden += (
                1  # how deep a value is nested is its author's choice; the innermost part of the path is kept
            )
            if self.hidden == 1:
                self.where = "…" + self.where
            return self
        self.where = segment + self.where
        return self


class UnsupportedTypeError(TypeTransformerFailedError):
    """A hint that no transformer takes. Raised when the type is resolved, never when a value is converted."""


class UntrustedLiteralError(TypeTransformerFailedError):
    """A literal that only running code could decode, read where pickle was not opted in."""


class RestrictedTypeError(UnsupportedTypeError):
    """A type that is not allowed where it is used."""


class RegistrationError(DrawloomError, ValueError):
    """A registration that clashes with another one, or comes after the registry was frozen."""


@contextlib.contextmanager
def at(segment: str) -> Generator[None, None, None]:
    """Put `segment` in front of the path of an error raised inside. For places where speed does not matter."""
    try:
        yield
    except TypeTransformerFailedError as error:
        raise error.at(segment) from error.__cause__


def wrong_value(expected: str, value: object, *, fix: str = "") -> TypeTransformerFailedError:
    """The error for a Python value of the wrong type or outside its range."""
    return TypeTransformerFailedError(
        "the value does not have the declared type",
        expected=expected,
        got=f"{preview(value)} of type {type_name(type(value))}",
        fix=_AWAIT if hasattr(type(value), "__await__") else fix or _GIVE,
    )


def failed_conversion(expected: str, value: object, error: BaseException | None) -> TypeTransformerFailedError:
    """The error for a value whose own code failed while it was converted; that failure is its cause."""
    made = wrong_value(expected, value)
    if error is not None:
        made.what = f"converting the value failed with {reason_of(error)}"
        made.fix = "mend what was raised (it is this error's cause), or convert the value beforehand"
        made.__cause__ = error
    return made


def reason_of(error: BaseException, limit: int = 160) -> str:
    """What an error of code that is not ours says, in at most `limit` characters: its class, and its text."""
    text = error_text(error)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def wrong_literal(expected: str, got: str, *, fix: str = "") -> TypeTransformerFailedError:
    """The error for a literal, or data inside one, that is not of the declared type."""
    return TypeTransformerFailedError(
        "the literal does not have the declared type", expected=expected, got=got, fix=fix or _READ
    )


def unsupported(
    what: str, hint: object, *, where: str = "", expected: str = SUPPORTED, fix: str = WAYS_OUT
) -> UnsupportedTypeError:
    """The error for a hint that cannot be resolved."""
    return UnsupportedTypeError(
        what, where=where, expected=expected, got=getattr(hint, "spelling", "")[:120] or preview(hint), fix=fix
    )


def type_name(cls: type) -> str:
    """A class as its author would write it: `int`, `module.Class`."""
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"

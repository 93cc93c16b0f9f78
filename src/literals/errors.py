"""The one base of drawloom's errors: typed fields, the sentence built when it is shown.

Four parts, in this order: what happened and where (entity, variable, path), what was expected, what was got, what to do.
Names of subclasses say who is at fault: the author of a workflow, a value, a file, or drawloom itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from literals.foreign import attempt
from literals.tracebacks import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GOT_LIMIT = 120
"""Characters of a value's preview; longer ones are cut, so that an error fits one screen."""


def preview(value: object, limit: int = GOT_LIMIT) -> str:
    """A value as text of at most `limit` characters; a `__repr__` that fails is named, never raised."""
    shown = attempt(_start_of_repr, value, limit)
    text = shown.value
    if text is None:
        text = f"<{type(value).__name__} whose __repr__ raised {type(shown.error).__name__}>"
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _start_of_repr(value: object, limit: int) -> str:
    """The `repr` of a value, no further than `limit` needs: an error about a part of something big costs little."""
    text = ""
    for piece in _repr_pieces(value, limit):
        text += piece
        if len(text) > limit:
            break
    return text


def _repr_pieces(value: object, limit: int) -> Iterator[str]:
    kind = type(value)
    if kind in (str, bytes):
        text = cast("str | bytes", value)
        yield repr(text if len(text) <= limit else text[: limit + 1])
    elif kind is dict:
        yield "{"
        for index, (key, item) in enumerate(cast("dict[object, object]", value).items()):
            yield ", " if index else ""
            yield from _repr_pieces(key, limit)
            yield ": "
            yield from _repr_pieces(item, limit)
        yield "}"
    elif kind in (list, tuple):
        items = cast("Sequence[object]", value)
        yield "[" if kind is list else "("
        for index, item in enumerate(items):
            yield ", " if index else ""
            yield from _repr_pieces(item, limit)
        yield "]" if kind is list else ",)" if len(items) == 1 else ")"
    else:
        yield repr(value)


def foreign_text(value: object) -> str:
    """Text of somebody else's, to be written at any border: records, documents, JSON, logs.

    What UTF-8 cannot hold (lone surrogates, as undecodable file names have) is written as escapes; a `__str__` that fails
    is named. Never raises.
    """
    shown = attempt(str, value)
    text = shown.value
    if text is None:
        text = f"<{type(value).__name__} whose __str__ raised {type(shown.error).__name__}>"
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def error_text(error: BaseException) -> str:
    """`Type: text` of an error, whatever its class does, as `foreign_text` writes it."""
    return foreign_text(f"{type(error).__name__}: {foreign_text(error)}")


class FlyteRecoverableException(Exception):  # noqa: N818 - flytekit's name
    """Raised by a task to ask for another attempt, if its `retries` leave one."""

    recoverable = True


class DrawloomError(Exception):
    """Base of every error that drawloom raises on purpose.

    Attributes: `what` (one clause), `where` (entity, variable, path, or file), `expected`, `got`, `fix` (what to do).
    Empty parts are left out of the text.
    """

    def __init__(self, what: str, *, where: str = "", expected: str = "", got: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.expected = expected
        self.got = got
        self.fix = fix

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        parts = (("expected", self.expected), ("got", self.got), ("to fix", self.fix))
        return "\n".join([head, *(f"  {label}: {text}" for label, text in parts if text)])

    def _render_traceback_(self) -> list[str]:
        """The lines that IPython and notebooks show, without drawloom's own frames."""
        import traceback  # noqa: PLC0415 - only an error that is shown needs it

        return traceback.format_exception(shown(self))

"""The way back from a Form to a Python hint, for code that wants to see one: users' transformers."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Union, cast

from typeengine.hints.forms import Form, Special


def hint_of(form: Form) -> Any:
    """A hint whose Form is `form`."""
    if form.notes:
        return cast("Any", Annotated)[(hint_of(form.bare), *(note.value for note in form.notes))]
    origin = form.origin
    if isinstance(origin, Special):
        return _special(form)
    if form.args is None:
        return origin
    args = tuple(hint_of(arg) for arg in form.args)
    if form.variadic:
        args = (*args, ...)
    return origin[args if len(args) != 1 else args[0]]


def _special(form: Form) -> Any:
    if form.origin is Special.ANY:
        return Any
    if form.origin is Special.NONE:
        return type(None)
    if form.origin is Special.UNION:
        return cast("Any", Union)[tuple(hint_of(arg) for arg in form.args or ())]
    if form.origin is Special.LITERAL:
        return Literal[tuple(value for _, value in form.values)]
    if form.origin is Special.RAW:
        return form.values[0][1].value
    return form.values[0][1]

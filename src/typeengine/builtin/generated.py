"""Functions of one record class, made as source: its fields to a dict and back, with the checks of simple fields inline.

Twice as fast as a loop over the fields, which stays the meaning: whatever is not exactly as expected here (a missing key, a
value of another class) is left to the loop, and so the loop makes every error and its path.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from typeengine.codec import Codec, Plain
from typeengine.errors import TypeTransformerFailedError
from typeengine.forms import Form, Special

LEFT: Final = (TypeTransformerFailedError, AttributeError, KeyError)
"""What the made functions raise where the loop must decide."""
_INLINE: Final = frozenset({int, float, str, bool})


def _simple(form: Form) -> tuple[str, bool] | None:
    """The name of a field's plain class and whether it may be None, for the fields that are checked inline."""
    if form.notes:
        return None
    if form.origin in _INLINE:
        return form.origin.__name__, False
    if form.origin is Special.UNION and form.args and len(form.args) == 2:  # noqa: PLR2004 - an Optional
        one, other = form.args
        some = one if other.origin is Special.NONE else other if one.origin is Special.NONE else None
        if some is not None and some.origin in _INLINE and not some.notes:
            return some.origin.__name__, True
    return None


def _checked(codec: Codec, value: str, otherwise: str) -> str:
    """An expression for a value: itself if it is exactly of the field's class, else what `otherwise` makes of it."""
    simple = _simple(codec.form)
    if simple is None:
        return f"{otherwise}({value})"
    cls, optional = simple
    none = " or v is None" if optional else ""
    return f"(v if type(v := {value}) is {cls}{none} else {otherwise}(v))"


def writer(names: list[str], keys: list[str], codecs: list[Codec]) -> Callable[[Any], Plain] | None:
    """`lambda o: {key: plain, ...}` for attributes `names`."""
    if not all(name.isidentifier() for name in names):
        return None
    parts = [
        f"{key!r}: {_checked(codec, f'o.{name}', f'c{i}')}"
        for i, (name, key, codec) in enumerate(_zip(names, keys, codecs))
    ]
    return _made(f"lambda o: {{{', '.join(parts)}}}", {f"c{i}": codec.to_plain for i, codec in enumerate(codecs)})


def reader(names: list[str], keys: list[str], codecs: list[Codec], cls: Any) -> Callable[[Plain], Any] | None:
    """`lambda t: cls(name=value, ...)` for a dict that has every key."""
    if not all(name.isidentifier() for name in names):
        return None
    parts = [
        f"{name}={_checked(codec, f't[{key!r}]', f'c{i}')}"
        for i, (name, key, codec) in enumerate(_zip(names, keys, codecs))
    ]
    functions = {f"c{i}": codec.from_plain for i, codec in enumerate(codecs)}
    return _made(f"lambda t: cls({', '.join(parts)})", {**functions, "cls": cls})


def _zip(names: list[str], keys: list[str], codecs: list[Codec]) -> list[tuple[str, str, Codec]]:
    return list(zip(names, keys, codecs, strict=True))


def _made(source: str, names: dict[str, Any]) -> Callable[[Any], Any]:
    return eval(source, {**names, "__builtins__": {"type": type, "int": int, "float": float, "str": str, "bool": bool}})  # noqa: S307 - the source is made of identifiers and quoted keys only

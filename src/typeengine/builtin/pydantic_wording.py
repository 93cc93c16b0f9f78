"""The plain form of a value in pydantic's wording, which Flyte 2 has inside the literals of tuples and TypedDicts.

A datetime in UTC ends in `Z`, a timedelta is an ISO 8601 duration, and an enum is the name of its member; also in Optional,
lists and dicts of such. Whatever else a tuple holds is worded as everywhere. Readers take either wording.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Mapping
from typing import Any

from typeengine.builtin.times import duration_text
from typeengine.codec import Codec, Plain
from typeengine.hints.forms import Form, Special

Reword = Callable[[Plain], Plain]


def rewordings(codecs: Mapping[str, Codec]) -> dict[str, Reword]:
    """For each part whose wording differs, what turns its plain form into pydantic's."""
    found = {name: _reword(codec.form) for name, codec in codecs.items()}
    return {name: reword for name, reword in found.items() if reword is not None}


def reworded(tree: dict[str, Any], rewords: Mapping[str, Reword]) -> dict[str, Any]:
    """A product's plain form in pydantic's wording."""
    return {**tree, **{name: reword(tree[name]) for name, reword in rewords.items() if name in tree}}


def _reword(form: Form) -> Reword | None:  # noqa: PLR0911 - one return for each kind of type
    origin, args = form.origin, form.args or ()
    if origin is dt.datetime:
        return _zulu
    if origin is dt.timedelta:
        return _duration
    if isinstance(origin, type) and issubclass(origin, enum.Enum):
        return _names(origin)
    if origin is Special.UNION:
        some = [arg for arg in args if arg.origin is not Special.NONE]
        inner = _reword(some[0]) if len(some) == 1 else None
        return None if inner is None else lambda tree: None if tree is None else inner(tree)
    if origin is list and args and (inner := _reword(args[0])) is not None:
        return lambda tree: [inner(part) for part in tree]
    if origin is dict and args and args[0].origin is str and (inner := _reword(args[1])) is not None:
        return lambda tree: {name: inner(part) for name, part in tree.items()}
    return None


def _duration(tree: Plain) -> Plain:
    # what no float holds exactly is text already, which readers take too
    return duration_text(dt.timedelta(seconds=tree)) if isinstance(tree, (int, float)) else tree


def _zulu(tree: Plain) -> Plain:
    return f"{tree[:-6]}Z" if tree.endswith("+00:00") else tree


def _names(cls: Any) -> Reword | None:
    """Names for values, where no text is the name of one member and the value of another."""
    members = cls.__members__
    values = {member.value: member.name for member in cls if isinstance(member.value, (str, int, float, bool))}
    if len(values) < len(cls) or any(
        members.get(value, members[name]) is not members[name] for value, name in values.items()
    ):
        return None
    return lambda tree: values.get(tree, tree)

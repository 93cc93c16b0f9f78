"""The plain form of a value in pydantic's wording, which Flyte 2 has inside the literals of tuples and TypedDicts.

A datetime in UTC ends in `Z`, a timedelta is an ISO 8601 duration, and an enum is the name of its member; also in Optional,
lists and dicts of such. Whatever else a tuple holds is worded as everywhere. Readers take either wording.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Mapping
from typing import Any

from literals import class_of
from typeengine.builtin.times import duration_text
from typeengine.codec import Codec, Plain
from typeengine.hints.forms import Form, Special

Reword = Callable[[Any], Plain]
"""Given what the codec of the type wrote."""


def rewordings(codecs: Mapping[str, Codec]) -> dict[str, Reword]:
    """For each part whose wording differs, what turns its plain form into pydantic's."""
    found = {name: _reword(codec.form) for name, codec in codecs.items()}
    return {name: reword for name, reword in found.items() if reword is not None}


def reworded(tree: dict[str, Any], rewords: Mapping[str, Reword]) -> dict[str, Any]:
    """A product's plain form in pydantic's wording."""
    return {**tree, **{name: reword(tree[name]) for name, reword in rewords.items() if name in tree}}


def with_utf8_texts(codec: Codec) -> Codec:
    """A part's codec that takes the UTF-8 text, too, that Flyte 2 has for bytes; elsewhere a text in their place is base64.

    Its own literals have bytes as they are, which need not be UTF-8.
    """
    read = _within(codec.form, _from_text)
    if read is None:
        return codec
    from_plain = codec.from_plain
    return codec.with_changes(from_plain=lambda tree: from_plain(read(tree)))


def _reword(form: Form) -> Reword | None:
    return _within(form, _leaf)


def _within(form: Form, leaf: Callable[[Form], Reword | None]) -> Reword | None:
    """What `leaf` does to a part, also in Optional, lists and dicts of such."""
    found = leaf(form)
    if found is not None:
        return found
    origin, args = form.origin, form.args or ()
    if origin is Special.UNION:
        some = [arg for arg in args if arg.origin is not Special.NONE]
        inner = _within(some[0], leaf) if len(some) == 1 else None
        return None if inner is None else lambda tree: None if tree is None else inner(tree)
    if origin is list and args and (inner := _within(args[0], leaf)) is not None:
        return lambda tree: [inner(part) for part in tree] if class_of(tree) is list else tree
    if origin is dict and args and args[0].origin is str and (inner := _within(args[1], leaf)) is not None:
        return lambda tree: {name: inner(part) for name, part in tree.items()} if class_of(tree) is dict else tree
    return None


def _leaf(form: Form) -> Reword | None:
    origin = form.origin
    if origin is dt.datetime:
        return _zulu
    if origin is dt.timedelta:
        return _duration
    return _names(origin) if isinstance(origin, type) and issubclass(origin, enum.Enum) else None


def _from_text(form: Form) -> Reword | None:
    return (lambda tree: tree.encode() if type(tree) is str else tree) if form.origin is bytes else None


def _duration(tree: Plain) -> Plain:
    # what no float holds exactly is text already, which readers take too
    return duration_text(dt.timedelta(seconds=tree)) if isinstance(tree, (int, float)) else tree


def _zulu(tree: str) -> Plain:
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

"""The plain form of a value in pydantic's wording, which Flyte 2 has inside the literals of tuples and TypedDicts.

A datetime in UTC ends in `Z`, a timedelta is an ISO 8601 duration, and an enum is the name of its member; also in Optional,
lists and dicts of such. Whatever else a tuple holds is worded as everywhere. Readers take either wording.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
from collections.abc import Callable, Mapping
from typing import Any, final

from literals import class_of
from typeengine.builtin.times import duration_text
from typeengine.codec import Codec, Plain
from typeengine.hints.class_annotations import annotations_of
from typeengine.hints.forms import Form, HintScope, Special, parse

Reword = Callable[[Any], Plain]
"""Given what the codec of the type wrote."""


def rewordings(codecs: Mapping[str, Codec]) -> dict[str, Reword]:
    """For each part whose wording differs, what turns its plain form into pydantic's."""
    found = {name: _reword(codec.form) for name, codec in codecs.items()}
    return {name: reword for name, reword in found.items() if reword is not None}


def reworded(tree: dict[str, Any], rewords: Mapping[str, Reword]) -> dict[str, Any]:
    """A product's plain form in pydantic's wording."""
    return {**tree, **{name: reword(tree[name]) for name, reword in rewords.items() if name in tree}}


def with_utf8_texts(codec: Codec, scope: HintScope) -> Codec:
    """A part's codec that takes the UTF-8 text, too, that Flyte 2 has for bytes; elsewhere a text in their place is base64.

    Its own literals have bytes as they are, which need not be UTF-8. `scope` is that of the part's hint: bytes may be in the fields
    of dataclasses, too.
    """
    read = _Texts(scope).reader(codec.form)
    if read is None:
        return codec
    from_plain = codec.from_plain
    return codec.with_changes(from_plain=lambda tree: from_plain(read(tree)))


@final
class _Texts:
    """What turns the texts for bytes into bytes, by the type of the part; a class that holds itself is looked at once."""

    def __init__(self, scope: HintScope) -> None:
        self._scope = scope
        self._fields: dict[Form, dict[str, Reword]] = {}

    def reader(self, form: Form) -> Reword | None:
        """The reader of a type's plain form; None where nothing in it is bytes."""
        return _within(form, self._leaf)

    def _leaf(self, form: Form) -> Reword | None:
        if form.origin is bytes:
            return _from_text
        if not (isinstance(form.origin, type) and dataclasses.is_dataclass(form.origin)):
            return None
        if form in self._fields:  # the class is inside itself, and what it has is found when a value is read
            fields = self._fields[form]
            return lambda tree: _with_fields(tree, fields)
        fields = self._fields[form] = {}
        hints = annotations_of(form, self._scope)
        found = {
            field.name: self.reader(parse(*hints[field.name]))
            for field in dataclasses.fields(form.origin)
            if field.name in hints
        }
        held = {name: read for name, read in found.items() if read is not None}
        fields.update(held)
        return (lambda tree: _with_fields(tree, fields)) if held else None


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


def _from_text(tree: Plain) -> Plain:
    return tree.encode() if type(tree) is str else tree


def _with_fields(tree: Plain, fields: Mapping[str, Reword]) -> Plain:
    """A record's plain form, its fields read; whatever else stands there is refused by the record's own reader."""
    if not isinstance(tree, dict):
        return tree
    return {name: fields[name](part) if name in fields else part for name, part in tree.items()}


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

"""Subclasses where their base is declared, as mashumaro's `Discriminator` tells them: by the value of one field.

`Config.discriminator = Discriminator(field="kind", include_subtypes=True)` in the class, or the same object in `Annotated`:
an instance of a subclass is written with all of its fields, and the value of `kind` says on reading which class it is. A
class' own value of `kind` is its default. A value whose `kind` does not name its class, or names two, is refused.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Iterator, Mapping
from typing import Any, final

from literals import class_of
from typeengine.codec import Codec, Plain
from typeengine.errors import wrong_value
from typeengine.hints.forms import Form, Special


def discriminator_of(form: Form) -> str:
    """The field that tells the subclasses of a dataclass; empty where nothing says so."""
    config = getattr(form.origin, "Config", None)
    found: list[Any] = [getattr(config, "discriminator", None), *(note.value for note in form.notes)]
    named = (
        one for one in found if type(one).__module__.startswith("mashumaro") and type(one).__name__ == "Discriminator"
    )
    return next(
        (one.field for one in named if one.include_subtypes and one.field and one.variant_tagger_fn is None), ""
    )


_RECORDS = ("__dataclass_fields__", "__attrs_attrs__", "__struct_fields__", "__pydantic_decorators__")
"""Attributes that the classes of records have, one for each library."""


def lost_subclass(upstream: Form, downstream: Form) -> str:
    """Why values of the one type would lose their class where the other is declared; empty where they keep it.

    The rule is the one that values meet when they are converted: a record is an instance of exactly the declared class.
    """
    wanted = _variants(downstream)
    for given in _variants(upstream):
        if any(one.bare == given.bare for one in wanted):
            continue
        for one in wanted:
            if given.cls is not None and one.cls is not None and _is_record_of(one, one.cls, given.cls):
                return f"as a {one}, a value would lose that it is a {given}"
            if given.origin is one.origin and given.args and one.args and len(given.args) == len(one.args):
                for part, declared in zip(given.args, one.args, strict=True):
                    reason = lost_subclass(part, declared)
                    if reason:
                        return reason
    return ""


def _variants(form: Form) -> tuple[Form, ...]:
    return form.args or () if form.origin is Special.UNION else (form,)


def _is_record_of(form: Form, base: type, cls: type) -> bool:
    """Whether `cls` is another class of records than that of `form`, derived from it, and nothing tells them apart."""
    return (
        base is not cls
        and any(hasattr(base, name) for name in _RECORDS)
        and issubclass(cls, base)
        and base.__module__.partition(".")[0] != "typeengine"
        and not discriminator_of(form)
    )


@final
class Subclasses:
    """The subclasses of one dataclass, told by `field`; those that are made later count too."""

    def __init__(self, form: Form, field: str, resolver: Any) -> None:
        self.form = form
        self.field = field
        self.resolver = resolver

    def writer(self, base: Callable[[Any], Plain]) -> Callable[[Any], Plain]:
        """`to_plain` of the base, for values of its subclasses too."""

        def to_plain(value: Any) -> Plain:
            kind = class_of(value)
            if kind is self.form.origin or kind not in self._classes():
                return base(value)
            if self._named(_plain_tag(getattr(value, self.field, None))) != [kind]:
                raise wrong_value(
                    f"a {self.form} whose field {self.field} names its class",
                    value,
                    fix=f"give {kind.__name__} a default of its own for {self.field}",
                )
            return self._codec(kind).to_plain(value)

        return to_plain

    def reader(self, base: Callable[[Plain], Any]) -> Callable[[Plain], Any]:
        """`from_plain` of the base, for trees of its subclasses too."""

        def from_plain(tree: Plain) -> Any:
            named = self._named(tree.get(self.field)) if isinstance(tree, Mapping) else []
            if len(named) != 1 or named[0] is self.form.origin:
                return base(tree)
            return self._codec(named[0]).from_plain(tree)

        return from_plain

    def accepts(self, base: Callable[[Any], bool]) -> Callable[[Any], bool]:
        """`accepts` of the base, for values of its subclasses too."""

        def accepts(value: Any) -> bool:
            kind = class_of(value)
            if kind is not self.form.origin and kind in self._classes():
                return self._codec(kind).accepts(value)
            return base(value)

        return accepts

    def _classes(self) -> list[Any]:
        return [self.form.origin, *_below(self.form.origin)]

    def _codec(self, cls: Any) -> Codec:
        return self.resolver.engine.codec(cls, self.resolver.scope)

    def _named(self, tag: Any) -> list[Any]:
        """The classes that a value of the field names."""
        return [cls for cls in self._classes() if tag is not None and tag in _tags(cls, self.field)]


def _below(cls: Any) -> Iterator[Any]:
    for one in cls.__subclasses__():
        if dataclasses.is_dataclass(one):
            yield one
            yield from _below(one)


def _tags(cls: Any, field: str) -> list[Any]:
    return [_plain_tag(one.default) for one in dataclasses.fields(cls) if one.name == field]


def _plain_tag(value: Any) -> Any:
    return value.value if isinstance(value, enum.Enum) else value

"""attrs classes: records, as dataclasses are. flytekit knows them only as pickles, so the wire form is the dataclasses'.

Attributes travel by their names (also private ones); the constructor runs with the names that it takes, so converters and
validators do.
"""

from __future__ import annotations

import inspect
from dataclasses import MISSING
from typing import Any

import attr

from literals import attempt, path
from typeengine.builtin.records import RecordField, record_codec
from typeengine.codec import Codec
from typeengine.hints.class_annotations import annotations_of, class_scope
from typeengine.hints.forms import Form
from typeengine.registry import CodecResolver, CodecRow


def attrs_codec(form: Form, resolver: CodecResolver) -> Codec:
    """One attrs class."""
    cls: Any = form.origin
    hints = annotations_of(form, resolver.scope)
    declared: tuple[Any, ...] = attr.fields(cls)
    found: list[RecordField] = []
    for one in declared:
        hint, scope = hints.get(one.name, (one.type if one.type is not None else Any, class_scope(cls, resolver.scope)))
        codec = resolver.within(scope).codec(hint, path.at_field(one.name))
        is_factory = isinstance(one.default, attr.Factory)  # pyright: ignore[reportArgumentType] - a class, whatever the stubs say
        has_default = one.default is not attr.NOTHING
        default = one.default if has_default and not is_factory else MISSING
        found.append(
            RecordField(
                name=one.name, key=one.name, codec=codec, required=not has_default and one.init, default=default
            )
        )
    given_by = {one.name: one.alias or one.name.lstrip("_") for one in declared if one.init}

    def build(values: dict[str, Any]) -> Any:
        made = cls(**{given_by[name]: value for name, value in values.items() if name in given_by})
        for name in values.keys() - given_by.keys():
            object.__setattr__(made, name, values[name])
        return made

    def restore(values: dict[str, Any]) -> Any:
        made = object.__new__(cls)
        for name, value in values.items():
            object.__setattr__(made, name, value)
        return made

    if attempt(lambda: inspect.signature(cls).bind(**dict.fromkeys(given_by.values()))).error is not None:
        return record_codec(
            form, resolver, tuple(found), restore
        )  # a constructor of the user's that takes other arguments
    return record_codec(form, resolver, tuple(found), build, restore=restore if _runs_own_code(cls, declared) else None)


def _runs_own_code(cls: Any, declared: tuple[Any, ...]) -> bool:
    """Whether the constructor runs code of the user's that may change what it is given; validators only refuse."""
    return (
        any(one.converter for one in declared)
        or hasattr(cls, "__attrs_post_init__")
        or hasattr(cls, "__attrs_init__")
        or hasattr(cls, "__attrs_pre_init__")
    )


ROWS: tuple[CodecRow, ...] = (
    CodecRow("attrs classes", lambda form: form.cls is not None and attr.has(form.cls), attrs_codec),
)

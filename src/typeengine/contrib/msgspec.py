"""msgspec.Struct: records, as dataclasses are. flytekit knows them only as pickles, so the wire form is the dataclasses'.

Fields travel by their Python names; a name that `rename` gives is read as well.
"""

from __future__ import annotations

from dataclasses import MISSING
from typing import Any

import msgspec

from literals import path
from typeengine.builtin.records import RecordField, record_codec
from typeengine.codec import Codec
from typeengine.hints.class_annotations import annotations_of, class_scope
from typeengine.hints.forms import Form
from typeengine.registry import CodecResolver, CodecRow


def msgspec_codec(form: Form, resolver: CodecResolver) -> Codec:
    """One Struct class."""
    cls: Any = form.origin
    hints = annotations_of(form, resolver.scope)
    found: list[RecordField] = []
    for one in msgspec.structs.fields(cls):
        hint, scope = hints.get(one.name, (one.type, class_scope(cls, resolver.scope)))
        renamed = (one.encode_name,) if one.encode_name != one.name else ()
        found.append(
            RecordField(
                name=one.name,
                key=one.name,
                codec=resolver.within(scope).codec(hint, path.at_field(one.name)),
                required=one.required,
                default=MISSING if one.default is msgspec.NODEFAULT else one.default,
                aliases=renamed,
            )
        )

    def restore(values: dict[str, Any]) -> Any:
        made = cls(**values)  # a Struct is made by its constructor only
        for name, value in values.items():
            msgspec.structs.force_setattr(made, name, value)
        return made

    own_code = hasattr(cls, "__post_init__")
    return record_codec(
        form, resolver, tuple(found), lambda values: cls(**values), restore=restore if own_code else None
    )


def _is_struct(form: Form) -> bool:
    return form.cls is not None and issubclass(form.cls, msgspec.Struct) and form.cls is not msgspec.Struct


ROWS: tuple[CodecRow, ...] = (CodecRow("msgspec.Struct", _is_struct, msgspec_codec),)

"""pydantic v2 models: a struct with the model's own JSON schema, its value the model's JSON dump in msgpack.

Wire, as flytekit and Flyte 2 write it: simple STRUCT with `model_json_schema()` as metadata (and, in the dialect v1, the
fields' literal types in `structure.dataclass_type`), binary msgpack keyed by field name. A value whose JSON would not read
back as that value is carried by its fields instead (`pydantic_fields`), or refused. What is known of the model when the type is resolved
decides: it is JSON by the classes of its values, or must be read back to know (`pydantic_faithful`). A value is an
instance of exactly the model, or a dict that validates.

Which fields were given (`model_fields_set`) is not part of a value in pydantic's JSON: all fields are, when it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, final

from pydantic import BaseModel

from literals import is_mapping, path, pb
from typeengine.builtin.generated import plain_form_check
from typeengine.builtin.msgpack_structs import mark_msgpack, struct_codec
from typeengine.builtin.sameness import same
from typeengine.codec import Codec, Open, Plain, SchemaContext
from typeengine.contrib.pydantic_enums import enums_in, named_schema, with_names, with_values
from typeengine.contrib.pydantic_faithful import asks, breaks_limits, by_classes, is_limited, is_told_by_classes
from typeengine.contrib.pydantic_fields import MARK, ByFields
from typeengine.contrib.pydantic_models import (
    check_model,
    made_of,
    needs_fields,
    schema_of,
    tree_of,
    value_of,
    writes_itself,
)
from typeengine.errors import TypeTransformerFailedError, UnsupportedTypeError, wrong_value
from typeengine.hints.forms import Form
from typeengine.registry import CodecResolver, CodecRow
from typeengine.wire.plain_values import plain_struct

TAG = "Pydantic Transformer"


def model_codec(form: Form, resolver: CodecResolver) -> Codec:
    """One model class."""
    model: Any = form.origin
    check_model(model)
    enums = enums_in(model)
    v1 = resolver.options.dialect == "v1"
    parts = dict(_described(model, resolver)) if v1 else {}
    schema = dict(schema_of(model)) if v1 or not enums else named_schema(schema_of(model), enums)

    def make_type(open_: Open) -> Any:
        out = pb.LiteralType(simple=pb.SimpleType.Value("STRUCT"))
        out.metadata.CopyFrom(plain_struct(schema))
        mark_msgpack(out)
        if not v1:
            out.structure.tag = TAG
        elif form.bare not in open_:
            out.structure.SetInParent()
            for name, part in parts.items():
                out.structure.dataclass_type[name].CopyFrom(part.make_type(open_ | {form.bare}))
        return out

    def make_schema(context: SchemaContext) -> dict[str, Any]:
        if not context.references:
            return dict(schema)
        own = {key: value for key, value in schema.items() if key != "$defs"}
        context.definitions.update(schema.get("$defs", {}))
        if "$ref" not in own:
            context.definitions[model.__name__] = own
        return {"$ref": f"#/$defs/{model.__name__}"}

    carrier = _Carrier(model, resolver, enums=enums, v1=v1)
    return struct_codec(
        form,
        resolver.options,
        tag=TAG,
        to_plain=carrier.to_plain,
        from_plain=carrier.from_plain,
        accepts=lambda value: type(value) is model,
        classes=(model,),
        make_schema=make_schema,
        make_type=make_type,
    )


@final
class _Carrier:
    """Writes a value as pydantic's JSON where that reads back as the value, else by its fields; and reads either."""

    def __init__(self, model: type[BaseModel], resolver: CodecResolver, *, enums: list[Any], v1: bool) -> None:
        self.model = model
        self.enums = enums
        self.v1 = v1
        self.by_fields = ByFields(model, resolver)
        self.names: list[str] = list(model.model_fields)
        self.is_own: Callable[[dict[str, Any]], bool] | None = None
        self.known = False
        self.needs_fields = needs_fields(model)
        if self.needs_fields:
            self.by_fields.require_all()

    def to_plain(self, value: Any) -> Plain:
        model = self.model
        if type(value) is model and self._writes_itself(vars(value)):
            return vars(value)
        if is_mapping(value):
            value = made_of(value, model)
        if type(value) is not model:
            raise self._wrong(value)
        tree = None if self.needs_fields else self._json(value)
        return self._fields(value) if tree is None else tree

    def from_plain(self, tree: Plain) -> Any:
        if type(tree) is dict and MARK in tree:
            return self.by_fields.read(tree)
        return value_of(with_values(tree, self.model, names_first=not self.v1) if self.enums else tree, self.model)

    def _writes_itself(self, held: dict[str, Any]) -> bool:
        """Whether the plain form of a value is its `__dict__`, without asking pydantic; found out when the first one comes.

        Fast path of `pydantic.BaseModel.model_dump`, several times the cost of the dict. Law: `tests/laws/test_records.py`.
        """
        if not self.known:
            codecs = self.by_fields.codecs
            quick = writes_itself(self.model) and is_told_by_classes(self.model)
            self.is_own = plain_form_check(codecs) if quick and [*codecs] == self.names else None
            self.known = True
        return self.is_own is not None and [*held] == self.names and self.is_own(held)

    def _json(self, value: Any) -> Plain:
        """The JSON that pydantic makes of a value of exactly the model; None where it does not read back as the value."""
        model = self.model
        tree = tree_of(value, model) if by_classes(value, model) else None
        asked = asks(model)
        if tree is None or (type(tree) is dict and MARK in tree):
            return None
        tree = tree if self.v1 or not self.enums else with_names(tree, model)
        if not asked and not is_limited(model):
            return tree
        try:
            found = self.from_plain(tree)
        except TypeTransformerFailedError as error:
            if not asked or breaks_limits(error.__cause__):
                raise
            return None
        return tree if not asked or same(found, value) else None

    def _fields(self, value: Any) -> Plain:
        try:
            return self.by_fields.write(value)
        except UnsupportedTypeError:
            raise
        except TypeTransformerFailedError as error:
            error.what = f"this {self.model.__name__} does not fit its own fields"
            raise

    def _wrong(self, value: Any) -> TypeTransformerFailedError:
        name = self.model.__name__
        if isinstance(value, self.model):
            return wrong_value(
                f"a {name} itself; as a {name}, this value would lose that it is a {type(value).__name__}",
                value,
                fix=f"declare {type(value).__name__}, or a union of both",
            )
        return wrong_value(f"a {name}", value, fix=f"make a {name}, or a dict of its fields")


def _described(model: Any, resolver: CodecResolver) -> Iterator[tuple[str, Codec]]:
    """The fields that have a literal type of their own; what only pydantic can convert has none."""
    for name, info in model.model_fields.items():
        try:
            codec: Codec = resolver.codec(info.annotation, path.at_field(name))
        except UnsupportedTypeError:
            continue
        if codec.described and not codec.plain_only:
            yield name, codec


def _is_model(form: Form) -> bool:
    return form.cls is not None and issubclass(form.cls, BaseModel) and form.cls is not BaseModel


ROWS: tuple[CodecRow, ...] = (CodecRow("pydantic models", _is_model, model_codec),)

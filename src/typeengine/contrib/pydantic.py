"""pydantic v2 models: a struct with the model's own JSON schema, its value the model's JSON dump in msgpack.

Wire, as flytekit and Flyte 2 write it: simple STRUCT with `model_json_schema()` as metadata (and, in the dialect v1, the
fields' literal types in `structure.dataclass_type`), binary msgpack keyed by field name. What flytekit loses is kept: see
`pydantic_models`. A value must be an instance of the model (or a dict that validates); of a subclass only the fields that
it adds are written too, and dropped when the declared model is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, final

from pydantic import BaseModel

from literals import path, pb
from typeengine.builtin.generated import own_check
from typeengine.builtin.msgpack_structs import mark_msgpack, struct_codec
from typeengine.codec import Codec, Open, SchemaContext
from typeengine.contrib.pydantic_enums import enums_in, named_schema, with_names, with_values
from typeengine.contrib.pydantic_models import check_model, schema_of, tree_of, value_of, writes_itself
from typeengine.errors import UnsupportedTypeError
from typeengine.hints.forms import Form
from typeengine.registry import CodecRow
from typeengine.wire.plain_values import plain_struct

TAG = "Pydantic Transformer"


def model_codec(form: Form, resolver: Any) -> Codec:
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

    quick = _Quick(model, resolver)

    def to_plain(value: Any) -> Any:
        if type(value) is model and quick.is_own(value):
            return value.__dict__
        tree = tree_of(value, model)
        return tree if v1 or not enums else with_names(tree, model)

    def from_plain(tree: Any) -> Any:
        return value_of(with_values(tree, model, names_first=not v1) if enums else tree, model)

    return struct_codec(
        form,
        resolver.options,
        tag=TAG,
        to_plain=to_plain,
        from_plain=from_plain,
        accepts=lambda value: isinstance(value, model),
        classes=(model,),
        make_schema=make_schema,
        make_type=make_type,
    )


@final
class _Quick:
    """Tells values that are written as they are, without asking pydantic; found out when the first one comes."""

    def __init__(self, model: Any, resolver: Any) -> None:
        self.model = model
        self.resolver = resolver
        self.names: list[str] = list(model.model_fields)
        self.check: Callable[[dict[str, Any]], bool] | None = None
        self.known = False

    def is_own(self, value: Any) -> bool:
        """Whether the plain form of a value of exactly the model is its `__dict__`."""
        if not self.known:
            self.check, self.known = self._made(), True
        held = value.__dict__
        return self.check is not None and [*held] == self.names and self.check(held)

    def _made(self) -> Callable[[dict[str, Any]], bool] | None:
        if not writes_itself(self.model):
            return None
        try:
            codecs = {name: self.resolver.codec(info.annotation) for name, info in self.model.model_fields.items()}
        except UnsupportedTypeError:
            return None
        return own_check(codecs)


def _described(model: Any, resolver: Any) -> Iterator[tuple[str, Codec]]:
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

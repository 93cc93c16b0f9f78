"""Records: classes with named fields. A struct of msgpack, keyed by field name, in the order of declaration.

`record_codec` is the machinery, for any kind of record class; `dataclass_codec` reads a dataclass into it. The literal type
carries the JSON schema in mashumaro's wording as metadata, and in dialect v1 the literal type of each field
(`structure.dataclass_type`), in v2 the tag. A recursive class refers to itself by `$ref`, and its own literal type inside
itself says nothing of its fields, so both are finite.

Values: an instance of exactly the class, or a dict with its fields. An instance of a subclass is refused, for it would come
back as the declared class, unless a `Discriminator` of mashumaro's says how subclasses are told (`builtin.discriminated`).
Reading is strict: unknown fields are errors; a missing one takes its default. The constructor runs, so its checks do. Where
that would not give the value again (`__post_init__` or a converter changes what it is given), the writer finds out and adds `"drawloom.fields": true`, and reading restores the fields without the constructor; a class with `InitVar`, or whose constructor does not take the fields, is always restored so.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from dataclasses import MISSING, InitVar
from typing import Any, Final, NamedTuple, final

from literals import DrawloomError, attempt, class_of, error_text, pb, preview
from typeengine.builtin.discriminated import Subclasses, discriminator_of
from typeengine.builtin.generated import DICT, LEFT, NAMES, PLACES, Shape
from typeengine.builtin.generated import Field as Part
from typeengine.builtin.msgpack_structs import mark_msgpack, struct_codec
from typeengine.builtin.sameness import same
from typeengine.codec import Codec, Open, Plain, SchemaContext
from typeengine.errors import TypeTransformerFailedError, wrong_literal, wrong_value
from typeengine.hints.class_annotations import annotations_of, class_scope
from typeengine.hints.forms import Form
from typeengine.registry import CodecResolver, CodecRow
from typeengine.wire.plain_values import pack, plain_struct, unpack

AS_WRITTEN: Final = "drawloom.fields"
"""The key that says that the fields are to be restored as they are, without the constructor."""
_GUESSED: Final = "typeengine.reverse.from_json_schema"
"""The module of classes that are made to a schema."""
DATACLASS_TAG: Final = "Object-Dataclass-Transformer"


@final
class RecordField(NamedTuple):
    """One field: its name in Python, its key on the wire, its codec, whether it must be there, and its default.

    `default` is MISSING if there is none or only a factory; `aliases` are other keys that readers accept.
    """

    name: str
    key: str
    codec: Codec
    required: bool
    default: Any = MISSING
    aliases: tuple[str, ...] = ()
    schema_key: str = ""
    description: str = ""
    in_schema: bool = True


def record_codec(
    form: Form,
    resolver: CodecResolver,
    fields: tuple[RecordField, ...],
    build: Callable[[dict[str, Any]], Any],
    *,
    tag: str = DATACLASS_TAG,
    title: str = "",
    get: Callable[[Any, str], Any] = getattr,
    is_value: Callable[[Any], bool] | None = None,
    as_json: bool = False,
    accept_dict: bool = True,
    direct: bool = False,
    total: bool = False,
    told_by: str = "",
    restore: Callable[[dict[str, Any]], Any] | None = None,
) -> Codec:
    """The codec of a record class.

    `build` makes the value from the fields that the literal has, by name. `direct`: that is `cls(**fields)` and runs no code of
    the user's. `total`: the records are dicts that have every field, and what `build` makes is such a dict.
    """
    cls: Any = form.origin
    record = _Record(
        form, fields, build, title or cls.__name__, get, is_value or (lambda value: isinstance(value, cls))
    )
    record.as_json = as_json
    record.accept_dict = accept_dict
    record.restore = restore
    if is_value is None:
        record.exact = cls
    if get is getattr and is_value is None:
        record.quicken(cls, PLACES if direct and _takes_places(cls, fields) else NAMES, reads=direct)
    elif total:
        record.quicken(dict, DICT, reads=True)
    v1 = resolver.options.dialect == "v1"
    record.told_by = told_by
    subclasses = Subclasses(form, told_by, resolver) if told_by else None
    return struct_codec(
        form,
        resolver.options,
        tag=tag,
        to_plain=subclasses.writer(record.to_plain) if subclasses else record.to_plain,
        from_plain=subclasses.reader(record.from_plain) if subclasses else record.from_plain,
        accepts=subclasses.accepts(record.accepts) if subclasses else record.accepts,
        classes=(cls,),
        make_schema=record.make_schema,
        make_type=record.make_type_v1 if v1 else lambda open_: record.make_type_v2(open_, tag),
        kinds=(dict,),
        **({} if subclasses else record.quick()),
    )


@final
class _Record:
    """The functions of one record class' codec."""

    def __init__(  # noqa: PLR0917 - one call, in this file
        self,
        form: Form,
        fields: tuple[RecordField, ...],
        build: Callable[[dict[str, Any]], Any],
        title: str,
        get: Callable[[Any, str], Any],
        is_value: Callable[[Any], bool],
    ) -> None:
        self.form = form
        self.fields = fields
        self.build = build
        self.title = title
        self.get = get
        self.is_value = is_value
        self.as_json = False
        self.accept_dict = True
        self.by_key = {key: field for field in fields for key in (*field.aliases, field.name, field.key)}
        self.names = frozenset(field.name for field in fields)
        self.cls: Any = form.origin
        self.exact: type | None = None
        self.told_by = ""
        self.restore: Callable[[dict[str, Any]], Any] | None = None
        self.shape: Shape | None = None
        self.writes = False
        self.reads = False

    def quicken(self, cls: Any, made: str, *, reads: bool) -> None:
        """Use the functions of `generated` for values of exactly `cls`, and (`reads`) for dicts with exactly the fields.

        Fast path of `typeengine.builtin.records.record_codec`'s loop over the fields. Law: `tests/typeengine/test_fast_path_taken.py`.
        """
        shape = Shape([Part(field.name, field.key, field.codec) for field in self.fields], cls, made)
        if shape.usable:
            self.shape, self.cls = shape, cls
            self.writes, self.reads = not self.as_json and self.restore is None, reads

    def quick(self) -> dict[str, Any]:
        """What a codec has besides: the conversions of whole lists."""
        found: dict[str, Any] = {}
        if self.shape is not None and self.writes:
            found["to_plains"] = self.shape.write_many
        if self.shape is not None and self.reads:
            found["from_plains"] = self.shape.read_many
        return found

    def accepts(self, value: Any) -> bool:
        if self.exact is not None and type(value) is not self.exact:
            return self._is_of_twin(value) and all(f.codec.accepts(self.get(value, f.name)) for f in self.fields)
        return self.is_value(value) and all(field.codec.accepts(self.get(value, field.name)) for field in self.fields)

    def to_plain(self, value: Any) -> Plain:
        if type(value) is self.cls and self.writes and self.shape is not None:
            try:
                return self.shape.write(value)
            except LEFT:
                return self._written(value, self.get)
        if not self.is_value(value):
            return self._other_to_plain(value)
        if type(value) is not self.exact and self.exact is not None:
            raise wrong_value(
                f"a {self.form} itself; as a {self.form}, this value would lose that it is a {type(value).__name__}",
                value,
                fix=f"declare {type(value).__name__}, or a union of both",
            )
        return self._written(value, self.get)

    def _written(self, value: Any, get: Callable[[Any, str], Any]) -> Plain:
        tree: dict[str, Any] = {}
        for field in self.fields:
            try:
                tree[field.key] = field.codec.to_plain(get(value, field.name))
            except TypeTransformerFailedError as error:  # noqa: PERF203 - the path costs nothing on success
                raise error.at(f".{field.name}") from error.__cause__
            except AttributeError:
                raise wrong_value(f"{self.form} with the field {field.name}", value).at(f".{field.name}") from None
        plain = {key: json_tree(part) for key, part in tree.items()} if self.as_json else tree
        if self.restore is not None and type(value) is self.exact and not self._is_built_again(value, plain):
            return {**plain, AS_WRITTEN: True}
        return plain

    def _is_built_again(self, value: Any, tree: dict[str, Any]) -> bool:
        """Whether reading a tree gives the value: asked where the constructor runs code that may change what it is given."""
        outcome = attempt(lambda: self._read(unpack(pack(tree))))
        # what the constructor refuses is left to the reader, which says so
        return outcome.error is not None or same(outcome.value, value)

    def _other_to_plain(self, value: Any) -> Plain:
        """A dict of the fields, an instance of the same class loaded twice (a script run as `__main__`), or of the class that a guessed one stands for."""
        if class_of(value) is dict and self.accept_dict:
            unknown = [name for name in value if name not in self.names]
            if unknown:
                raise wrong_value(f"a dict with the fields of {self.form}: {', '.join(sorted(self.names))}", unknown[0])
            full = {field.name: self._filled(value, field) for field in self.fields if self._has(value, field)}
            return json_tree(full) if self.as_json else full
        if self._is_of_twin(value):
            return self._written(value, self.get)
        raise wrong_value(str(self.form), value)

    def _is_of_twin(self, value: Any) -> bool:
        """Whether a value is of a dataclass that is the declared one loaded twice, or that a guessed one stands for."""
        cls = class_of(value)
        names: Mapping[str, Any] = getattr(cls, "__dataclass_fields__", {})
        declared = self.form.origin
        known = cls.__qualname__ == declared.__qualname__
        # a class made to a schema has the name alone of the class that it stands for
        guessed = declared.__module__ == _GUESSED and cls.__name__ == declared.__name__
        return bool(names) and (known or guessed) and names.keys() == self.names

    def _has(self, value: Mapping[str, Any], field: RecordField) -> bool:
        if field.name in value or field.default is not MISSING:
            return True
        if field.required:
            raise wrong_value(f"a dict with the fields of {self.form}", value, fix=f"add the key {field.name!r}")
        return False

    def _filled(self, value: Mapping[str, Any], field: RecordField) -> Plain:
        try:
            return field.codec.to_plain(value.get(field.name, field.default))
        except TypeTransformerFailedError as error:
            raise error.at(f".{field.name}") from error.__cause__

    def from_plain(self, tree: Plain) -> Any:
        if type(tree) is not dict:
            raise wrong_literal(str(self.form), preview(tree))
        if self.reads and self.shape is not None and len(tree) == len(self.fields):
            try:
                return self.shape.read(tree)
            except LEFT:
                return self._read(tree)
        return self._read(tree)

    def _read(self, tree: dict[Any, Any]) -> Any:
        values: dict[str, Any] = {}
        build = self.build
        if self.restore is not None and tree.get(AS_WRITTEN) is True:
            build, tree = self.restore, {key: part for key, part in tree.items() if key != AS_WRITTEN}
        for key, part in tree.items():
            field = self.by_key.get(key) if type(key) is str else None
            if field is None:
                raise wrong_literal(
                    f"the fields of {self.form}: {', '.join(sorted(self.names))}",
                    f"the field {preview(key)}",
                    fix=f"was the literal made by another version of {self.form}?",
                )
            try:
                values[field.name] = field.codec.from_plain(part)
            except TypeTransformerFailedError as error:
                raise error.at(f".{field.name}") from error.__cause__
        for field in self.fields:
            if field.required and field.name not in values:
                raise wrong_literal(f"{self.form} with the field {field.name}", preview(tree)).at(f".{field.name}")
        return built(build, values, self.form)

    def make_schema(self, context: SchemaContext) -> dict[str, Any]:
        if self.form.bare in context.open:
            context.recursive.add(self.form.bare)
            return {"$ref": f"#/$defs/{self.title}"}
        context.open[self.form.bare] = self.title
        schema: dict[str, Any] = {"type": "object", "title": self.title}
        if self.told_by:
            schema |= {"additionalProperties": True, "discriminator": {"propertyName": self.told_by}}
        elif not context.references:
            schema["additionalProperties"] = False
        properties = {
            field.schema_key or field.key: self._property(field, context) for field in self.fields if field.in_schema
        }
        if properties:
            schema["properties"] = properties
        required = [field.schema_key or field.key for field in self.fields if field.required]
        if required:
            schema["required"] = required
        del context.open[self.form.bare]
        if self.form.bare in context.recursive or context.references:
            context.definitions[self.title] = schema
            return {"$ref": f"#/$defs/{self.title}"}
        return schema

    def _property(self, field: RecordField, context: SchemaContext) -> dict[str, Any]:
        schema = dict(field.codec.make_schema(context))
        if field.default is not MISSING:
            try:
                schema["default"] = json_tree(field.codec.to_plain(field.default))
            except DrawloomError:
                schema.pop("default", None)  # a default outside its own type (None for int) says nothing about the type
        if field.description:
            schema["description"] = field.description
        if context.references and "$ref" not in schema:
            schema["title"] = field.name.replace("_", " ").title()
        return schema

    def _described(self) -> Any:
        context = SchemaContext()
        schema = self.make_schema(context)
        if context.definitions:
            schema = {**schema, "$defs": context.definitions}
        out = pb.LiteralType(simple=pb.SimpleType.Value("STRUCT"), metadata=plain_struct(schema))
        mark_msgpack(out)
        return out

    def make_type_v1(self, open_: Open) -> Any:
        out = self._described()
        if self.form.bare in open_:
            return out
        inner = open_ | {self.form.bare}
        out.structure.SetInParent()
        for field in self.fields:
            if field.codec.described and not field.codec.plain_only:
                out.structure.dataclass_type[field.name].CopyFrom(field.codec.make_type(inner))
        return out

    def make_type_v2(self, _: Open, tag: str) -> Any:
        out = self._described()
        out.structure.tag = tag
        return out


def built(build: Callable[[dict[str, Any]], Any], values: dict[str, Any], form: Form) -> Any:
    """`build(values)`, where a constructor of the user's may refuse."""
    outcome = attempt(build, values)
    error = outcome.error
    if error is None or isinstance(error, DrawloomError) or not isinstance(error, Exception):
        return outcome.unwrap()
    failed = wrong_literal(f"what the constructor of {form} takes", preview(values))
    failed.what = f"the constructor of {form} failed ({error_text(error)})"
    raise failed from error


def json_tree(tree: Plain) -> Plain:
    """A plain tree as JSON would carry it: text keys, base64 for bytes (in lines, as mashumaro's JSON does)."""
    if isinstance(tree, dict):
        return {_json_key(key): json_tree(item) for key, item in tree.items()}
    if isinstance(tree, list):
        return [json_tree(item) for item in tree]
    if isinstance(tree, bytes):
        import base64  # noqa: PLC0415 - a millisecond of everybody's import, and few fields are bytes

        return base64.encodebytes(tree).decode()
    return tree


def _json_key(key: object) -> str:
    if isinstance(key, str):
        return key
    if key is None or isinstance(key, bool):
        return {None: "null", True: "true", False: "false"}[key]
    return str(key)


def dataclass_codec(form: Form, resolver: CodecResolver) -> Codec:
    """A dataclass; also pydantic's, attrs' are elsewhere."""
    cls: Any = form.origin
    hints = annotations_of(form, resolver.scope)
    mixin = any(base.__name__ in ("DataClassJSONMixin", "DataClassORJSONMixin") for base in cls.__mro__)
    config = getattr(cls, "Config", None) if _is_mashumaro(cls) else None
    config_aliases: Mapping[str, str] = getattr(config, "aliases", {})
    by_alias = bool(getattr(config, "serialize_by_alias", False))
    found: list[RecordField] = []
    for declared in dataclasses.fields(cls):
        hint, scope = hints.get(declared.name) or (declared.type, class_scope(cls, resolver.scope))
        codec = resolver.within(scope).codec(hint, f".{declared.name}")
        alias = config_aliases.get(declared.name) or declared.metadata.get("alias") or ""
        has_default = declared.default is not MISSING or declared.default_factory is not MISSING
        found.append(
            RecordField(
                name=declared.name,
                key=alias if alias and by_alias else declared.name,
                codec=codec,
                required=not has_default and declared.init,
                default=declared.default,
                aliases=(alias,) if alias else (),
                schema_key=alias,
                description=str(declared.metadata.get("description") or ""),
                in_schema=declared.init,
            )
        )
    return record_codec(
        form,
        resolver,
        tuple(found),
        dataclass_builder(cls),
        as_json=mixin,
        direct=_is_direct(cls),
        told_by=discriminator_of(form),
        restore=_restorer(cls) if _runs_own_code(cls) else None,
    )


def _runs_own_code(cls: Any) -> bool:
    """Whether the constructor runs code of the user's, which may change what it is given."""
    params = cls.__dict__.get("__dataclass_params__")
    return (
        not _has_init_var(cls)
        and _takes_fields(cls)
        and (
            params is None
            or not params.init
            or hasattr(cls, "__post_init__")
            or hasattr(cls, "__is_pydantic_dataclass__")
            or cls.__new__ is not object.__new__
            or (cls.__setattr__ is not object.__setattr__ and not params.frozen)
        )
    )


def _takes_fields(cls: Any) -> bool:
    """Whether the constructor takes the fields by their names; one that the user wrote may take others."""
    names = dict.fromkeys(field.name for field in dataclasses.fields(cls) if field.init)
    return attempt(lambda: inspect.signature(cls).bind(**names)).error is None


def _is_direct(cls: Any) -> bool:
    """Whether making an instance runs only what `@dataclass` wrote, with every field as an argument."""
    restored = _has_init_var(cls) or not _takes_fields(cls)
    return all(field.init for field in dataclasses.fields(cls)) and not restored and not _runs_own_code(cls)


def _takes_places(cls: Any, fields: tuple[RecordField, ...]) -> bool:
    """Whether the constructor takes exactly the fields, in their order, as arguments by place."""
    code = getattr(cls.__init__, "__code__", None)
    count = len(fields) + 1
    return (
        code is not None
        and code.co_argcount == count
        and code.co_varnames[1:count] == tuple(field.name for field in fields)
        and type(cls).__call__ is type.__call__
    )


def _is_mashumaro(cls: type) -> bool:
    return any(base.__module__.partition(".")[0] == "mashumaro" for base in cls.__mro__)


def dataclass_builder(cls: Any) -> Callable[[dict[str, Any]], Any]:
    """How an instance is made from its fields."""
    late = frozenset(field.name for field in dataclasses.fields(cls) if not field.init)
    if _has_init_var(cls) or not _takes_fields(cls):
        return _restorer(cls)
    if not late:
        return lambda values: cls(**values)

    def build(values: dict[str, Any]) -> Any:
        made = cls(**{name: value for name, value in values.items() if name not in late})
        for name in late & values.keys():
            object.__setattr__(made, name, values[name])
        return made

    return build


def _has_init_var(cls: Any) -> bool:
    return any(_is_init_var(hint) for base in cls.__mro__ for hint in inspect.get_annotations(base).values())


def _is_init_var(hint: object) -> bool:
    return isinstance(hint, InitVar) or hint is InitVar or (isinstance(hint, str) and "InitVar" in hint)


def _restorer(cls: Any) -> Callable[[dict[str, Any]], Any]:
    """Makes an instance of its fields as they are, without the constructor."""
    declared = dataclasses.fields(cls)

    def restore(values: dict[str, Any]) -> Any:
        made = object.__new__(cls)
        for field in declared:
            if field.name in values:
                object.__setattr__(made, field.name, values[field.name])
            elif field.default is not MISSING:
                object.__setattr__(made, field.name, field.default)
            elif field.default_factory is not MISSING:
                object.__setattr__(made, field.name, field.default_factory())
        return made

    return restore


ROWS: Final = (
    CodecRow("dataclass", lambda form: form.cls is not None and dataclasses.is_dataclass(form.cls), dataclass_codec),
)

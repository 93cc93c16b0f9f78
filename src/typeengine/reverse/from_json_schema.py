"""JSON schema -> Python types, for the metadata that struct literal types carry.

Gives plain types, or a dataclass, named tuple, TypedDict or enum made to the schema; an unknown construct is refused by
name. What is made depends on the schema's text alone: the same schema gives the same class within a process, and classes
of the same names, fields and order in every process. Nothing here imports or runs what a schema names.

Protobuf maps carry no order, so a class lists its required fields as `required` has them and then the others by name.
"""

from __future__ import annotations

import collections
import datetime as dt
import decimal
import enum
import json
import keyword
import pathlib
import typing
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, fields, make_dataclass
from typing import Any, cast

from literals import class_of, is_list, is_mapping
from typeengine.builtin.flyte2_files import Dir, File
from typeengine.builtin.flyte_files import FlyteDirectory, FlyteFile
from typeengine.builtin.structured_dataset import StructuredDataset
from typeengine.errors import TypeTransformerFailedError

FORMATS: Mapping[str, Any] = {
    "date-time": dt.datetime,
    "date": dt.date,
    "time": dt.time,
    "time-delta": dt.timedelta,
    "duration": dt.timedelta,
    "uuid": uuid.UUID,
    "path": pathlib.Path,
    "decimal": decimal.Decimal,
    "base64": bytes,
}
"""String and number formats, as mashumaro and pydantic write them."""

_PLAIN: Mapping[str, Any] = {"integer": int, "number": float, "string": str, "boolean": bool, "null": type(None)}
_WRAPPERS = ("TupleWrapper_", "NamedTupleWrapper_", "TypedDictWrapper_")
"""Titles under which Flyte 2 writes tuples, named tuples and TypedDicts."""

_REFERENCES: Mapping[str, tuple[Any, frozenset[str]]] = {
    "FlyteFile": (FlyteFile, frozenset({"path", "metadata"})),
    "FlyteDirectory": (FlyteDirectory, frozenset({"path"})),
    "StructuredDataset": (StructuredDataset, frozenset({"uri", "file_format"})),
    "File": (File, frozenset({"path", "name", "format", "hash"})),
    "Dir": (Dir, frozenset({"path", "name", "format", "hash"})),
}
"""Classes that stand for references inside structs, by title, with the properties that tell them."""
_MISSING = object()
_classes: dict[str, Any] = {}
"""Classes made so far, by the canonical text of their schema: one schema, one class."""


def identifier(text: str, fallback: str) -> str:
    """`text` if it can name an attribute, else `fallback`."""
    return text if text.isidentifier() and not keyword.iskeyword(text) else fallback


def made_enum(name: str, values: Sequence[Any]) -> type[enum.Enum]:
    """An enum with these values; a member is named by its value where that can be a name, else by its place.

    Raises:
        TypeTransformerFailedError: there are no values.
    """
    if not values:
        raise refused("an enum without values", "no member could ever be given")
    key = "enum " + json.dumps([name, list(values)])
    if key not in _classes:
        members = collections.OrderedDict[str, Any]()
        for index, value in enumerate(values):
            text = str(value)
            usable = not text.startswith("_") and text != "mro" and text not in members
            members[identifier(text, f"VALUE_{index}") if usable else f"VALUE_{index}"] = value
        _classes.setdefault(key, enum.Enum(identifier(name, "DynamicEnum"), members, module=__name__))
    return _classes[key]


def refused(what: str, why: str) -> TypeTransformerFailedError:
    """The error for a construct that no Python type is made for."""
    return TypeTransformerFailedError(
        f"no Python type stands for {what}: {why}",
        expected="a schema that a Python type stands for",
        got=what,
        fix="give the Python type yourself instead of having it guessed",
    )


Known = Callable[[Mapping[str, Any]], Any]
"""Gives the type that somebody has registered for a JSON schema; None where nobody has."""


def type_of_schema(
    schema: Mapping[str, Any], field_types: Mapping[str, Any] | None = None, known: Known | None = None
) -> Any:
    """The Python type of a JSON schema.

    `field_types`: types known better from elsewhere, by property name of the outermost object. `known` is asked about each object
    inside the schema, and not about the schema itself.

    Raises:
        TypeTransformerFailedError: the schema has a construct that is not known here, named in the message.
    """
    try:
        registered = {} if known is None else dict(_registered(schema, known))
        reader = _Reader(schema.get("$defs") or schema.get("definitions") or {}, registered)
        return reader.finish(reader.read(schema, field_types or {}))
    except TypeTransformerFailedError:
        raise
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        # a Struct can hold anything, so any part of the schema may be of any shape
        raise refused("this JSON schema", f"it is malformed ({type(error).__name__}: {error})") from error


def _registered(schema: object, known: Known, *, outermost: bool = True) -> Iterator[tuple[str, Any]]:
    """The registered type of each object inside a schema, by the schema's text."""
    if is_list(schema):
        for part in schema:
            yield from _registered(part, known, outermost=False)
        return
    if not is_mapping(schema):
        return
    if not outermost and schema.get("type") == "object":
        found = known(cast("Mapping[str, Any]", schema))
        if found is not None:
            yield _text(schema), found
    for part in schema.values():
        yield from _registered(part, known, outermost=False)


def _text(schema: Mapping[Any, Any]) -> str:
    return json.dumps(schema, sort_keys=True)


class _Reader:
    """One schema with its definitions. A class that refers to itself is named by a ForwardRef until `finish`."""

    def __init__(self, definitions: Mapping[str, Any], registered: Mapping[str, Any]) -> None:
        self._definitions = definitions
        self._registered = registered
        # A class that holds a registered one is no other reader's.
        self._mark = repr([(text, id(made)) for text, made in sorted(registered.items())]) if registered else ""
        self._open: dict[str, str] = {}
        self._made: dict[str, Any] = {}
        self._named: dict[str, Any] = {}

    def finish(self, result: Any) -> Any:
        """Put the real classes where ForwardRefs stand."""
        for made in self._made.values():
            hints = getattr(made, "__annotations__", {})
            for name, hint in list(hints.items()):
                hints[name] = self._filled(hint)
            if hasattr(made, "__dataclass_fields__"):
                for item in fields(made):
                    item.type = hints[item.name]
        for key, made in self._made.items():
            _classes.setdefault(key, made)
        return self._filled(result)

    def read(self, schema: Mapping[str, Any], field_types: Mapping[str, Any] | None = None) -> Any:
        """The type of one schema node."""
        if "$ref" in schema:
            return self._reference(schema["$ref"], field_types or {})
        for word in ("anyOf", "oneOf"):
            if word in schema:
                return typing.Union[tuple(self.read(option) for option in schema[word])]  # noqa: UP007 - built from data
        if "allOf" in schema:
            return self._only(schema["allOf"])
        if "const" in schema:
            return _literal([schema["const"]], schema.get("type"))
        if "enum" in schema:
            return _literal(schema["enum"], schema.get("type"))
        return self._by_type(schema, field_types or {})

    def _by_type(self, schema: Mapping[str, Any], field_types: Mapping[str, Any]) -> Any:
        kind: Any = schema.get("type")
        if is_list(kind):
            return typing.Union[tuple(self.read({**schema, "type": one}) for one in kind)]  # noqa: UP007 - built from data
        if kind in ("string", "number") and schema.get("format") in FORMATS:
            return FORMATS[schema["format"]]
        if kind in _PLAIN:
            return _PLAIN[kind]
        if kind == "array":
            return self._array(schema)
        if kind == "object":
            return self._object(schema, field_types)
        if kind is None:
            return Any
        raise refused(f"JSON schema type {kind!r}", "it is not one of JSON's")

    def _only(self, options: Sequence[Mapping[str, Any]]) -> Any:
        if len(options) != 1:
            raise refused("a JSON schema allOf of several", "Python has no type that is several at once")
        return self.read(options[0])

    def _array(self, schema: Mapping[str, Any]) -> Any:
        if "prefixItems" in schema:
            return typing.Tuple[tuple(self.read(item) for item in schema["prefixItems"])]  # noqa: UP006 - as flytekit shows it
        if not schema.get("items"):
            return list
        item = self.read(schema["items"])
        return typing.Set[item] if schema.get("uniqueItems") else typing.List[item]  # noqa: UP006 - as flytekit shows it

    def _object(self, schema: Mapping[str, Any], field_types: Mapping[str, Any]) -> Any:
        if self._registered and (text := _text(schema)) in self._registered and self._open:
            return self._registered[text]
        known = _REFERENCES.get(schema.get("title", ""))
        if known is not None and schema.get("properties", {}).keys() == known[1]:
            return known[0]
        if "properties" in schema or ("title" in schema and schema.get("additionalProperties") is False):
            return self._class(schema, json.dumps([schema, self._definitions], sort_keys=True), field_types)
        extra = schema.get("additionalProperties")
        if not is_mapping(extra) or not extra:
            return dict
        names: Mapping[str, Any] = schema.get("propertyNames") or {}
        key = self.read(names) if names else str
        return typing.Dict[key, self.read(cast("Mapping[str, Any]", extra))]  # noqa: UP006 - as flytekit shows it

    def _reference(self, target: str, field_types: Mapping[str, Any]) -> Any:
        name = target.rsplit("/", 1)[-1]
        schema = self._definitions.get(name)
        if schema is None:
            raise refused(f"the JSON schema reference {target!r}", "the schema does not define it")
        if self._registered and (text := _text(schema)) in self._registered and self._open:
            return self._registered[text]
        if "enum" in schema:
            kind: Any = schema.get("type")
            return made_enum(schema.get("title", name), [_number(value, kind) for value in schema["enum"]])
        if "properties" not in schema or schema.get("title") in _REFERENCES:
            return self.read(schema)
        return self._class(schema, json.dumps([{"$ref": target}, self._definitions], sort_keys=True), field_types)

    def _class(self, schema: Mapping[str, Any], text: str, field_types: Mapping[str, Any]) -> Any:
        """The class of an object schema, made once; inside itself, a ForwardRef."""
        key = self._mark + text
        if field_types:
            key += repr(sorted(field_types.items(), key=lambda pair: pair[0]))
        if key in _classes:
            return _classes[key]
        if text in self._open:
            return typing.ForwardRef(self._open[text])
        if key in self._made:
            return self._made[key]
        self._open[text] = placeholder = f"_class_{len(self._named) + len(self._open)}"
        made = self._make(schema, field_types)
        del self._open[text]
        self._made[key] = self._named[placeholder] = made
        return made

    def _make(self, schema: Mapping[str, Any], field_types: Mapping[str, Any]) -> Any:
        properties: Mapping[str, Any] = schema.get("properties") or {}
        required = [name for name in schema.get("required") or () if name in properties]
        known = set(required)
        order = [*required, *sorted(name for name in properties if name not in known)]
        hints = {name: field_types[name] if name in field_types else self.read(properties[name]) for name in order}
        title = str(schema.get("title") or "Anonymous")
        for prefix in _WRAPPERS:
            if title.startswith(prefix):
                return _wrapped(prefix, title[len(prefix) :], hints, known)
        for name in order:
            if identifier(name, "") != name:
                raise refused(f"the JSON schema property {name!r}", "it cannot name a dataclass field")
        plain = [(name, hints[name]) for name in order if name in known]
        defaulted: list[tuple[str, Any, Any]] = []
        for name in order[len(plain) :]:
            default = _default(properties[name].get("default", _MISSING), hints[name])
            if default is _MISSING:
                plain.append((name, hints[name]))
            else:
                defaulted.append((name, hints[name], default))
        made = make_dataclass(identifier(title, "Anonymous"), [*plain, *defaulted])
        made.__module__ = __name__
        return made

    def _filled(self, hint: object) -> Any:
        if isinstance(hint, typing.ForwardRef):
            return self._named[hint.__forward_arg__]
        origin, args = typing.get_origin(hint), typing.get_args(hint)
        if origin is typing.Union:
            return typing.Union[tuple(self._filled(arg) for arg in args)]  # noqa: UP007 - built from data
        generic = _GENERICS.get(origin)
        return generic[tuple(self._filled(arg) for arg in args)] if generic is not None and args else hint


_GENERICS: Mapping[Any, Any] = {list: typing.List, dict: typing.Dict, set: typing.Set, tuple: typing.Tuple}  # noqa: UP006 - as flytekit shows them


def _wrapped(prefix: str, name: str, hints: Mapping[str, Any], required: set[str]) -> Any:
    """Flyte 2's models that stand for tuples, named tuples and TypedDicts."""
    if prefix == "TupleWrapper_":
        return typing.Tuple[tuple(hints[f"item_{index}"] for index in range(len(hints)))]  # noqa: UP006 - as flytekit shows it
    if prefix == "NamedTupleWrapper_":
        return typing.NamedTuple(identifier(name, "Anonymous"), list(hints.items()))
    marked = {key: hint if key in required else _not_required(hint) for key, hint in hints.items()}
    make: Any = typing.TypedDict
    base = make(identifier(name, "Anonymous"), marked)
    base.__required_keys__ = frozenset(required)
    base.__optional_keys__ = frozenset(hints) - required
    return base


def _not_required(hint: object) -> Any:
    """Flyte 2 writes a NotRequired[T] as an Optional[T]; T is what the user had."""
    left = tuple(arg for arg in typing.get_args(hint) if arg is not type(None))
    return typing.Union[left] if typing.get_origin(hint) is typing.Union and left else hint  # noqa: UP007 - built from data


def _number(value: Any, kind: object) -> Any:
    """A Struct's number as an int where the schema says integer, or says nothing and the number is whole."""
    if isinstance(value, float) and value.is_integer() and kind in ("integer", None):
        return int(value)
    return value


def _literal(values: Sequence[Any], kind: object) -> Any:
    options = tuple(_number(value, kind) for value in values)
    if not options or not all(isinstance(value, (str, int, float, bool, type(None))) for value in options):
        raise refused(f"the JSON schema enum {list(values)!r}", "its values are not plain")
    return typing.Literal[options]


def _is_container(origin: object) -> bool:
    return isinstance(origin, type) and issubclass(origin, (list, dict, set))


def _default(value: Any, hint: Any) -> Any:  # noqa: PLR0911 - one return for each kind
    """A default for `make_dataclass` that has the field's type, or _MISSING where the schema's text cannot give one."""
    origin = typing.get_origin(hint) or hint
    if value is _MISSING or (issubclass(class_of(value), (list, dict)) and not value):
        return field(default_factory=origin) if _is_container(origin) else _MISSING
    if value is None:
        return None if hint is Any or type(None) in typing.get_args(hint) else _MISSING
    if origin is typing.Union:
        options = [arg for arg in typing.get_args(hint) if _default(value, arg) is not _MISSING]
        return _default(value, options[0]) if options else _MISSING
    if origin is typing.Literal:
        whole = _number(value, None)
        return whole if whole in typing.get_args(hint) else _MISSING
    if isinstance(origin, type) and issubclass(origin, enum.Enum):
        whole = [member for member in origin if member.value == value]
        return whole[0] if whole else _MISSING
    if origin is int and isinstance(value, float) and value.is_integer():
        return int(value)
    return value if class_of(value) is origin and origin in (str, float, bool) else _MISSING

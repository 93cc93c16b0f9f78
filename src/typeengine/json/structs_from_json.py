"""JSON -> the msgpack tree of a struct, by the JSON schema in its literal type's metadata.

JSON cannot say bytes, int keys or odd floats: the schema does, and what JSON has instead (base64, text) is turned back.
The codec that reads the tree checks the rest; here the shape is checked, because here the path is known.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from literals import is_dict, is_list, is_mapping, path, preview
from typeengine.errors import TypeTransformerFailedError
from typeengine.json.misfits import ARRAY, BASE64, BOOLEAN, INTEGER, NULL, NUMBER, OBJECT, TEXT, misfit

_ODD_FLOATS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def tree_of_json(value: Any, schema: Mapping[str, Any], where: str = "") -> Any:
    """`value` as msgpack can hold it.

    Raises:
        TypeTransformerFailedError: the JSON does not have the schema's shape; `where` has the path.
    """
    return _tree(value, schema, schema.get("$defs") or {}, where)


def _tree(value: Any, schema: Mapping[str, Any], definitions: Mapping[str, Any], where: str) -> Any:
    if "$ref" in schema:
        target = definitions.get(str(schema["$ref"]).rsplit("/", 1)[-1])
        return value if target is None else _tree(value, target, definitions, where)
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        return _first(value, options, definitions, where)
    if len(schema.get("allOf") or ()) == 1:
        return _tree(value, schema["allOf"][0], definitions, where)
    choices = [schema["const"]] if "const" in schema else schema.get("enum")
    if choices is not None:
        if not any(type(value) is type(_whole(choice)) and value == choice for choice in choices):
            shown = ", ".join(json.dumps(_whole(choice), ensure_ascii=False) for choice in choices)
            raise misfit(value, f"one of {shown}", where)
        return value
    reader = _BY_TYPE.get(schema.get("type", ""))
    return reader(value, schema, definitions, where) if reader else value


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _first(value: Any, options: Sequence[Mapping[str, Any]], definitions: Mapping[str, Any], where: str) -> Any:
    """The first option that takes the value; if none does, the error of the one that got furthest."""
    failures: list[TypeTransformerFailedError] = []
    for option in options:
        try:
            return _tree(value, option, definitions, where)
        except TypeTransformerFailedError as error:  # noqa: PERF203 - the path is added where an element fails
            failures.append(error)
    deepest = max(failures, key=lambda failure: len(failure.where))
    if deepest.where != where:
        raise deepest
    raise misfit(value, " or ".join(failure.expected for failure in failures), where)


def _object(value: Any, schema: Mapping[str, Any], definitions: Mapping[str, Any], where: str) -> Any:
    if not is_dict(value):
        raise misfit(value, OBJECT, where)
    members = cast("dict[str, Any]", value)
    properties: Mapping[str, Any] = schema.get("properties") or {}
    missing = [name for name in schema.get("required") or () if name not in value]
    if missing:
        raise TypeTransformerFailedError(
            f"required keys are missing: {', '.join(missing)}",
            where=where,
            expected=_keys(schema),
            got=preview(value),
            fix="write the keys that the type has",
        )
    extra = schema.get("additionalProperties")
    unknown = [name for name in members if name not in properties]
    if unknown and extra is False:
        raise TypeTransformerFailedError(
            f"unknown keys: {', '.join(unknown)}",
            where=where,
            expected=_keys(schema),
            got=preview(value),
            fix="write the keys that the type has",
        )
    rest: Mapping[str, Any] = cast("Mapping[str, Any]", extra) if is_mapping(extra) else {}
    names: Mapping[str, Any] = schema.get("propertyNames") or {}
    as_key = _int_key if names.get("type") == "integer" else _text_key
    return {
        as_key(name, where): _tree(item, properties.get(name, rest), definitions, where + _segment(name, properties))
        for name, item in members.items()
    }


def _keys(schema: Mapping[str, Any]) -> str:
    """The keys of an object, the required ones first: a Struct does not keep the order of the others."""
    required = list(schema.get("required") or ())
    others = sorted(set(schema.get("properties") or ()) - set(required))
    return "keys " + (", ".join([*required, *others]) or "(none)")


def _segment(name: str, properties: Mapping[str, Any]) -> str:
    return path.at_field(name) if name in properties else path.at_key(name)


def _text_key(name: str, where: str) -> str:
    del where
    return name


def _int_key(name: str, where: str) -> int:
    try:
        return int(name)
    except ValueError as error:
        raise misfit(name, "a key that is an integer", where + path.at_key(name)) from error


def _array(value: Any, schema: Mapping[str, Any], definitions: Mapping[str, Any], where: str) -> Any:
    if not is_list(value):
        raise misfit(value, ARRAY, where)
    firsts: Sequence[Mapping[str, Any]] = schema.get("prefixItems") or ()
    if firsts and len(value) != len(firsts):
        raise misfit(value, f"a JSON array of {len(firsts)}", where)
    rest: Mapping[str, Any] = schema.get("items") or {}
    return [
        _tree(item, firsts[index] if index < len(firsts) else rest, definitions, where + path.at_index(index))
        for index, item in enumerate(value)
    ]


def _string(value: Any, schema: Mapping[str, Any], definitions: Mapping[str, Any], where: str) -> Any:
    del definitions
    if not isinstance(value, str):
        raise misfit(value, TEXT, where)
    if schema.get("format") != "base64":
        return value
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise misfit(value, BASE64, where) from error


def _number(value: Any, schema: Mapping[str, Any], definitions: Mapping[str, Any], where: str) -> Any:
    del schema, definitions
    if isinstance(value, str) and value in _ODD_FLOATS:
        return _ODD_FLOATS[value]
    if type(value) not in (int, float):
        raise misfit(value, NUMBER, where)
    return value


def _typed(kind: type, words: str) -> Callable[[Any, Mapping[str, Any], Mapping[str, Any], str], Any]:
    def read(value: Any, schema: Mapping[str, Any], definitions: Mapping[str, Any], where: str) -> Any:
        del schema, definitions
        if type(value) is not kind:
            raise misfit(value, words, where)
        return value

    return read


_BY_TYPE: Mapping[str, Callable[[Any, Mapping[str, Any], Mapping[str, Any], str], Any]] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "number": _number,
    "integer": _typed(int, INTEGER),
    "boolean": _typed(bool, BOOLEAN),
    NULL: _typed(type(None), NULL),
}

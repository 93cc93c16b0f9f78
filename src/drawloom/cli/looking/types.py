"""`drawloom types HINT`: how values of a type travel, with an example that can be typed as it stands.

The hint is read as an annotation would be, but nothing in it is called: names, attributes, subscripts, `|` and constants.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import json
import operator
import typing
from collections.abc import Mapping
from typing import Any

import click

from drawloom.cli.inputs.typed_text import literal_of_texts
from drawloom.cli.terminal.output import Output
from drawloom.local.errors import TargetError
from drawloom.local.modules import import_target
from literals import CallResult, attempt, literal_text, parse, pb, type_text
from typeengine import default_engine, literal_type_to_json_schema

_MODULES = ("datetime", "decimal", "pathlib", "typing", "uuid", "drawloom")
"""Where a bare name that is not a builtin is looked for."""
_EXAMPLES: Mapping[str, Any] = {
    "datetime": "2026-11-30", "duration": "1h30m", "base64": "aGVsbG8=", "binary": "base64:aGVsbG8=",
    "blob": "data/file.txt", "structured-dataset": "data/table.parquet", "date": "2026-11-30", "date-time": "2026-11-30T12:00:00Z",
}  # fmt: skip
_TEXTS = ("1.5", "12345678-1234-5678-1234-567812345678", "2026-11-30", "a/b")
"""Examples of types that take only certain texts."""
_BY_TYPE: Mapping[str, Any] = {"integer": 1, "number": 1.5, "boolean": True, "null": None, "string": "text"}


@click.command("types")
@click.argument("hint", metavar="HINT")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document to standard output.")
def types_command(hint: str, as_json: bool) -> None:  # noqa: FBT001 - click gives the options by name
    """Show how values of the type HINT travel.

    HINT is Python, such as 'dict[str, list[int]]', or a class of yours, such as shop.orders.Order. You see its form, its literal type, and
    an example.
    """
    output = Output(as_json=as_json)
    codec = default_engine().codec(hint_of_text(hint))
    example = _example(literal_type_to_json_schema(codec.literal_type), {})
    typed = example if isinstance(example, str) else json.dumps(example, ensure_ascii=False)
    rows = {"form": str(codec.form), "literal type": type_text(codec.literal_type)}
    for text in dict.fromkeys([typed, *_TEXTS]):
        made = attempt(literal_of_texts, [text], codec.literal_type, codec, "")
        if made.error is None:
            rows |= {"example": text, "literal": literal_text(parse(pb.Literal, made.unwrap()))}
            break
    if as_json:
        output.document(rows)
        return
    width = max(map(len, rows))
    for name, text in rows.items():
        output.line(f"{name:<{width}}  {text}")


def hint_of_text(text: str) -> object:
    """The hint that Python text says; nothing in it is called.

    Raises:
        TargetError: it is not a hint, or names what is not there.
    """
    parsed = attempt(ast.parse, text, "<hint>", "eval")
    if parsed.error is not None:
        raise TargetError(
            "this is not a type",
            got=text,
            expected="Python, such as 'list[int]' or shop.orders.Order",
            fix="check the spelling and the brackets",
        )
    return _of_node(typing.cast("ast.Expression", parsed.unwrap()).body, text)


def _of_node(node: ast.expr, text: str) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, (ast.Name, ast.Attribute)):
        return _named(ast.unparse(node), text)
    if isinstance(node, (ast.Tuple, ast.List)):
        items = [_of_node(each, text) for each in node.elts]
        return tuple(items) if isinstance(node, ast.Tuple) else items
    made: CallResult[Any] | None = None
    if isinstance(node, ast.Subscript):
        made = attempt(operator.getitem, _of_node(node.value, text), _of_node(node.slice, text))
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        left, right = _of_node(node.left, text), _of_node(node.right, text)
        made = attempt(lambda: left | right)
    if made is None or made.error is not None:
        why = f": {made.error}" if made is not None else ""
        raise TargetError(
            f"this is not a type{why}",
            where=ast.unparse(node),
            expected="names of types, with brackets and |",
            got=text,
            fix="write a type as in a Python annotation",
        )
    return made.unwrap()


def _named(name: str, text: str) -> Any:
    first, _, rest = name.partition(".")
    places: list[Any] = [builtins, *(importlib.import_module(each) for each in _MODULES)]
    for place in places:
        is_module = bool(rest) and getattr(place, "__name__", "") == first
        if is_module or hasattr(place, first):
            value = place if is_module else getattr(place, first)
            for part in filter(None, rest.split(".")):
                value = getattr(value, part, None)
            if value is not None:
                return value
    module, _, attribute = name.rpartition(".")
    if not module:
        raise TargetError(
            f"there is no type {name!r}",
            expected="a type of Python's, of typing's, or module.Class",
            got=text,
            fix="give its module too, such as shop.orders.Order",
        )
    loaded = import_target(module)
    if not hasattr(loaded, attribute):
        raise TargetError(
            f"module {module} has no {attribute!r}", expected=f"a name of {module}", got=text, fix="check the spelling"
        )
    return getattr(loaded, attribute)


def _example(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Any:  # noqa: PLR0911 - one return for each kind of schema
    """JSON that fits a schema."""
    definitions = schema.get("$defs") or schema.get("definitions") or definitions
    if "$ref" in schema:
        return _example(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if schema.get("format") in _EXAMPLES:
        return _EXAMPLES[schema["format"]]
    if "enum" in schema:
        return schema["enum"][0]
    for choice in ("oneOf", "anyOf"):
        if choice in schema:
            return _example(schema[choice][0], definitions)
    kind = schema.get("type")
    if kind == "array":
        items: list[dict[str, Any]] = schema.get("prefixItems") or [schema.get("items") or {}]
        return [_example(each, definitions) for each in items]
    if kind == "object":
        properties: Mapping[str, Mapping[str, Any]] = schema.get("properties") or {}
        known = {name: _example(each, definitions) for name, each in properties.items()}
        rest: Mapping[str, Any] | bool | None = schema.get("additionalProperties")
        return known or {"key": _example(rest, definitions) if isinstance(rest, Mapping) else 1}
    return _BY_TYPE.get(str(kind), "text")

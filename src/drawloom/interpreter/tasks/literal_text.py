"""Literals as the text that command-line tasks read and write: a primitive as itself, anything else as JSON."""

from __future__ import annotations

import json
from typing import Any, cast

from literals import DrawloomError, canonical_bytes, pb, preview, type_text

_INT, _FLOAT, _STR, _BOOL = 1, 2, 3, 4


def literal_to_text(literal: pb.Literal) -> str:
    """The text of a literal."""
    tree = _tree(literal)
    if isinstance(tree, bool):
        return "true" if tree else "false"
    return tree if isinstance(tree, str) else json.dumps(tree)


def _tree(literal: pb.Literal) -> Any:
    kind = literal.WhichOneof("value")
    if kind == "collection":
        return [_tree(item) for item in literal.collection.literals]
    if kind == "map":
        return {key: _tree(item) for key, item in literal.map.literals.items()}
    scalar = literal.scalar
    which = scalar.WhichOneof("value")
    if which == "primitive":
        primitive = scalar.primitive
        name = primitive.WhichOneof("value")
        value: Any = getattr(primitive, name) if name else None
        return value.ToJsonString() if name in {"datetime", "duration"} else value
    if which == "union":
        return _tree(scalar.union.value)
    if which in {"blob", "schema", "structured_dataset"}:
        return getattr(scalar, which).uri
    if which in {None, "none_type"}:
        return None
    raise DrawloomError(
        "this value has no text form for a command",
        expected="a primitive, a file, a folder or a list of them",
        got=preview(str(scalar).strip()),
        fix="pass it to a Python task, which writes it to a file",
    )


def literal_from_text(text: str, kind: pb.LiteralType, where: str) -> bytes:
    """The literal of a type that a text stands for. Raises `DrawloomError` if it stands for none."""
    literal = pb.Literal()
    try:
        _fill(literal, text.removesuffix("\n"), kind)
    except (ValueError, RecursionError) as error:
        raise DrawloomError(
            f"this text cannot be read as {type_text(kind)}: {error}",
            where=where,
            expected=type_text(kind),
            got=preview(text),
            fix="write the value in the form of that type",
        ) from error
    return canonical_bytes(literal)


def _fill(literal: pb.Literal, text: str, kind: pb.LiteralType) -> None:
    which = kind.WhichOneof("type")
    if which == "blob":
        literal.scalar.blob.uri = text
        literal.scalar.blob.metadata.type.CopyFrom(kind.blob)
        return
    if which == "collection_type":
        literal.collection.SetInParent()
        items = json.loads(text)
        if not isinstance(items, list):
            raise ValueError("this is not a list in JSON")
        for item in cast("list[Any]", items):
            _fill(
                literal.collection.literals.add(),
                item if isinstance(item, str) else json.dumps(item),
                kind.collection_type,
            )
        return
    if which != "simple":
        raise ValueError("only primitives, files and lists can be written by a command")
    primitive = literal.scalar.primitive
    if kind.simple == _INT:
        primitive.integer = int(text)
    elif kind.simple == _FLOAT:
        primitive.float_value = float(text)
    elif kind.simple == _STR:
        primitive.string_value = text
    elif kind.simple == _BOOL:
        truth = {"true": True, "false": False, "1": True, "0": False}.get(text.strip().lower())
        if truth is None:
            raise ValueError("a bool is true or false, or 1 or 0")
        primitive.boolean = truth
    elif text:
        # Dates and durations in protobuf's own JSON form.
        field = "datetime" if kind.simple == pb.SimpleType.DATETIME else "duration"
        getattr(primitive, field).FromJsonString(text)

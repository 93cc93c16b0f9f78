"""Iterators: `Iterator[T]` as a collection read element by element, `Iterator[JSON]` as one file of JSON lines.

The first gives back a FlyteIterator (it has a length, and converts an element when it is asked for), as flytekit does.
The second is written below the raw data prefix and read line by line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Any, Dict, List, Union  # noqa: UP035 - flytekit spells the alias so

from literals import is_dict, is_iterable, path, pb, preview
from typeengine.codec import Codec, Open, Plain, SchemaContext
from typeengine.errors import TypeTransformerFailedError, wrong_literal, wrong_value
from typeengine.hints.forms import Form, parse
from typeengine.raw_data import storage
from typeengine.registry import CodecResolver, CodecRow
from typeengine.wire.foreign_literals import foreign

JSON = Union[Dict[str, Any], List[Any], str, int, float, bool, None]  # noqa: UP006, UP007 - as flytekit shows it
"""One line of an `Iterator[JSON]`."""
JSONL = "jsonl"


class FlyteIterator:
    """The elements of a collection literal, converted one by one. Equal to any sequence of the same elements."""

    def __init__(self, literals: Sequence[pb.Literal], read: Callable[[pb.Literal], Any]) -> None:
        self._literals = literals
        self._read = read
        self._next = 0

    def __len__(self) -> int:
        return len(self._literals)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        index = self._next
        if index >= len(self._literals):
            raise StopIteration
        self._next = index + 1
        try:
            return self._read(self._literals[index])
        except TypeTransformerFailedError as error:
            raise error.at(path.at_index(index)) from error.__cause__


class JSONIterator:
    """The lines of a file of JSON lines, each as a value."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._lines = iter(storage().read_bytes(address).splitlines())

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        line = next(self._lines)
        while not line.strip():
            line = next(self._lines)
        try:
            return json.loads(line)
        except (ValueError, RecursionError) as error:
            raise wrong_literal("a line of JSON", preview(line)) from error


_JSON_FORM = parse(JSON).unordered


def iterator_codec(form: Form, engine: CodecResolver) -> Codec:  # noqa: C901 - one closure for each of a codec's functions
    """`Iterator[T]`; of JSON, a file of lines."""
    if form.origin is JSONIterator:
        return _json_codec(form)
    item = form.args[0] if form.args else None
    if item is None:
        raise TypeTransformerFailedError(
            "an iterator needs the type of its elements",
            expected="Iterator[element type]",
            got="Iterator",
            fix="write Iterator[int] or Iterator[JSON]",
        )
    if item.bare.unordered == _JSON_FORM:
        return _json_codec(form)
    inner = engine.codec(item)

    def make_type(open_: Any) -> Any:
        literal_type = pb.LiteralType()
        literal_type.collection_type.CopyFrom(inner.make_type(open_))
        return literal_type

    def elements(value: Any) -> Iterable[Any]:
        if not is_iterable(value) or isinstance(value, (str, bytes)) or is_dict(value):
            raise wrong_value("an iterator", value)
        return value

    def each(value: Any, convert: Any) -> Iterator[Any]:
        for index, element in enumerate(elements(value)):
            try:
                yield convert(element)
            except TypeTransformerFailedError as error:  # noqa: PERF203 - the path is added where an element fails
                raise error.at(path.at_index(index)) from error.__cause__

    def encode(value: Any) -> bytes:
        literal = pb.Literal()
        literal.collection.SetInParent()
        for part in each(value, inner.encode):
            literal.collection.literals.add().ParseFromString(part)
        return literal.SerializeToString(deterministic=True)

    def read(literal: pb.Literal) -> Any:
        if literal.WhichOneof("value") != "collection":
            return foreign(literal, read, from_plain, "a collection")
        return FlyteIterator(literal.collection.literals, inner.read)

    def from_plain(tree: Plain) -> Any:
        if not isinstance(tree, list):
            raise wrong_literal("a list", preview(tree))
        return iter(list(each(tree, inner.from_plain)))

    def make_schema(context: SchemaContext) -> dict[str, Any]:
        return {"type": "array", "items": inner.make_schema(context)}

    return Codec(
        form,
        tag="Typed Iterator",
        make_type=make_type,
        make_schema=make_schema,
        encode=encode,
        read=read,
        to_plain=lambda value: list(each(value, inner.to_plain)),
        from_plain=from_plain,
        accepts=lambda value: isinstance(value, Iterator),
        classes=(FlyteIterator,),
    )


def _json_codec(form: Form) -> Codec:
    def make_type(_: Open) -> Any:
        literal_type = pb.LiteralType()
        literal_type.blob.format = JSONL
        literal_type.metadata.update({"format": "json iterator"})
        return literal_type

    def write(value: Any) -> str:
        if not is_iterable(value) or isinstance(value, (str, bytes)) or is_dict(value):
            raise wrong_value("an iterator of JSON", value)
        lines: list[str] = []
        for index, element in enumerate(value):
            try:
                lines.append(json.dumps(element, ensure_ascii=False))
            except (TypeError, ValueError, RecursionError) as error:  # noqa: PERF203 - the path is added where an element fails
                raise wrong_value(f"JSON ({error})", element).at(path.at_index(index)) from error
        data = "".join(f"{line}\n" for line in lines).encode()
        return storage().keep_made(lambda path: path.write_bytes(data), "data.jsonl")

    def encode(value: Any) -> bytes:
        literal = pb.Literal()
        literal.scalar.blob.uri = write(value)
        literal.scalar.blob.metadata.type.format = JSONL
        return literal.SerializeToString(deterministic=True)

    def read(literal: pb.Literal) -> Any:
        if literal.scalar.WhichOneof("value") != "blob":
            return foreign(literal, read, from_plain, "a file of JSON lines")
        return JSONIterator(literal.scalar.blob.uri)

    def from_plain(tree: Plain) -> Any:
        where = tree.get("path") if isinstance(tree, dict) else None
        if not isinstance(where, str):
            raise wrong_literal("a file of JSON lines", preview(tree))
        return JSONIterator(where)

    return Codec(
        form,
        tag="JSON Iterator",
        make_type=make_type,
        encode=encode,
        read=read,
        to_plain=lambda value: {"path": write(value)},
        from_plain=from_plain,
        accepts=lambda value: isinstance(value, Iterator),
        classes=(JSONIterator,),
    )


ROWS: tuple[CodecRow, ...] = (
    CodecRow(
        "Iterator[T], Iterator[JSON]", lambda form: form.origin in (Iterator, Generator, JSONIterator), iterator_codec
    ),
)

"""Functions of one record class, made as source: its fields to a dict and back, with the checks of simple fields inline.

They are several times as fast as a loop over the fields, which stays the meaning: whatever is not exactly as expected here
(a missing key, a value of another class) is left to the loop, and so the loop makes every error and its path. Each function
is compiled when it is first needed. For many records at once there are functions that go a field at a time instead of a
record at a time: the checks of a field are then one set of classes.

Fast path of `typeengine.builtin.records.record_codec`'s loop over the fields. Law: `tests/typeengine/test_fast_path_taken.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from typeengine.builtin.plain_lists import plain_elements
from typeengine.codec import OWN, Codec, Plain
from typeengine.errors import TypeTransformerFailedError

LEFT: Final = (TypeTransformerFailedError, AttributeError, KeyError)
"""What the made functions raise where the loop must decide."""
PLACES, NAMES, DICT = "places", "names", "dict"
"""How a record is made: by its constructor, with arguments in their places or by name, or as a dict."""


class Field(NamedTuple):
    """A field: its name, its key in the plain form, and its codec."""

    name: str
    key: str
    codec: Codec


class Shape:
    """The fields of one record class, and the functions made for it."""

    __slots__ = ("_column_reader", "_column_writer", "_reader", "_writer", "cls", "fields", "made", "usable")

    def __init__(self, fields: list[Field], cls: Any, made: str) -> None:
        self.fields = fields
        self.cls = cls
        self.made = made
        self.usable = bool(fields) and all(field.name.isidentifier() or made == DICT for field in fields)
        self._writer: Callable[[Any], Plain] | None = None
        self._reader: Callable[[Plain], Any] | None = None
        self._column_writer: Callable[..., list[Plain]] | None = None
        self._column_reader: Callable[..., list[Any]] | None = None

    def write(self, value: Any) -> Plain:
        """A record of exactly the class as a dict. Raises one of LEFT."""
        write = self._writer
        if write is None:
            write = self._writer = self._make_writer()
        return write(value)

    def read(self, tree: Plain) -> Any:
        """A record from a dict with exactly the keys. Raises one of LEFT."""
        read = self._reader
        if read is None:
            read = self._reader = self._make_reader()
        return read(tree)

    def write_many(self, values: list[Any]) -> list[Plain] | None:
        """Many records as dicts; None where the loop must decide."""
        if set(map(type, values)) != {dict if self.made == DICT else self.cls}:
            return None if values else values
        convert = [field.codec.to_plains for field in self.fields]
        if None in convert or (self.made == DICT and set(map(len, values)) != {len(self.fields)}):
            return None
        if self._column_writer is None:
            self._column_writer = self._make_column_writer()
        try:
            return self._column_writer(values, convert)
        except LEFT:
            return None

    def read_many(self, trees: list[Any]) -> list[Any] | None:
        """Many records from dicts; None where the loop must decide."""
        if set(map(type, trees)) != {dict}:
            return None if trees else trees
        convert = [field.codec.from_plains for field in self.fields]
        if None in convert or set(map(len, trees)) != {len(self.fields)}:
            return None
        if self._column_reader is None:
            self._column_reader = self._make_column_reader()
        try:
            return self._column_reader(trees, convert)
        except LEFT:
            return None

    def _make_writer(self) -> Callable[[Any], Plain]:
        names: dict[str, Any] = {}
        parts: list[str] = []
        for index, field in enumerate(self.fields):
            get = f"o[{field.name!r}]" if self.made == DICT else f"o.{field.name}"
            names[f"c{index}"] = field.codec.to_plain
            parts.append(f"{field.key!r}: {_checked(field.codec, get, index, names)}")
        return _made(f"def made(o): return {{{', '.join(parts)}}}", names)

    def _make_reader(self) -> Callable[[Plain], Any]:
        names: dict[str, Any] = {"cls": self.cls}
        values: list[str] = []
        for index, field in enumerate(self.fields):
            names[f"c{index}"] = field.codec.from_plain
            values.append(_checked(field.codec, f"t[{field.key!r}]", index, names))
        return _made(f"def made(t): return {self._construction(values)}", names)

    def _construction(self, values: list[str]) -> str:
        if self.made == DICT:
            pairs = [f"{field.name!r}: {value}" for field, value in zip(self.fields, values, strict=True)]
            return f"{{{', '.join(pairs)}}}"
        if self.made == PLACES:
            return f"cls({', '.join(values)})"
        pairs = [f"{field.name}={value}" for field, value in zip(self.fields, values, strict=True)]
        return f"cls({', '.join(pairs)})"

    def _columns(self, gets: list[str]) -> tuple[list[str], str, str]:
        """The lines that make the columns `a0`, `a1` ... of records `xs`, the names of a record's values, and where they come from."""
        names = [f"a{index}" for index in range(len(gets))]
        lines = ["def made(xs, convert):"]
        for index, get in enumerate(gets):
            lines += [f" a{index} = convert[{index}]([{get} for x in xs])", f" if a{index} is None: raise KeyError"]
        return lines, ", ".join(names), names[0] if len(names) == 1 else f"zip({', '.join(names)})"

    def _make_column_writer(self) -> Callable[..., list[Plain]]:
        gets = [f"x[{field.name!r}]" if self.made == DICT else f"x.{field.name}" for field in self.fields]
        lines, names, source = self._columns(gets)
        pairs = ", ".join(f"{field.key!r}: a{index}" for index, field in enumerate(self.fields))
        return _made("\n".join([*lines, f" return [{{{pairs}}} for {names} in {source}]"]), {})

    def _make_column_reader(self) -> Callable[..., list[Any]]:
        lines, names, source = self._columns([f"x[{field.key!r}]" for field in self.fields])
        made = self._construction([f"a{index}" for index in range(len(self.fields))])
        lines.append(f" return [{made} for {names} in {source}]")
        return _made("\n".join(lines), {"cls": self.cls})


def plain_form_check(codecs: dict[str, Codec]) -> Callable[[dict[str, Any]], bool] | None:
    """Whether all values of a dict with these keys are their own plain form; None where that of a type cannot be told."""
    names: dict[str, Any] = {}
    parts: list[str] = []
    for index, (name, codec) in enumerate(codecs.items()):
        test = _test(codec, index, names)
        if test is None:
            return None
        parts.append(f"(type(v := d[{name!r}]) {test})")
    return _made(f"def made(d): return {' and '.join(parts) or 'True'}", names)


def _checked(codec: Codec, value: str, index: int, names: dict[str, Any]) -> str:
    """An expression for a value: itself if it is its own plain form, else what the codec's function `c<index>` makes of it."""
    test = _test(codec, index, names)
    return f"c{index}({value})" if test is None else f"(v if type(v := {value}) {test} else c{index}(v))"


def _test(codec: Codec, index: int, names: dict[str, Any]) -> str | None:
    """What follows `type(v := ...)` in a test that `v` is its own plain form; the classes it names go to `names`."""
    own: frozenset[type] | None = codec.extra.get(OWN)
    if own is not None:
        names[f"k{index}"] = own
        if len(own) == 1:
            (names[f"k{index}"],) = own
            return f"is k{index}"
        some = own - {type(None)}
        if len(some) == 1 < len(own):
            (names[f"k{index}"],) = some
            return f"is k{index} or v is None"
        return f"in k{index}"
    elements = plain_elements(codec)
    if elements is None:
        return None
    kind, keys, values = elements
    names[f"k{index}"], names[f"e{index}"] = kind, values
    if keys is None:
        return f"is k{index} and e{index}.issuperset(map(type, v))"
    names[f"s{index}"] = keys
    return f"is k{index} and s{index}.issuperset(map(type, v)) and e{index}.issuperset(map(type, v.values()))"


def _made(source: str, names: dict[str, Any]) -> Callable[..., Any]:
    inside: dict[str, Any] = {"KeyError": KeyError, "map": map, "type": type, "zip": zip}
    scope: dict[str, Any] = {**names, "__builtins__": inside}
    exec(source, scope)  # noqa: S102 - the source is made of identifiers and quoted keys only
    return scope["made"]

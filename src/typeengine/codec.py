"""Codec: how values of one type travel. Resolved once per type and engine, then used for every value.

Three forms of a value, and the functions between them:

- Python value;
- **literal**: the wire bytes of a `drawloom.v1.Literal` (`encode`, `decode`), or the parsed message (`read`, the plain walk,
  which is the semantics that every faster way must equal);
- **plain**: a tree of None, bool, int, float, str, bytes, list and dict, as msgpack carries it inside dataclasses and
  untyped dicts (`to_plain`, `from_plain`).

`encode` writes the fields of a Literal in number order (value, hash, metadata), so plain messages re-serialize to the same
bytes; only the order of map entries is the dict's own. Nothing here imports protobuf or msgpack until the first call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypedDict, final

from literals import canonical_bytes, list_decoding, list_encoding, parse, pb, too_deep
from typeengine.errors import TypeTransformerFailedError
from typeengine.hints.forms import Form

Plain: TypeAlias = "bool | int | float | str | bytes | list[Plain] | dict[Any, Plain] | None"
"""A value as msgpack carries it. The keys of its maps may be any of these that has a hash."""
Open = frozenset[Form]
"""The forms whose literal type is being built, so that a recursive one ends."""
MakeType = Callable[[Open], "pb.LiteralType"]


@final
class SchemaContext:
    """The state of one JSON schema being made: which classes are open, which were met again, and their definitions.

    `references`: pydantic's wording (every class a definition, fields with titles) instead of mashumaro's.
    """

    __slots__ = ("definitions", "open", "recursive", "references")

    def __init__(self, *, references: bool = False) -> None:
        self.references = references
        self.open: dict[Form, str] = {}
        self.recursive: set[Form] = set()
        self.definitions: dict[str, Any] = {}


LEAF_DEPTH = 4
"""Messages in a scalar literal: Literal, Scalar, and at most two below."""
MakeSchema = Callable[[SchemaContext], dict[str, Any]]


class Accepts(Protocol):
    """Whether a value is of the type, wholly: elements of containers too. Used to choose the variant of a union."""

    def __call__(self, value: Any, /) -> bool:
        """Whether the value is of the type."""
        ...


def any_schema(_: SchemaContext) -> dict[str, Any]:
    """The schema that takes anything."""
    return {}


if TYPE_CHECKING:
    from typing_extensions import Unpack

    class CodecChanges(TypedDict, total=False):
        """What `Codec.with_changes` takes: the arguments of the constructor."""

        form: Form
        tag: str
        make_type: MakeType
        encode: Callable[[Any], bytes]
        read: Callable[[Any], Any]
        to_plain: Callable[[Any], Plain]
        from_plain: Callable[[Plain], Any]
        accepts: Callable[[Any], bool]
        classes: tuple[type, ...]
        make_schema: MakeSchema
        decode: Callable[[bytes], Any]
        described: bool
        kinds: tuple[type, ...]
        plain_only: str
        depth: int
        many: Callable[[Any], bytes | None] | None
        column: Callable[[bytes], list[Any] | None] | None
        to_plains: Callable[[list[Any]], list[Plain] | None] | None
        from_plains: Callable[[list[Plain]], list[Any] | None] | None
        extra: Mapping[str, Any]


OWN = "own"
"""In a codec's `extra`: the classes whose values are their own plain form, both ways."""
ELEMENTS = "elements"
"""In the `extra` of a list's or dict's codec: `list`, or `dict` for one with texts as keys; its plain form is the elements'."""
NESTED = "nested"
"""In the `extra` of a codec of lists of primitives: their kind, for reading and writing many such lists at once."""
TOGETHER = "together"
"""In the `extra` of a codec whose `encode` copies data: what writes several values at the same time, given them and their places."""
_ABOUT_PLAIN, _PLAIN_FORM = frozenset({OWN, ELEMENTS}), frozenset({"to_plain", "from_plain"})
_ABOUT_LITERALS, _LITERAL_FORM = frozenset({NESTED, TOGETHER}), frozenset({"encode", "read"})
"""What a codec with other functions no longer has in its `extra`."""


@final
class Codec:
    """Converts values of one type. Compare by identity: an engine gives equal types the same codec.

    `form`: the type. `tag`: the name in `TypeStructure.tag` of a union's variant (flytekit's transformer names).
    `classes`: the exact classes of the values, for choosing among a union's variants; empty if not known.
    `described`: flytekit lists a field of this type in `TypeStructure.dataclass_type`.
    `kinds`: the exact classes of the plain form, for choosing among a union's variants; empty if not known.
    `many`: the bytes of a whole list of these values, or None; `column`: such a list out of its bytes, or None. Both may be
    missing, and both are only faster than element by element.
    `to_plains`, `from_plains`: the plain forms of a list of values, and back, or None (`builtin.own`); only faster, too.
    `depth`: nested messages in a literal of this type, for the limit that protobuf readers have.
    `plain_only`: the path to an `Any` inside, which has a plain form but no literal; the engine refuses such a type.
    """

    __slots__ = (
        "_type",
        "_type_bytes",
        "accepts",
        "classes",
        "column",
        "decode",
        "depth",
        "described",
        "encode",
        "extra",
        "form",
        "from_plain",
        "from_plains",
        "kinds",
        "make_schema",
        "make_type",
        "many",
        "plain_only",
        "read",
        "tag",
        "to_plain",
        "to_plains",
    )

    def __init__(
        self,
        form: Form,
        *,
        tag: str,
        make_type: MakeType,
        encode: Callable[[Any], bytes],
        read: Callable[[Any], Any],
        to_plain: Callable[[Any], Plain],
        from_plain: Callable[[Plain], Any],
        accepts: Accepts,
        classes: tuple[type, ...] = (),
        make_schema: MakeSchema = any_schema,
        decode: Callable[[bytes], Any] | None = None,
        described: bool = True,
        kinds: tuple[type, ...] = (),
        plain_only: str = "",
        depth: int = LEAF_DEPTH,
        many: Callable[[Any], bytes | None] | None = None,
        column: Callable[[bytes], list[Any] | None] | None = None,
        to_plains: Callable[[list[Any]], list[Plain] | None] | None = None,
        from_plains: Callable[[list[Plain]], list[Any] | None] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        self.form = form
        self.tag = tag
        self.make_type = make_type
        self.make_schema = make_schema
        self.encode = encode
        self.read = read
        self.to_plain = to_plain
        self.from_plain = from_plain
        self.accepts = accepts
        self.classes = classes
        self.described = described
        self.kinds = kinds
        self.plain_only = plain_only
        self.depth = depth
        self.many = many
        self.column = column
        self.to_plains = to_plains
        self.from_plains = from_plains
        self.extra: Mapping[str, Any] = extra or {}
        self.decode = decode if decode is not None else plain_decode(read)
        self._type: Any = None
        self._type_bytes: bytes | None = None

    @property
    def literal_type(self) -> pb.LiteralType:
        """The literal type, made when first asked for. Shared: do not change it."""
        if self._type is None:
            made = self.make_type(frozenset())
            self._type_bytes = canonical_bytes(made)
            parse(
                pb.LiteralType, self._type_bytes, str(self.form)
            )  # a type nested too deeply to be read is refused here
            self._type = made
        return self._type

    @property
    def type_bytes(self) -> bytes:
        """The canonical bytes of the literal type."""
        if self._type_bytes is None:
            self._type_bytes = canonical_bytes(self.literal_type)
        return self._type_bytes

    def with_changes(self, **changes: Unpack[CodecChanges]) -> Codec:
        """A codec that differs in the named constructor arguments.

        What is only a faster way of something that changes is dropped, and so are the marks about it.
        """
        made = object.__new__(Codec)
        for name in Codec.__slots__:
            setattr(made, name, getattr(self, name))
        made._type = made._type_bytes = None
        if "encode" in changes:
            made.many = None
        if "read" in changes:
            made.column = None
            made.decode = plain_decode(changes["read"])
        if "to_plain" in changes or "from_plain" in changes:
            made.to_plains = made.from_plains = None
        for names, marks in ((_PLAIN_FORM, _ABOUT_PLAIN), (_LITERAL_FORM, _ABOUT_LITERALS)):
            if not names.isdisjoint(changes):
                extra = changes.get("extra", self.extra)
                changes["extra"] = {key: value for key, value in extra.items() if key not in marks}
        for name, value in changes.items():
            setattr(made, name, value)
        return made

    def with_guards(self, guard: Callable[[Callable[[Any], Any]], Callable[[Any], Any]]) -> Codec:
        """A codec whose functions that take a value go through `guard`; what is faster than they are stays as it is."""
        made = object.__new__(Codec)
        for name in Codec.__slots__:
            setattr(made, name, getattr(self, name))
        for name in ("encode", "to_plain", "accepts"):
            setattr(made, name, guard(getattr(self, name)))
        return made

    def fits(self, tree: Plain) -> bool:
        """Whether a plain tree decodes as this type."""
        if self.kinds and type(tree) not in self.kinds:
            return False
        try:
            self.from_plain(tree)
        except TypeTransformerFailedError:
            return False
        return True

    def bind(self, target: Codec) -> None:
        """Become `target`: the end of resolving a recursive type. Functions that were taken before keep working."""
        for name in self.__slots__:
            setattr(self, name, getattr(target, name))

    def __repr__(self) -> str:
        return f"<Codec {self.form}>"


def plain_decode(read: Callable[[Any], Any]) -> Callable[[bytes], Any]:
    """Decoding as parse and walk."""

    def decode(data: bytes) -> Any:
        message = parse(pb.Literal, data)
        try:
            return read(message)
        except RecursionError:
            raise too_deep() from None

    return decode


_NONE = "none"
"""How an error names a literal without a value."""


def convert_all(convert: Callable[[Any], Any], values: Iterable[Any]) -> list[Any]:
    """`convert` of each value; an error carries the index."""
    out: list[Any] = []
    append = out.append
    try:
        for value in values:
            append(convert(value))
    except TypeTransformerFailedError as error:
        if error.got == _NONE and not error.where:
            error.fix = (
                f"declare the elements Optional (List[Optional[{error.expected}]]): failed elements of a map with "
                "min_successes or min_success_ratio are none"
            )
        raise error.at(f"[{len(out)}]") from error.__cause__
    return out


def decode_all(codec: Codec, parts: list[bytes]) -> list[Any]:
    """The values of many literals of one type; all at once where there are enough of them."""
    values = decode_whole(codec, parts)
    return convert_all(codec.decode, parts) if values is None else values


def convert_few(convert: Callable[[Any], Any], values: Mapping[str, Any]) -> dict[str, Any] | None:
    """The values of a short dict, converted; None where one of them fails, whose place is found value by value.

    Fast path of `typeengine.codec.convert_all`, which has a place for each value. Law: `tests/literals/test_whole_maps.py`.
    """
    try:
        return {name: convert(part) for name, part in values.items()}
    except TypeTransformerFailedError:
        return None


def decode_whole(codec: Codec, parts: list[bytes]) -> list[Any] | None:
    """As `decode_all`; None where they must be decoded one by one. Errors have no place yet.

    Fast path of `typeengine.codec.convert_all`, a call for each literal. Law: `tests/literals/test_whole_maps.py`.
    """
    if len(parts) >= _NESTED_FROM and (kind := codec.extra.get(NESTED)):
        return list_decoding.nested(parts, kind)
    if codec.column is not None and len(parts) >= _COLUMN_FROM:
        return codec.column(list_encoding.collection(parts))
    return None


_NESTED_FROM = 2
_COLUMN_FROM = 8
"""From this many literals on, joining them to a list and reading that by columns is the faster way."""


def late_codec(form: Form) -> Codec:
    """A codec to be bound later: what a recursive type's parts get while the type itself is being resolved."""

    def encode(value: Any) -> bytes:
        return codec.encode(value)

    def read(literal: pb.Literal) -> Any:
        return codec.read(literal)

    def to_plain(value: Any) -> Plain:
        return codec.to_plain(value)

    def from_plain(tree: Plain) -> Any:
        return codec.from_plain(tree)

    def accepts(value: Any) -> bool:
        return codec.accepts(value)

    def make_type(open_: Open) -> Any:
        return codec.make_type(open_)

    def make_schema(context: SchemaContext) -> dict[str, Any]:
        return codec.make_schema(context)

    codec = Codec(
        form,
        tag="",
        make_type=make_type,
        encode=encode,
        read=read,
        to_plain=to_plain,
        from_plain=from_plain,
        accepts=accepts,
        make_schema=make_schema,
    )
    return codec

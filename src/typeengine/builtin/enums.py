"""Enums and typing.Literal.

An enum is `enum_type`, its literal a string. Dialect v1 writes values where all of them are str (flytekit's rule) and names
otherwise; v2 writes names. Readers accept both. Where a text is the value of one member and the name of another, the
literal says which is meant (`Literal.metadata["enum"]`), and one that does not say is refused. Inside structs an enum is its
value, or its name if the value is not plain. Flags are refused: a combination of members has no name.

typing.Literal of one class is that class' simple type with the annotation `literal_values` (v2: strings are an
`enum_type`); membership is checked both ways.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any, Final, cast, final

from literals import class_of, literal_text, pb, preview
from typeengine.builtin.plain_lists import looked_up, some_of
from typeengine.builtin.scalars import encode_text
from typeengine.codec import OWN, Codec, MakeSchema, Open, Plain, SchemaContext, plain_decode
from typeengine.errors import TypeTransformerFailedError, unsupported, wrong_literal, wrong_value
from typeengine.hints.forms import Form, Special
from typeengine.registry import CodecResolver, CodecRow
from typeengine.wire.foreign_literals import foreign
from typeengine.wire.literal_bytes import with_metadata
from typeengine.wire.plain_values import plain_struct
from typeengine.wire.scalar_decoders import MISS, decoder

ENUM_TAG: Final = "DefaultEnumTransformer"
_LITERAL_TAG: Final = "LiteralTypeTransformer"
TAGS: Final = "tags"
"""In a codec's `extra`: the tags that either dialect gives the type, where they differ."""
TEXTS: Final = "texts"
"""In a codec's `extra`: the texts of an enum's type in either dialect."""
_MEANS: Final = "enum"
_PLAIN: Final = (type(None), bool, int, float, str, bytes)
_EXACTLY: Final[dict[type, Callable[[Any], Plain]]] = {
    bool: bool,
    int: int,
    float: float,
    str: str.__str__,
    bytes: bytes,
}
"""How a value of a subclass (an IntEnum member's) becomes one of the plain class."""


def enum_codec(form: Form, resolver: CodecResolver) -> Codec:
    """An Enum class.

    Raises:
        UnsupportedTypeError: a Flag, or a class without members.
    """
    cls: Any = form.origin
    if issubclass(cls, enum.Flag):
        raise unsupported(
            f"{form} is a Flag, whose values are combinations without a name",
            form,
            fix="use an int, or a set of an Enum",
        )
    if not len(cls):
        raise unsupported(f"{form} has no members", cls, fix="give it members")
    by_value = resolver.options.dialect == "v1" and all(isinstance(member.value, str) for member in cls)
    return _Enum(form, list(cls), by_value=by_value, described=by_value).codec()


@final
class _Enum:
    """The functions of one enum's codec, for all of its members or some (typing.Literal)."""

    def __init__(self, form: Form, members: list[Any], *, by_value: bool, described: bool) -> None:
        self.form = form
        self.cls: Any = type(members[0])
        self.members = members
        self.by_value = by_value
        self.described = described
        self.values = {m.value: m for m in members if isinstance(m.value, str)}
        self.names = {name: m for name, m in self.cls.__members__.items() if m in members}
        self.unclear = {text for text, m in self.values.items() if self.names.get(text, m) is not m}
        literals = [self._literal(member) for member in members]
        self.by_bytes = dict(zip(literals, members, strict=True))
        # By identity: a member is one object, and its hash is a function in Python, or missing.
        self.by_identity = {id(member): literal for member, literal in zip(members, literals, strict=True)}

    def _text(self, member: Any) -> str:
        return str(member.value) if self.by_value else member.name

    def _literal(self, member: object) -> bytes:
        text = self._text(member)
        literal = encode_text(str.__str__(text))
        if text in self.unclear:
            return with_metadata(literal, _MEANS, "value" if self.by_value else "name")
        return literal

    def member(self, value: Any) -> Any:
        """The member that a value is or names."""
        if type(value) is self.cls and id(value) in self.by_identity:
            return value
        if type(value) is str:
            first, second = (self.values, self.names) if self.by_value else (self.names, self.values)
            found = first.get(value) or second.get(value)
            if found is not None and value not in self.unclear:
                return found
        raise wrong_value(self.expected, value)

    @property
    def expected(self) -> str:
        """The members, for errors."""
        shown = ", ".join(f"{self.cls.__name__}.{member.name}" for member in self.members[:8])
        return f"{self.form} ({shown}{', …' if len(self.members) > 8 else ''})"  # noqa: PLR2004 - as many as fit a line

    def encode(self, value: Any) -> bytes:
        return self.by_identity.get(id(value)) or self.by_identity[id(self.member(value))]

    def quick(self, data: bytes) -> Any:
        # Fast path of `typeengine.codec.plain_decode`: no message is parsed. Law: `tests/laws/test_fast_paths.py`.
        return self.by_bytes.get(data, MISS)

    def read(self, literal: pb.Literal) -> Any:
        primitive = literal.scalar.primitive
        if primitive.WhichOneof("value") != "string_value":
            if literal.scalar.WhichOneof("value") == "primitive":
                raise wrong_literal(self.expected, literal_text(literal)[:120])
            return foreign(literal, self.read, self.from_plain, self.expected)
        text = primitive.string_value
        if text in self.unclear:
            means = literal.metadata.get(_MEANS, "")
            if means not in ("value", "name"):
                raise wrong_literal(
                    self.expected,
                    f"{text!r}, the value of {self.values[text].name} and the name of {text}",
                    fix="rename one of them, or decode with the dialect that wrote it",
                )
            return (self.values if means == "value" else self.names)[text]
        found = self.values.get(text) or self.names.get(text)
        if found is None:
            raise wrong_literal(self.expected, preview(text))
        return found

    def to_plain(self, value: Any) -> Plain:
        member = self.member(value)
        plain = member.value
        if isinstance(plain, _PLAIN):
            return next((_EXACTLY[base](plain) for base in _EXACTLY if isinstance(plain, base)), plain)
        return member.name

    def from_plain(self, tree: Plain) -> Any:
        for member in self.members:
            same = (
                type(tree) is type(member.value)
                or isinstance(tree, (int, float))
                or isinstance(member.value, enum.Enum)
            )
            if same and member.value == tree and (type(tree) is bool) == (type(member.value) is bool):
                return member
        if type(tree) is str:
            for member in self.members:
                if member.value == tree:
                    return member
            found = self.names.get(tree)
            if found is not None:
                return found
        raise wrong_literal(self.expected, preview(tree))

    def whole(self) -> dict[str, Any]:
        """The conversions of whole lists of members; where their values are not all texts, or ints, those run the user's code."""
        kinds: set[type[object]] = {class_of(member.value) for member in self.members}
        if kinds not in ({str}, {int}):
            return {}
        plain = {id(member): member.value for member in self.members}
        by_identity = looked_up(plain, int)
        back = looked_up({member.value: member for member in self.members}, *kinds)

        def to_plains(values: list[Any]) -> list[Plain] | None:
            return by_identity(list(map(id, values)))

        return {"to_plains": to_plains, "from_plains": back}

    def accepts(self, value: Any) -> bool:
        try:
            self.member(value)
        except TypeTransformerFailedError:
            return False
        return True

    def make_type(self, _: Open) -> Any:
        return pb.LiteralType(
            enum_type=pb.EnumType(values=[str.__str__(self._text(member)) for member in self.members])
        )

    def make_schema(self, context: SchemaContext) -> dict[str, Any]:
        if context.references and len(self.members) == len(self.cls):
            name = self.cls.__name__
            context.definitions[name] = {"type": "string", "title": name, "enum": [one.name for one in self.members]}
            return {"$ref": f"#/$defs/{name}"}
        return {"enum": [self.to_plain(member) for member in self.members]}

    def codec(self) -> Codec:
        return Codec(
            self.form,
            tag=ENUM_TAG,
            make_type=self.make_type,
            encode=self.encode,
            read=self.read,
            decode=decoder(self.quick, plain_decode(self.read)),
            to_plain=self.to_plain,
            from_plain=self.from_plain,
            accepts=self.accepts,
            classes=(self.cls,),
            make_schema=self.make_schema,
            described=self.described,
            extra={TEXTS: (tuple(m.name for m in self.members), tuple(str(m.value) for m in self.members))},
            **self.whole(),
        )


def literal_codec(form: Form, resolver: CodecResolver) -> Codec:  # noqa: C901 - a codec's functions share what surrounds them
    """typing.Literal of values of one class."""
    cls = form.values[0][0]
    allowed: tuple[Any, ...] = tuple(value for _, value in form.values)
    v1 = resolver.options.dialect == "v1"
    if issubclass(cls, enum.Enum):
        by_value = v1 and all(isinstance(member.value, str) for member in cast("Any", cls))
        return _Enum(form, list(allowed), by_value=by_value, described=by_value).codec()
    base: Codec = resolver.codec(cls)

    def member(value: Any) -> Any:
        if type(value) is cls or (isinstance(value, cls) and not isinstance(value, bool)):
            for one in allowed:
                if one == value:
                    return one
        raise wrong_value(str(form), value)

    def found(value: Any) -> Any:
        for one in allowed:
            if one == value:
                return one
        raise wrong_literal(str(form), preview(value))

    whole = some_of(allowed, cls) if base.extra.get(OWN) == {cls} else None

    def make_type(open_: Open) -> Any:
        if not v1 and cls is str:
            return pb.LiteralType(enum_type=pb.EnumType(values=list(allowed)))
        out = pb.LiteralType()
        out.CopyFrom(base.make_type(open_))
        if cls is not bytes:
            out.annotation.annotations.CopyFrom(plain_struct({"literal_values": list(allowed)}))
        return out

    def accepts(value: Any) -> bool:
        try:
            member(value)
        except TypeTransformerFailedError:
            return False
        return True

    return base.with_changes(
        form=form,
        tag=_LITERAL_TAG if v1 else ENUM_TAG,
        make_type=make_type,
        encode=_through(member, base.encode),
        read=_through(base.read, found),
        decode=_through(base.decode, found),
        to_plain=_through(member, base.to_plain),
        from_plain=_through(base.from_plain, found),
        accepts=accepts,
        extra={TAGS: (_LITERAL_TAG, ENUM_TAG), TEXTS: (allowed,) if cls is str else ()},
        to_plains=whole,
        from_plains=whole,
        make_schema=_literal_schema(allowed, cls),
    )


def _literal_schema(allowed: tuple[Any, ...], cls: type) -> MakeSchema:
    """The schema of some values; pydantic's wording names their type too."""
    named = {str: "string", int: "integer", bool: "boolean"}.get(cls)

    def make_schema(context: SchemaContext) -> dict[str, Any]:
        words: dict[str, Any] = {"const": allowed[0]} if len(allowed) == 1 else {"enum": list(allowed)}
        return {**words, "type": named} if context.references and named else words

    return make_schema


def _through(first: Callable[[Any], Any], second: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: second(first(value))


ROWS: Final = (
    CodecRow("Literal", lambda form: form.origin is Special.LITERAL, literal_codec),
    CodecRow("Enum", lambda form: form.cls is not None and issubclass(form.cls, enum.Enum), enum_codec),
)

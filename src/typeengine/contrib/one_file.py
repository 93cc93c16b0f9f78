"""Values that are kept in one file each, in a format of their library's.

Wire: `blob{format, SINGLE}` with the file's address; inside structs the file's bytes. The file is written and read through the
file system, so memory does not grow with it beyond what the library takes.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar, final

from literals import attempt, pb, preview
from typeengine.builtin.copies import copied_together
from typeengine.codec import Codec, Open, Plain
from typeengine.errors import TypeTransformerFailedError, reason_of, wrong_literal, wrong_value
from typeengine.hints.forms import Form
from typeengine.raw_data import storage
from typeengine.wire.foreign_literals import foreign

V = TypeVar("V")


def _anything(_: object) -> None:
    """No value is refused."""


@final
@dataclass(frozen=True)
class FileFormat(Generic[V]):
    """How values of some classes are kept in a file.

    Attributes: `tag` (the name in a union), `format` (of the blob), `name` (of the file), `expected` (a value, in words of an
    error), `classes` (exact classes of the values), `write` and `read` (to and from an open file that can seek; they may raise
    anything), `check` (raises `TypeTransformerFailedError` for a value that is not of the declared type; called both ways),
    `fix` (what helps where a value cannot be written), `subclasses` (values of subclasses are written as the class, and come back so).
    """

    tag: str
    format: str
    name: str
    expected: str
    classes: tuple[type, ...]
    write: Callable[[V, BinaryIO], object]
    read: Callable[[BinaryIO], V]
    check: Callable[[V], None] = _anything
    fix: str = ""
    subclasses: bool = False

    def takes(self, value: V) -> bool:
        """Whether a value is of one of the classes."""
        return type(value) in self.classes or (self.subclasses and isinstance(value, self.classes))

    def checked(self, value: V) -> V:
        """A value that may be written.

        Raises:
            TypeTransformerFailedError: it is of another class, or not of the declared type.
        """
        if not isinstance(value, self.classes):
            raise wrong_value(self.expected, value)
        if not self.takes(value):
            raise wrong_value(f"{self.expected} of exactly this class", value, fix=self.fix)
        self.check(value)
        return value

    def dump(self, value: V, stream: BinaryIO) -> None:
        """Write a value.

        Raises:
            TypeTransformerFailedError: the library refuses it.
        """
        made = attempt(self.write, value, stream)
        if isinstance(made.error, TypeTransformerFailedError):
            raise made.error
        if made.error is not None:
            error = wrong_value(self.expected, value, fix=self.fix)
            error.got = f"{error.got} ({reason_of(made.error)})"
            raise error from made.error

    def load(self, stream: BinaryIO) -> V:
        """The value in a file.

        Raises:
            TypeTransformerFailedError: the file is of another format, or of a value that is not of the declared type.
        """
        made = attempt(self.read, stream)
        if made.error is not None:
            raise wrong_literal(f"the file of {self.expected}", reason_of(made.error)) from made.error
        value = made.unwrap()
        if type(value) not in self.classes:
            raise wrong_literal(f"the file of {self.expected}", f"that of a {type(value).__name__}")
        self.check(value)
        return value


def file_codec(form: Form, kept: FileFormat[V]) -> Codec:
    """The codec of a class whose values are kept so."""

    def encode(value: V) -> bytes:
        given = kept.checked(value)

        def make(path: Path) -> None:
            with path.open("wb") as stream:
                kept.dump(given, stream)

        literal = pb.Literal()
        literal.scalar.blob.uri = storage().keep_made(make, kept.name)
        literal.scalar.blob.metadata.type.format = kept.format
        return literal.SerializeToString(deterministic=True)

    def read(literal: pb.Literal) -> V:
        if literal.scalar.WhichOneof("value") != "blob":
            return foreign(literal, read, from_plain, kept.expected)
        with storage().at_hand(literal.scalar.blob.uri) as path, path.open("rb") as stream:
            return kept.load(stream)

    def to_plain(value: V) -> Plain:
        stream = io.BytesIO()
        kept.dump(kept.checked(value), stream)
        return stream.getvalue()

    def from_plain(tree: Plain) -> V:
        if not isinstance(tree, bytes):
            raise wrong_literal(f"the bytes of the file of {kept.expected}", preview(tree))
        return kept.load(io.BytesIO(tree))

    def accepts(value: V) -> bool:
        if not kept.takes(value):
            return False
        try:
            kept.check(value)
        except TypeTransformerFailedError:
            return False
        return True

    def make_type(_: Open) -> pb.LiteralType:
        literal_type = pb.LiteralType()
        literal_type.blob.format = kept.format
        return literal_type

    return Codec(
        form,
        tag=kept.tag,
        make_type=make_type,
        encode=encode,
        read=read,
        to_plain=to_plain,
        from_plain=from_plain,
        make_schema=lambda _: {"type": "string", "format": "base64"},
        accepts=accepts,
        classes=kept.classes,
        **copied_together(encode),
    )

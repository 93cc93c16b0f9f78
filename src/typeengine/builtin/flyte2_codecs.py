"""Codecs of Flyte 2's File, Dir and DataFrame.

Wire: `blob{format "", SINGLE | MULTIPART}` in the type; the value's address and format in the blob, its content hash in
`Literal.hash`; inside structs an object of path, name, format and hash. Tags are the class names.
"""

from __future__ import annotations

from typing import Any

from literals import pb
from typeengine.builtin.flyte2_files import Dir, File
from typeengine.codec import Codec, Open
from typeengine.errors import wrong_literal, wrong_value
from typeengine.hints.forms import Form
from typeengine.registry import CodecResolver, CodecRow
from typeengine.wire.foreign_literals import foreign


def remote_codec(form: Form, resolver: CodecResolver) -> Codec:
    """File or Dir."""
    del resolver
    kind: Any = form.origin
    shape: Any = 1 if kind.is_folder else 0

    def make_type(_: Open) -> Any:
        literal_type = pb.LiteralType()
        literal_type.blob.SetInParent()
        literal_type.blob.dimensionality = shape
        return literal_type

    def checked(value: Any) -> Any:
        if not isinstance(value, kind):
            raise wrong_value(f"a {kind.__name__}", value)
        return value

    def encode(value: Any) -> bytes:
        given = checked(value)
        literal = pb.Literal()
        literal.scalar.blob.uri = given.path
        literal.scalar.blob.metadata.type.format = given.format
        literal.scalar.blob.metadata.type.dimensionality = shape
        literal.hash = given.hash or ""
        return literal.SerializeToString(deterministic=True)

    def read(literal: pb.Literal) -> Any:
        if literal.scalar.WhichOneof("value") != "blob":
            return foreign(literal, read, kind.of_tree, f"a {kind.__name__}")
        blob = literal.scalar.blob
        if blob.metadata.type.dimensionality != shape:
            raise wrong_literal(f"a {kind.__name__}", f"the other kind of blob at {blob.uri}")
        return kind(path=blob.uri, format=blob.metadata.type.format, hash=literal.hash or None)

    return Codec(
        form,
        tag=kind.__name__,
        make_type=make_type,
        make_schema=lambda _: kind.schema(),
        encode=encode,
        read=read,
        to_plain=lambda value: checked(value).tree(),
        from_plain=kind.of_tree,
        accepts=lambda value: isinstance(value, kind),
        classes=(kind,),
    )


ROWS: tuple[CodecRow, ...] = (
    CodecRow(
        "File, Dir of Flyte 2", lambda form: form.cls is not None and issubclass(form.cls, (File, Dir)), remote_codec
    ),
)

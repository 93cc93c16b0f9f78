"""Codecs of references: FlyteFile, FlyteDirectory, os.PathLike, FlyteError, FlyteSchema, text and binary streams.

Wire: a file is `blob{format, SINGLE}`, a folder `blob{format, MULTIPART}`, each with its address; inside structs an object
`{"path": address}` (a file also has its `metadata`). FlyteError is `scalar.error`, FlyteSchema `scalar.schema`.
Source of the rules: flytekit. Datasets are in `frames`, iterators in
`iterators`; the rows of all are here.
"""

from __future__ import annotations

import datetime as dt
import os
import pathlib
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from drawloom.context import is_remote, local_path
from literals import is_dict, is_path, pb, preview
from typeengine.builtin import dataframe_codecs, flyte2_codecs, iterators
from typeengine.builtin.copies import copied_together
from typeengine.builtin.flyte_files import FlyteDirectory, FlyteFile
from typeengine.builtin.flyte_reference import BatchSize, FlyteReference, address_of, given, metadata_of, object_of
from typeengine.builtin.flyte_schema import FlyteSchema
from typeengine.codec import Codec, Plain, SchemaContext
from typeengine.errors import unsupported, wrong_literal, wrong_value
from typeengine.hints.forms import Form
from typeengine.raw_data import storage
from typeengine.registry import CodecResolver, CodecRow
from typeengine.wire.foreign_literals import foreign

_SINGLE, _MULTIPART = 0, 1
_PATH_SCHEMA: Mapping[str, Any] = {
    "default": None,
    "anyOf": [{"type": "string"}, {"type": "string", "format": "path"}],
}
_METADATA_SCHEMA: Mapping[str, Any] = {
    "default": None,
    "anyOf": [
        {"type": "object", "additionalProperties": {"type": "string"}, "propertyNames": {"type": "string"}},
        {"type": "null"},
    ],
}


@dataclass
class FlyteError:
    """What a failure handler is told: the message, and the id of the node that failed."""

    message: str
    failed_node_id: str


def reference_codec(form: Form, engine: Any) -> Codec:
    """FlyteFile or FlyteDirectory, of any format."""
    del engine
    kind: Any = form.origin
    batch = next((note.value.val for note in form.notes if isinstance(note.value, BatchSize)), None)
    is_folder = bool(kind.is_folder)
    shape: Any = _MULTIPART if is_folder else _SINGLE

    def make_type(_: object) -> Any:
        literal_type = pb.LiteralType()
        literal_type.blob.SetInParent()
        literal_type.blob.format = kind.extension()
        literal_type.blob.dimensionality = shape
        return literal_type

    def encode(value: Any) -> bytes:
        literal = pb.Literal()
        literal.scalar.blob.metadata.type.CopyFrom(make_type(None).blob)
        literal.scalar.blob.uri = address_of(value, kind, batch)
        literal.metadata.update(metadata_of(value))
        return literal.SerializeToString(deterministic=True)

    def read(literal: pb.Literal) -> Any:
        if literal.scalar.WhichOneof("value") != "blob":
            return foreign(literal, read, from_plain, f"a {kind.__name__}")
        blob = literal.scalar.blob
        if blob.metadata.type.dimensionality != shape:
            raise wrong_literal(
                f"a {'folder' if is_folder else 'file'}", f"a {'file' if is_folder else 'folder'} at {blob.uri}"
            )
        return given(blob.uri, kind, dict(literal.metadata) or None)

    def to_plain(value: Any) -> Any:
        return object_of(value, kind, batch)

    def from_plain(tree: Plain) -> Any:
        if isinstance(tree, str):
            return given(tree, kind)
        if not isinstance(tree, dict):
            raise wrong_literal(f"a {kind.__name__}", preview(tree))
        return given(tree.get("path"), kind, _read_metadata(tree.get("metadata")))

    return Codec(
        form,
        tag="FlyteDirectory" if is_folder else "FlyteFilePath",
        make_type=make_type,
        make_schema=lambda _: reference_schema(kind),
        encode=encode,
        read=read,
        to_plain=to_plain,
        from_plain=from_plain,
        accepts=lambda value: _is_reference(value, kind),
        classes=(kind,),
        **copied_together(encode),
    )


def reference_schema(kind: Any) -> dict[str, Any]:
    """The JSON schema of a reference inside a dataclass, as mashumaro writes flytekit's classes."""
    properties: dict[str, Any] = {"path": dict(_PATH_SCHEMA)}
    if not kind.is_folder:
        properties["metadata"] = dict(_METADATA_SCHEMA)
    name = "FlyteDirectory" if kind.is_folder else "FlyteFile"
    return {"type": "object", "title": name, "properties": properties, "additionalProperties": False}


def _read_metadata(tree: object) -> dict[str, str] | None:
    if tree is None:
        return None
    if not is_dict(tree) or not all(isinstance(item, str) for pair in tree.items() for item in pair):
        raise wrong_literal("metadata that is text by text", preview(tree)).at(".metadata")
    return typing.cast("dict[str, str]", tree)


def _is_reference(value: Any, kind: Any) -> bool:
    if isinstance(value, FlyteReference):
        return value.is_folder is kind.is_folder and (
            not kind.extension() or value.extension() in ("", kind.extension())
        )
    if not is_path(value):
        return False
    text = os.fspath(value)
    if not isinstance(text, str):
        return False
    path = local_path(text)
    return is_remote(text) or (path.is_dir() if kind.is_folder else path.is_file())


def path_like_codec(form: Form, engine: CodecResolver) -> Codec:
    """os.PathLike: the address as it is, nothing copied, checked or fetched; a FlyteFile comes back."""
    inner = reference_codec(Form(FlyteFile, spelling="os.PathLike"), engine)

    def address(value: Any) -> str:
        if isinstance(value, FlyteReference):
            return value.remote_source or os.fspath(value.path)
        text = os.fspath(value) if is_path(value) else None
        if isinstance(text, str):
            return text
        raise wrong_value("a path, or text that is one", value)

    def encode(value: Any) -> bytes:
        literal = pb.Literal()
        literal.scalar.blob.metadata.type.SetInParent()
        literal.scalar.blob.uri = address(value)
        literal.metadata.update(metadata_of(value))
        return literal.SerializeToString(deterministic=True)

    def read(literal: pb.Literal) -> Any:
        if literal.scalar.WhichOneof("value") != "blob":
            return foreign(literal, read, from_plain, "a path")
        return FlyteFile(literal.scalar.blob.uri, metadata=dict(literal.metadata) or None)

    def from_plain(tree: Plain) -> Any:
        uri = tree.get("path") if isinstance(tree, dict) else tree
        if not isinstance(uri, str):
            raise wrong_literal("a path", preview(tree))
        return FlyteFile(uri)

    return inner.with_changes(
        form=form,
        encode=encode,
        read=read,
        to_plain=lambda value: {"path": address(value)},
        from_plain=from_plain,
        accepts=lambda value: isinstance(value, (str, os.PathLike)),
        classes=(os.PathLike,),
    )


def error_codec(form: Form, engine: CodecResolver) -> Codec:
    """FlyteError."""
    del engine

    def make_type(_: object) -> Any:
        return pb.LiteralType(simple=pb.SimpleType.Value("ERROR"))

    def checked(value: Any) -> FlyteError:
        fits = isinstance(value, FlyteError) and type(value.message) is str and type(value.failed_node_id) is str
        if not fits:
            raise wrong_value("a FlyteError with text for message and node", value)
        return value

    def encode(value: Any) -> bytes:
        error = checked(value)
        literal = pb.Literal()
        literal.scalar.error.SetInParent()
        literal.scalar.error.message, literal.scalar.error.failed_node_id = error.message, error.failed_node_id
        return literal.SerializeToString(deterministic=True)

    def read(literal: pb.Literal) -> Any:
        if literal.scalar.WhichOneof("value") != "error":
            return foreign(literal, read, from_plain, "a FlyteError")
        return FlyteError(message=literal.scalar.error.message, failed_node_id=literal.scalar.error.failed_node_id)

    def from_plain(tree: Plain) -> Any:
        message, node = (tree.get("message"), tree.get("failed_node_id")) if isinstance(tree, dict) else (None, None)
        if not isinstance(message, str) or not isinstance(node, str):
            raise wrong_literal("a FlyteError", preview(tree))
        return FlyteError(message=message, failed_node_id=node)

    def to_plain(value: Any) -> Plain:
        error = checked(value)
        return {"message": error.message, "failed_node_id": error.failed_node_id}

    def make_schema(_: SchemaContext) -> dict[str, Any]:
        text = {"type": "string"}
        return {
            "type": "object",
            "title": "FlyteError",
            "properties": {"message": dict(text), "failed_node_id": dict(text)},
            "additionalProperties": False,
            "required": ["message", "failed_node_id"],
        }

    return Codec(
        form,
        tag="FlyteError",
        make_type=make_type,
        make_schema=make_schema,
        encode=encode,
        read=read,
        to_plain=to_plain,
        from_plain=from_plain,
        accepts=lambda value: isinstance(value, FlyteError),
        classes=(FlyteError,),
    )


_COLUMN_TYPES: Mapping[Any, int] = {
    int: 0,
    float: 1,
    str: 2,
    bool: 3,
    dt.datetime: 4,
    dt.timedelta: 5,
}
"""Numbers of SchemaColumnType."""


def schema_codec(form: Form, engine: Any) -> Codec:  # noqa: C901 - one closure for each of a codec's functions
    """FlyteSchema: the address of parquet data."""
    del engine
    kind: Any = form.origin
    for name, column in kind.columns().items():
        if column not in _COLUMN_TYPES:
            raise unsupported(
                "FlyteSchema has no column of this type", column, fix="use int, float, str, bool, datetime or timedelta"
            ).at(f".{name}")

    def fill(message: Any) -> None:
        message.SetInParent()
        for name, column in kind.columns().items():
            message.columns.add(name=name, type=_COLUMN_TYPES[column])

    def make_type(_: object) -> Any:
        literal_type = pb.LiteralType()
        fill(literal_type.schema)
        return literal_type

    def address(value: Any) -> str:
        if not isinstance(value, FlyteSchema):
            if not dataframe_codecs.is_frame(Form(type(value))):
                raise wrong_value("a FlyteSchema, or a frame to be written as one", value)
            written = kind()
            written.open().write(value)
            return written.ensure_address()
        if value.remote_path:
            return value.remote_path
        if value.local_path is None:
            return value.ensure_address()
        return storage().keep(value.local_path, storage().is_folder(value.local_path))

    def encode(value: Any) -> bytes:
        literal = pb.Literal()
        literal.scalar.schema.uri = address(value)
        fill(literal.scalar.schema.type)
        return literal.SerializeToString(deterministic=True)

    def read(literal: pb.Literal) -> Any:
        holds = literal.scalar.WhichOneof("value")
        if holds in ("schema", "structured_dataset"):
            return kind(remote_path=getattr(literal.scalar, holds).uri)
        return foreign(literal, read, from_plain, "a FlyteSchema")

    def from_plain(tree: Plain) -> Any:
        uri = tree.get("remote_path") if isinstance(tree, dict) else None
        if not isinstance(uri, str):
            raise wrong_literal("a FlyteSchema", preview(tree))
        return kind(remote_path=uri)

    def make_schema(_: SchemaContext) -> dict[str, Any]:
        path = {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}
        return {
            "type": "object",
            "title": "FlyteSchema",
            "properties": {"remote_path": path},
            "additionalProperties": False,
        }

    return Codec(
        form,
        tag="FlyteSchema Transformer",
        make_type=make_type,
        make_schema=make_schema,
        encode=encode,
        read=read,
        to_plain=lambda value: {"remote_path": address(value)},
        from_plain=from_plain,
        accepts=lambda value: isinstance(value, FlyteSchema) or dataframe_codecs.is_frame(Form(type(value))),
        classes=(kind,),
    )


def stream_codec(form: Form, engine: CodecResolver) -> Codec:
    """typing.TextIO and typing.BinaryIO: a file's address; a stream open for reading comes back."""
    is_text = form.origin is typing.TextIO
    blob_format = "text/plain" if is_text else "application/octet-stream"
    files = reference_codec(Form(FlyteFile[blob_format], spelling=str(form)), engine)

    def named(value: Any) -> str:
        name = getattr(value, "name", None)
        if not isinstance(name, str) or not hasattr(value, "read"):
            raise wrong_value(
                "an open file that has a name", value, fix="write the content to a file and give FlyteFile(path)"
            )
        return name

    def opened(file: Any) -> Any:
        path = pathlib.Path(file)
        return path.open(encoding="utf-8") if is_text else path.open("rb")

    def through(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda given_: opened(convert(given_))

    return files.with_changes(
        form=form,
        tag="TextIO" if is_text else "BinaryIO",
        encode=lambda value: files.encode(FlyteFile(named(value))),
        read=through(files.read),
        to_plain=lambda value: files.to_plain(FlyteFile(named(value))),
        from_plain=through(files.from_plain),
        accepts=lambda value: hasattr(value, "read") and isinstance(getattr(value, "name", None), str),
        classes=(),
    )


ROWS: tuple[CodecRow, ...] = (
    CodecRow(
        "FlyteFile, FlyteDirectory",
        lambda form: form.cls is not None and issubclass(form.cls, FlyteReference),
        reference_codec,
    ),
    CodecRow("os.PathLike", lambda form: form.origin is os.PathLike, path_like_codec),
    CodecRow("FlyteError", lambda form: form.origin is FlyteError, error_codec),
    CodecRow("FlyteSchema", lambda form: form.cls is not None and issubclass(form.cls, FlyteSchema), schema_codec),
    CodecRow("TextIO, BinaryIO", lambda form: form.origin in (typing.TextIO, typing.BinaryIO), stream_codec),
    *iterators.ROWS,
    *dataframe_codecs.ROWS,
    *flyte2_codecs.ROWS,
)

__all__ = ["ROWS", "FlyteDirectory", "FlyteError", "FlyteFile", "FlyteSchema", "reference_codec", "reference_schema"]

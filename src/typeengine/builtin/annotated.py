"""What `Annotated` adds to any codec: a hash on the literal, an annotation on the literal type."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, cast

import literals
from literals import DrawloomError, attempt, error_text, pb, preview
from typeengine.annotations import FlyteAnnotation, HashMethod
from typeengine.codec import Codec, MakeType, Open
from typeengine.errors import TypeTransformerFailedError
from typeengine.hints.forms import Form, Special
from typeengine.hints.hint_of_form import hint_of
from typeengine.wire.literal_bytes import struct_bytes, with_hash
from typeengine.wire.plain_values import pack, plain_struct

HASHED = "hash"
"""Marks a codec, in its `extra`, that puts a hash on its literals, or a part of which does."""
_RESERVED = "cache-key-metadata"
_CONSTRAINTS = "typeengine.contrib.constraints"


def annotated(form: Form, codec: Codec, options: Any) -> Codec:
    """`codec` with what the notes of `form` ask for.

    Raises:
        TypeTransformerFailedError: more than one FlyteAnnotation, or one that uses a reserved key.
    """
    if not form.notes:
        return codec
    changes: dict[str, Any] = {"form": form}
    values = [note.value for note in form.notes]
    hashes = [cast("HashMethod[Any]", value) for value in values if isinstance(value, HashMethod)]
    if hashes:
        changes["encode"] = _hashed(codec.encode, hashes[0])
        changes["extra"] = {**codec.extra, HASHED: True}
        if options.hashing:
            changes["to_plain"] = _digested(hashes[0])
    annotations = [note.value for note in form.notes if isinstance(note.value, FlyteAnnotation)]
    if len(annotations) > 1:
        raise TypeTransformerFailedError(
            "a type has more than one FlyteAnnotation",
            expected="at most one",
            got=str(len(annotations)),
            fix="merge them into one",
        )
    if annotations:
        if _RESERVED in annotations[0].data:
            raise TypeTransformerFailedError(
                f"the key {_RESERVED!r} of a FlyteAnnotation is reserved",
                expected=f"other keys than {_RESERVED!r}",
                got=repr(_RESERVED),
                fix="use another key",
            )
        changes["make_type"] = _annotated_type(codec.make_type, annotations[0].data)
    if options.dialect == "v2" and any(_is_constraint(note.value) for note in form.notes):
        changes["make_type"] = _constrained_type(changes.get("make_type", codec.make_type), form)
    return codec.with_changes(decode=codec.decode, **changes)


def _is_constraint(note: object) -> bool:
    return type(note).__module__.partition(".")[0] in ("pydantic", "annotated_types")


def _constrained_type(make_type: MakeType, form: Form) -> MakeType:
    """Dialect v2: what pydantic's and annotated_types' metadata adds to the JSON schema goes into the type's metadata.

    Of a union, the variants have what it adds to them, but for what the union itself has.
    """

    def make(open_: Open) -> pb.LiteralType:
        constraints = importlib.import_module(_CONSTRAINTS)
        notes = tuple(note.value for note in form.notes)
        out = pb.LiteralType()
        out.CopyFrom(make_type(open_))
        words: dict[str, Any] = constraints.schema_words(hint_of(form.bare), notes)
        _describe(out, words)
        if form.origin is Special.UNION:
            for arg, variant in zip(form.args or (), out.union_type.variants, strict=True):
                found: dict[str, Any] = {}
                if arg.origin is not Special.NONE:
                    found = constraints.schema_words(hint_of(arg), notes)
                if found:
                    variant.metadata.SetInParent()
                _describe(variant, {key: value for key, value in found.items() if key not in words})
        return out

    return make


def _describe(target: pb.LiteralType, words: dict[str, Any]) -> None:
    for key, value in plain_struct(words).fields.items():
        target.metadata.fields[key].CopyFrom(value)


def _hashed(encode: Callable[[Any], bytes], method: HashMethod[Any]) -> Callable[[Any], bytes]:
    def encode_hashed(value: Any) -> bytes:
        return with_hash(encode(value), digest_of(method, value))

    return encode_hashed


def _digested(method: HashMethod[Any]) -> Callable[[Any], Any]:
    return lambda value: {HASHED: digest_of(method, value)}


def with_inner_hashes(codec: Codec, hashing: Codec) -> Codec:
    """A struct with hashed parts: its literal's hash is that of the struct in which those parts are their hashes.

    `hashing` is the codec of the same type in an engine whose hashed types have the hash for their plain form.
    """
    encode, essence = codec.encode, hashing.to_plain

    def encode_hashed(value: Any) -> bytes:
        return with_hash(encode(value), literals.digest(struct_bytes(pack(essence(value)))).hex())

    return codec.with_changes(encode=encode_hashed, decode=codec.decode, extra={**codec.extra, HASHED: True})


def digest_of(method: HashMethod[Any], value: Any) -> str:
    """The hash that the user's function gives."""
    outcome = attempt(method.calculate, value)
    error = outcome.error
    if error is None or isinstance(error, DrawloomError) or not isinstance(error, Exception):
        return outcome.unwrap()
    failed = TypeTransformerFailedError(
        f"the function of a HashMethod failed ({error_text(error)})",
        expected="a hash, as text",
        got=preview(value),
        fix="mend the function",
    )
    raise failed from error


def _annotated_type(make_type: MakeType, data: dict[str, Any]) -> MakeType:
    def make(open_: Open) -> Any:
        out = pb.LiteralType()
        out.CopyFrom(make_type(open_))
        fields = out.annotation.annotations.fields
        out.annotation.annotations.SetInParent()
        for key, value in plain_struct(data).fields.items():
            if key not in fields:
                fields[key].CopyFrom(value)
        return out

    return make

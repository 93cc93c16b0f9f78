"""What `Annotated` adds to any codec: a hash on the literal, an annotation on the literal type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from literals import WeftError, attempt, pb, preview
from typeengine.annotations import FlyteAnnotation, HashMethod
from typeengine.codec import Codec, MakeType, Open
from typeengine.errors import TypeTransformerFailedError
from typeengine.forms import Form
from typeengine.framing import with_hash
from typeengine.packed import plain_struct

_RESERVED = "cache-key-metadata"


def annotated(form: Form, codec: Codec) -> Codec:
    """`codec` with what the notes of `form` ask for.

    Raises:
        TypeTransformerFailedError: more than one FlyteAnnotation, or one that uses a reserved key.
    """
    if not form.notes:
        return codec
    changes: dict[str, Any] = {"form": form}
    hashes = [note.value for note in form.notes if isinstance(note.value, HashMethod)]
    if hashes:
        changes["encode"] = _hashed(codec.encode, hashes[0])
    annotations = [note.value for note in form.notes if isinstance(note.value, FlyteAnnotation)]
    if len(annotations) > 1:
        raise TypeTransformerFailedError(
            "a type has more than one FlyteAnnotation", got=str(len(annotations)), fix="merge them into one"
        )
    if annotations:
        if _RESERVED in annotations[0].data:
            raise TypeTransformerFailedError(
                f"the key {_RESERVED!r} of a FlyteAnnotation is reserved", fix="use another key"
            )
        changes["make_type"] = _annotated_type(codec.make_type, annotations[0].data)
    return codec.with_changes(decode=codec.decode, **changes)


def _hashed(encode: Callable[[Any], bytes], method: HashMethod[Any]) -> Callable[[Any], bytes]:
    def encode_hashed(value: Any) -> bytes:
        return with_hash(encode(value), digest_of(method, value))

    return encode_hashed


def digest_of(method: HashMethod[Any], value: Any) -> str:
    """The hash that the user's function gives."""
    outcome = attempt(method.calculate, value)
    error = outcome.error
    if error is None or isinstance(error, WeftError) or not isinstance(error, Exception):
        return outcome.unwrap()
    failed = TypeTransformerFailedError(
        f"the function of a HashMethod failed ({type(error).__name__}: {error})", got=preview(value)
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

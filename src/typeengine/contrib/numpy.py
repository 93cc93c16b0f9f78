"""numpy: arrays as `.npy` files, scalars as the Python scalar of their kind.

Wire: an array is `blob{NumpyArray, SINGLE}`, as flytekit writes it; inside structs the `.npy` bytes themselves. Arrays of
Python objects need pickle, which `Annotated[np.ndarray, kwtypes(allow_pickle=True)]` opts in to; `mmap_mode` there is used
for local files. A scalar (`np.int64`, `np.float32`, ...) has the literal of int, float, bool, str or bytes.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np

from drawloom.context import is_remote, local_path
from literals import error_text, pb, preview
from typeengine.codec import Codec
from typeengine.errors import TypeTransformerFailedError, unsupported, wrong_literal, wrong_value
from typeengine.hints.forms import Form
from typeengine.raw_data import storage
from typeengine.registry import CodecResolver, CodecRow
from typeengine.wire.foreign_literals import foreign

FORMAT = "NumpyArray"
_KINDS: tuple[tuple[Any, type], ...] = (
    (np.bool_, bool),
    (np.timedelta64, type(None)),
    (np.integer, int),
    (np.floating, float),
    (np.str_, str),
    (np.bytes_, bytes),
)


def array_codec(form: Form, resolver: CodecResolver) -> Codec:  # noqa: C901 - one closure for each of a codec's functions
    """numpy.ndarray."""
    del resolver
    options: Mapping[str, Any] = next((note.value for note in form.notes if isinstance(note.value, Mapping)), {})
    allow_pickle = options.get("allow_pickle") is True
    mmap_mode = options.get("mmap_mode")

    def make_type(_: Any) -> Any:
        literal_type = pb.LiteralType()
        literal_type.blob.format = FORMAT
        return literal_type

    def dumped(value: Any) -> bytes:
        if not isinstance(value, np.ndarray):
            raise wrong_value("a numpy array", value)
        buffer = io.BytesIO()
        try:
            np.save(buffer, value, allow_pickle=allow_pickle)
        except ValueError as error:
            raise wrong_value(
                "an array without Python objects",
                value,
                fix="use a dtype that is no object, or opt in with Annotated[np.ndarray, kwtypes(allow_pickle=True)]",
            ) from error
        return buffer.getvalue()

    def loaded(data: bytes) -> Any:
        try:
            return np.load(io.BytesIO(data), allow_pickle=allow_pickle)
        except (ValueError, EOFError, OSError, SyntaxError, OverflowError, MemoryError, UnicodeDecodeError) as error:
            raise wrong_literal("the bytes of a .npy file", error_text(error)) from error

    def encode(value: Any) -> bytes:
        access = storage()
        literal = pb.Literal()
        literal.scalar.blob.uri = access.write_bytes(access.get_random_remote_path("array.npy"), dumped(value))
        literal.scalar.blob.metadata.type.format = FORMAT
        return literal.SerializeToString(deterministic=True)

    def read(literal: pb.Literal) -> Any:
        if literal.scalar.WhichOneof("value") != "blob":
            return foreign(literal, read, from_plain, "a numpy array")
        uri = literal.scalar.blob.uri
        if mmap_mode and not is_remote(uri):
            return np.load(local_path(uri), mmap_mode=mmap_mode, allow_pickle=allow_pickle)
        return loaded(storage().read_bytes(uri))

    def from_plain(tree: Any) -> Any:
        if not isinstance(tree, bytes):
            raise wrong_literal("the bytes of a .npy file", preview(tree))
        return loaded(tree)

    return Codec(
        form,
        tag="Numpy Array",
        make_type=make_type,
        encode=encode,
        read=read,
        to_plain=dumped,
        from_plain=from_plain,
        make_schema=lambda _: {"type": "string", "format": "base64"},
        accepts=lambda value: isinstance(value, np.ndarray),
        classes=(np.ndarray,),
    )


def scalar_codec(form: Form, resolver: CodecResolver) -> Codec:
    """Numpy's scalar classes."""
    kind: Any = form.origin
    python = next((plain for base, plain in _KINDS if issubclass(kind, base)), type(None))
    if python is type(None) or kind in (np.integer, np.floating, np.signedinteger, np.unsignedinteger):
        raise unsupported(
            f"numpy's {kind.__name__} has no literal",
            kind,
            fix="declare a concrete scalar such as np.int64, or datetime and timedelta",
        )
    inner: Codec = resolver.codec(python)

    def outward(value: Any) -> Any:
        made = _cast(kind, value)
        return python(made)

    def inward(value: Any) -> Any:
        return _cast(kind, value)

    return inner.with_changes(
        form=form,
        encode=lambda value: inner.encode(outward(value)),
        read=lambda literal: inward(inner.read(literal)),
        to_plain=lambda value: inner.to_plain(outward(value)),
        from_plain=lambda tree: inward(inner.from_plain(tree)),
        accepts=lambda value: isinstance(value, kind),
        classes=(kind,),
    )


def _cast(kind: Any, value: Any) -> Any:
    """`value` as numpy's `kind`, if nothing of it is lost."""
    if isinstance(value, bool) and not issubclass(kind, np.bool_):
        raise wrong_value(f"a numpy {kind.__name__}", value)
    try:
        made = kind(value)
        if not isinstance(made, np.generic):
            raise wrong_value(f"a numpy {kind.__name__}", value)
        same = bool(made == value) or (made != made and value != value)  # noqa: PLR0124 - NaN is the value unequal to itself
    except TypeTransformerFailedError:
        raise
    except (ValueError, TypeError, OverflowError) as error:
        raise wrong_value(f"a value that {kind.__name__} holds exactly", value) from error
    if not same:
        raise wrong_value(f"a value that {kind.__name__} holds exactly", value)
    return made


def _is_scalar(form: Form) -> bool:
    return form.cls is not None and issubclass(form.cls, np.generic)


ROWS: tuple[CodecRow, ...] = (
    CodecRow("numpy.ndarray", lambda form: form.cls is not None and issubclass(form.cls, np.ndarray), array_codec),
    CodecRow("numpy scalars", _is_scalar, scalar_codec),
)

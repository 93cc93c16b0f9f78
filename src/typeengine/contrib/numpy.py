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
from literals import CallResult, attempt, pb, preview
from typeengine.codec import Codec, Open
from typeengine.errors import TypeTransformerFailedError, reason_of, unsupported, wrong_literal, wrong_value
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
    """numpy.ndarray, or a class of numpy whose values are its arrays seen in another way (`recarray`, `matrix`)."""
    del resolver
    kind: Any = form.origin
    if kind not in _VIEWS:
        raise unsupported(
            f"a .npy file does not hold what a {kind.__name__} has besides its values",
            kind,
            fix="declare np.ndarray, and give the values (and a mask, as a second array)",
        )
    wanted = _element_class(form)
    options: Mapping[str, Any] = next((note.value for note in form.notes if isinstance(note.value, Mapping)), {})
    allow_pickle = options.get("allow_pickle") is True
    mmap_mode = options.get("mmap_mode")

    def dumped(value: Any) -> bytes:
        if not issubclass(type(value), np.ndarray):
            raise wrong_value("a numpy array", value)
        if type(value) not in _VIEWS[kind]:
            raise wrong_value(
                f"a {kind.__name__} of exactly this class",
                value,
                fix="give the values: np.asarray(value), or value.data",
            )
        checked(value)
        return _saved(value, allow_pickle=allow_pickle)

    def loaded(data: bytes) -> Any:
        return viewed(attempt(np.load, io.BytesIO(data), allow_pickle=allow_pickle))

    def viewed(made: CallResult[Any]) -> Any:
        if made.error is not None:
            raise wrong_literal("the bytes of a .npy file", reason_of(made.error)) from made.error
        if not isinstance(made.value, np.ndarray):
            raise wrong_literal("the bytes of a .npy file", f"those of a {type(made.value).__name__}")
        found = made.value if kind is np.ndarray else made.value.view(kind)
        return checked(found)

    def checked(value: Any) -> Any:
        if wanted is not None and not issubclass(value.dtype.type, wanted):
            raise wrong_value(
                f"an array of {wanted.__name__}", value.dtype, fix=f"write value.astype(np.{wanted.__name__})"
            )
        return value

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
            return viewed(attempt(np.load, local_path(uri), mmap_mode=mmap_mode, allow_pickle=allow_pickle))
        return loaded(storage().read_bytes(uri))

    def from_plain(tree: Any) -> Any:
        if not isinstance(tree, bytes):
            raise wrong_literal("the bytes of a .npy file", preview(tree))
        return loaded(tree)

    return Codec(
        form,
        tag="Numpy Array",
        make_type=_blob_type,
        encode=encode,
        read=read,
        to_plain=dumped,
        from_plain=from_plain,
        make_schema=lambda _: {"type": "string", "format": "base64"},
        accepts=lambda value: type(value) in _VIEWS[kind] and (wanted is None or issubclass(value.dtype.type, wanted)),
        classes=_VIEWS[kind],
    )


_VIEWS: Mapping[Any, tuple[type, ...]] = {
    np.ndarray: (np.ndarray, np.memmap),
    np.recarray: (np.recarray,),
    np.matrix: (np.matrix,),
    np.memmap: (np.memmap, np.ndarray),
}
"""The classes that may be declared, and those of their values. A memory-mapped array is what `mmap_mode` gives for an array."""


def _blob_type(_: Open) -> pb.LiteralType:
    literal_type = pb.LiteralType()
    literal_type.blob.format = FORMAT
    return literal_type


def _saved(value: Any, *, allow_pickle: bool) -> bytes:
    """The bytes of a .npy file."""
    buffer = io.BytesIO()
    saved = attempt(np.save, buffer, value, allow_pickle=allow_pickle)
    if saved.error is not None:
        raise wrong_value(
            "an array without Python objects",
            value,
            fix="use a dtype other than object, or opt in with Annotated[np.ndarray, kwtypes(allow_pickle=True)]",
        ) from saved.error
    return buffer.getvalue()


def _element_class(form: Form) -> type[Any] | None:
    """The class of elements that `NDArray[T]` names; None where any will do."""
    dtype = form.args[1] if form.args is not None and len(form.args) > 1 else None
    found = dtype.args[0].cls if dtype is not None and dtype.args else None
    return found if found is not None and issubclass(found, np.generic) else None


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

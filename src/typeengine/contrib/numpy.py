"""numpy: arrays as `.npy` files, scalars as the Python scalar of their kind.

Wire: an array is `blob{NumpyArray, SINGLE}`, as flytekit writes it; inside structs the `.npy` bytes themselves. Arrays of
Python objects need pickle, which `Annotated[np.ndarray, kwtypes(allow_pickle=True)]` opts in to; `mmap_mode` there is used
for local files. A masked array is an `.npz` of data, mask and fill value. A scalar (`np.int64`, `np.float32`, ...) has the literal of int, float, bool, str or bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO, Literal, cast

import numpy as np

from literals import class_of, is_mapping
from typeengine.codec import Codec
from typeengine.contrib.npy_files import check_npy, check_npz
from typeengine.contrib.one_file import FileFormat, file_codec
from typeengine.errors import TypeTransformerFailedError, unsupported, wrong_value
from typeengine.hints.forms import Form
from typeengine.registry import CodecResolver, CodecRow

FORMAT = "NumpyArray"
_KINDS: tuple[tuple[Any, type], ...] = (
    (np.bool_, bool),
    (np.timedelta64, type(None)),
    (np.integer, int),
    (np.floating, float),
    (np.str_, str),
    (np.bytes_, bytes),
)


def array_codec(form: Form, resolver: CodecResolver) -> Codec:
    """numpy.ndarray, or a class of numpy whose values are its arrays seen in another way (`recarray`, `matrix`)."""
    del resolver
    kind: Any = form.origin
    if kind is np.ma.MaskedArray:
        return file_codec(form, _MASKED)
    if kind not in _VIEWS:
        raise unsupported(
            f"a .npy file does not hold what a {kind.__name__} has besides its values",
            kind,
            fix="declare np.ndarray, and give the values",
        )
    wanted = _element_class(form)
    values = [note.value for note in form.notes]
    nothing: Mapping[object, object] = {}
    options = next((value for value in values if is_mapping(value)), nothing)
    allow_pickle = options.get("allow_pickle") is True
    mmap_mode = cast('Literal["r", "r+", "w+", "c"] | None', options.get("mmap_mode"))

    def check(value: np.ndarray[Any, Any]) -> None:
        if wanted is not None and not issubclass(value.dtype.type, wanted):
            raise wrong_value(
                f"an array of {wanted.__name__}", value.dtype, fix=f"write value.astype(np.{wanted.__name__})"
            )

    def read(stream: BinaryIO) -> np.ndarray[Any, Any]:
        size = stream.seek(0, 2)
        stream.seek(0)
        check_npy(stream, size)
        name = getattr(stream, "name", None)
        if mmap_mode and isinstance(name, str):
            # Snapshots are nobody's to change: what is written to the array stays in this process.
            mode = "c" if mmap_mode == "r+" else mmap_mode
            return np.load(name, mmap_mode=mode, allow_pickle=allow_pickle)
        made = np.load(stream, allow_pickle=allow_pickle)
        return made if kind is np.ndarray or not issubclass(class_of(made), np.ndarray) else made.view(kind)

    kept = FileFormat(
        tag="Numpy Array",
        format=FORMAT,
        name="array.npy",
        expected="a numpy array" if kind is np.ndarray else f"a numpy {kind.__name__}",
        classes=_VIEWS[kind],
        write=lambda value, stream: _save(value, stream, allow_pickle=allow_pickle),
        read=read,
        check=check,
        fix="give the values: np.asarray(value), or value.data",
    )
    return file_codec(form, kept)


_VIEWS: Mapping[Any, tuple[type, ...]] = {
    np.ndarray: (np.ndarray, np.memmap),
    np.recarray: (np.recarray,),
    np.matrix: (np.matrix,),
    np.memmap: (np.memmap, np.ndarray),
}
"""The classes that may be declared, and those of their values. A memory-mapped array is what `mmap_mode` gives for an array."""


def _save(value: np.ndarray[Any, Any], stream: BinaryIO, *, allow_pickle: bool) -> None:
    if value.dtype.hasobject and not allow_pickle:
        raise wrong_value(
            "an array without Python objects",
            value,
            fix="use a dtype other than object, or opt in with Annotated[np.ndarray, kwtypes(allow_pickle=True)]",
        )
    np.save(stream, value, allow_pickle=allow_pickle)


def _save_masked(value: np.ma.MaskedArray[Any, Any], stream: BinaryIO) -> None:
    np.savez(
        stream,
        allow_pickle=False,
        data=value.data,
        mask=np.ma.getmaskarray(value),
        fill_value=value.fill_value,
        hard=np.asarray(value.hardmask),
    )


def _load_masked(stream: BinaryIO) -> np.ma.MaskedArray[Any, Any]:
    check_npz(stream)
    with np.load(stream, allow_pickle=False) as parts:
        return np.ma.MaskedArray(
            parts["data"], parts["mask"], fill_value=parts["fill_value"][()], hard_mask=bool(parts["hard"])
        )


_MASKED = FileFormat(
    tag="Numpy MaskedArray",
    format="NumpyMaskedArray",
    name="array.npz",
    expected="a numpy MaskedArray",
    classes=(np.ma.MaskedArray,),
    write=_save_masked,
    read=_load_masked,
    fix="use a dtype other than object",
)


def _element_class(form: Form) -> type[Any] | None:
    """The class of elements that `NDArray[T]` names; None where any will do."""
    dtype = form.args[1] if form.args is not None and len(form.args) > 1 else None
    found = dtype.args[0].cls if dtype is not None and dtype.args else None
    return found if _is_scalar_class(found) else None


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
        if not issubclass(class_of(made), np.generic):
            raise wrong_value(f"a numpy {kind.__name__}", value)
        same = bool(made == value) or (made != made and value != value)  # noqa: PLR0124 - NaN is the value unequal to itself
    except TypeTransformerFailedError:
        raise
    except (ValueError, TypeError, OverflowError) as error:
        raise wrong_value(f"a value that {kind.__name__} holds exactly", value) from error
    if not same:
        raise wrong_value(f"a value that {kind.__name__} holds exactly", value)
    return made


def _is_scalar_class(cls: type | None) -> bool:
    return cls is not None and issubclass(cls, np.generic)


def _is_scalar(form: Form) -> bool:
    return _is_scalar_class(form.cls)


ROWS: tuple[CodecRow, ...] = (
    CodecRow("numpy.ndarray", lambda form: form.cls is not None and issubclass(form.cls, np.ndarray), array_codec),
    CodecRow("numpy scalars", _is_scalar, scalar_codec),
)

"""scipy: sparse matrices and arrays as the `.npz` files that `scipy.sparse.save_npz` writes."""

from __future__ import annotations

import io
import zipfile
from typing import Any, BinaryIO

from scipy import sparse

from typeengine.codec import Codec
from typeengine.contrib.npy_files import MOST, check_npz, unpacked_size
from typeengine.contrib.one_file import FileFormat, file_codec
from typeengine.errors import unsupported
from typeengine.hints.forms import Form
from typeengine.registry import CodecResolver, CodecRow

_FORMATS = ("csc", "csr", "bsr", "dia", "coo")
"""The formats that save_npz has; the others (lil, dok) are for building."""
_CLASSES = {getattr(sparse, f"{name}_{kind}") for name in _FORMATS for kind in ("matrix", "array")}


def sparse_codec(form: Form, resolver: CodecResolver) -> Codec:
    """One class of sparse matrices or arrays."""
    del resolver
    kind: Any = form.origin
    if kind not in _CLASSES:
        raise unsupported(
            f"scipy writes no file of a {kind.__name__}",
            kind,
            fix=f"declare one of {', '.join(sorted(each.__name__ for each in _CLASSES))}, and give value.tocsr() or the like",
        )
    kept = FileFormat(
        tag="SciPy Sparse",
        format="SciPySparse",
        name="sparse.npz",
        expected=f"a scipy {kind.__name__}",
        classes=(kind,),
        write=_save,
        read=_load,
        fix="give a value of the declared format: value.tocsr() or the like",
    )
    return file_codec(form, kept)


def _save(value: Any, stream: BinaryIO) -> None:
    """Compressed, unless that leaves so little that the file could not be told from one that means ill."""
    made = io.BytesIO()
    sparse.save_npz(made, value)
    with zipfile.ZipFile(made) as archive:
        fits = unpacked_size(archive) <= MOST * len(made.getvalue())
    if not fits:
        made = io.BytesIO()
        sparse.save_npz(made, value, compressed=False)
    stream.write(made.getvalue())


def _load(stream: BinaryIO) -> Any:
    check_npz(stream)
    return sparse.load_npz(stream)


def _is_sparse(form: Form) -> bool:
    return form.cls is not None and issubclass(form.cls, (sparse.spmatrix, sparse.sparray))


ROWS: tuple[CodecRow, ...] = (CodecRow("scipy sparse", _is_sparse, sparse_codec),)

"""Tensors and arrays as safetensors files: `Annotated[dict[str, torch.Tensor], "safetensors"]`, as of a module's `state_dict()`.

One tensor, or a dict of them in one file. torch's tensors and numpy's arrays alike; the file holds numbers only, so reading it runs no code.
Wire: `blob{safetensors, SINGLE}`. The format has no order of names and no byte order: the names are kept in its metadata, arrays
of the other byte order are refused. Tensors come back in this machine's memory; tensors that share memory come back apart.
"""

from __future__ import annotations

import importlib
import json
import struct
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, BinaryIO

from literals import preview
from typeengine.codec import Codec
from typeengine.contrib.one_file import FileFormat, file_codec
from typeengine.errors import TypeTransformerFailedError, unsupported
from typeengine.hints.forms import Form
from typeengine.registry import CodecResolver, CodecRow

FORMAT = "safetensors"
_ORDER = "drawloom.names"
"""Key of the file's metadata: the names in their order, as a JSON array."""
_ONE = "tensor"
"""The name of a tensor that is alone."""
_HEADER = struct.Struct("<Q")
_LIBRARIES: Mapping[str, str] = {"torch": "Tensor", "numpy": "ndarray"}


def tensors_codec(form: Form, resolver: CodecResolver) -> Codec:
    """A tensor or an array, or a dict of them by text."""
    is_dict = form.origin is dict
    kind = resolver.form(form.args[1]).cls if is_dict and form.args else form.cls
    named = not is_dict or bool(form.args and resolver.form(form.args[0]).bare.origin is str)
    library = "" if kind is None else kind.__module__.partition(".")[0]
    if kind is None or not named or _LIBRARIES.get(library) != kind.__name__:
        raise unsupported(
            "safetensors keeps tensors", form, fix="declare torch.Tensor, numpy.ndarray, or a dict of them by str"
        )
    face: Any = importlib.import_module(f"safetensors.{library}")
    ready = _ready_tensor if library == "torch" else _ready_array

    def write(value: object, stream: BinaryIO) -> None:
        given: Any = value if is_dict else {_ONE: value}
        for name, tensor in given.items():
            if type(name) is not str or type(tensor) is not kind:
                raise TypeTransformerFailedError(
                    f"this is not exactly a {kind.__name__}, and would come back as one",
                    where=f"[{preview(name)}]",
                    expected=kind.__name__,
                    got=type(tensor).__name__,
                    fix=f"convert it to exactly {kind.__name__}",
                )
        tensors = {name: ready(tensor) for name, tensor in given.items()}
        stream.write(face.save(tensors, metadata={_ORDER: json.dumps([*given])}))

    def read(stream: BinaryIO) -> Any:
        data = stream.read()
        (length,) = _HEADER.unpack_from(data)
        header: dict[str, Any] = json.loads(data[_HEADER.size : _HEADER.size + length])
        notes: dict[str, str] = header.get("__metadata__") or {}
        found: dict[str, Any] = face.load(data)
        names: list[str] = json.loads(notes.get(_ORDER, "[]"))
        if not is_dict:
            (only,) = found.values()
            return only
        return {name: found[name] for name in (names if {*names} == {*found} else found)}

    classes: tuple[type, ...] = (dict, OrderedDict) if is_dict else (kind,)
    kept = FileFormat(
        tag="safetensors",
        format=FORMAT,
        name="tensors.safetensors",
        expected=f"a dict of {library}'s tensors by text" if is_dict else f"a {library} {kind.__name__}",
        classes=classes,
        write=write,
        read=read,
        fix="convert it to numbers, or declare it without the format",
    )
    return file_codec(form, kept)


def _ready_array(given: object) -> Any:
    array: Any = given
    if not array.dtype.isnative:
        raise TypeTransformerFailedError(
            "safetensors keeps no other byte order",
            expected="little-endian",
            got=str(array.dtype),
            fix="call astype(dtype.newbyteorder('='))",
        )
    return array if array.flags.c_contiguous else array.copy(order="C")  # the library writes memory as it lies


def _ready_tensor(given: object) -> Any:
    tensor: Any = given
    if tensor.requires_grad:
        raise TypeTransformerFailedError(
            "a tensor that requires a gradient would lose that",
            expected="a tensor without a gradient",
            got="requires_grad=True",
            fix="call detach()",
        )
    return tensor.detach().clone(memory_format=importlib.import_module("torch").contiguous_format)


ROWS: tuple[CodecRow, ...] = (
    CodecRow(FORMAT, lambda form: any(note.value == FORMAT for note in form.notes), tensors_codec),
)

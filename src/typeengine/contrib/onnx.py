"""ONNX models as `.onnx` files.

Wire: `blob{onnx, SINGLE}`, the file that every runtime of ONNX reads. A model whose weights lie in files beside it is refused: they are
no part of it. (As `FlyteFile["onnx"]` a file travels as it is, unread.)
"""

from __future__ import annotations

import importlib
from typing import Any, BinaryIO

from google.protobuf.message import Message

from typeengine.codec import Codec
from typeengine.contrib.one_file import FileFormat, file_codec
from typeengine.errors import TypeTransformerFailedError
from typeengine.hints.forms import Form
from typeengine.registry import CodecResolver, CodecRow

FORMAT = "onnx"


def _write(model: Message, stream: BinaryIO) -> int:
    return stream.write(model.SerializeToString(deterministic=True))


def model_codec(form: Form, resolver: CodecResolver) -> Codec:
    """onnx.ModelProto."""
    del resolver
    onnx: Any = importlib.import_module("onnx")
    outside: Any = importlib.import_module("onnx.external_data_helper")

    def check(given: object) -> None:
        model: Any = given
        for tensor in model.graph.initializer:
            if outside.uses_external_data(tensor):
                raise TypeTransformerFailedError(
                    "the model's weights lie in files beside it",
                    where=f"initializer {tensor.name!r}",
                    expected="weights in the model itself",
                    got="weights in another file",
                    fix="load them into it: onnx.load_external_data_for_model(model, folder)",
                )

    def read(stream: BinaryIO) -> Any:
        return onnx.load_model_from_string(stream.read())

    kept = FileFormat(
        tag="ONNX Model",
        format=FORMAT,
        name="model.onnx",
        expected="an ONNX model",
        classes=(onnx.ModelProto,),
        write=_write,
        read=read,
        check=check,
    )
    return file_codec(form, kept)


ROWS: tuple[CodecRow, ...] = (
    CodecRow(
        "onnx.ModelProto",
        lambda form: (
            form.cls is not None and form.cls.__module__.startswith("onnx") and form.cls.__name__ == "ModelProto"
        ),
        model_codec,
    ),
)

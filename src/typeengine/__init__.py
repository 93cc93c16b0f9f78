"""Layer 2: Python types to literal types and values to literals, and back. Knows no workflow.

The engine and what decorating needs are here at once; every other name is loaded when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from typeengine.annotations import FlyteAnnotation, HashMethod, Pickle, kwtypes
from typeengine.codec import Codec
from typeengine.default import default_engine
from typeengine.engine import Engine
from typeengine.errors import (
    RegistrationError,
    RestrictedTypeError,
    TypeTransformerFailedError,
    UnsupportedTypeError,
    UntrustedLiteralError,
)
from typeengine.forms import Form, Scope, scope_of
from typeengine.hints import hint_of
from typeengine.transformer import (
    AsyncTypeTransformer,
    RestrictedTypeTransformer,
    SimpleTransformer,
    TypeTransformer,
)

if TYPE_CHECKING:
    from typeengine.builtin.datasets import (
        DataFrame,
        StructuredDataset,
        StructuredDatasetDecoder,
        StructuredDatasetEncoder,
        StructuredDatasetTransformerEngine,
    )
    from typeengine.builtin.files import (
        CSVFile,
        FlyteDirectory,
        FlyteFile,
        HDF5EncodedFile,
        HTMLPage,
        JoblibSerializedFile,
        JPEGImageFile,
        JSONLFile,
        ONNXFile,
        PDFFile,
        PNGImageFile,
        PythonNotebook,
        PythonPickledFile,
        SVGImageFile,
        TensorboardLogs,
        TFRecordFile,
        TFRecordsDirectory,
    )
    from typeengine.builtin.iterators import JSON, FlyteIterator, JSONIterator
    from typeengine.builtin.reference import BatchSize, FileExt
    from typeengine.builtin.references import FlyteError
    from typeengine.builtin.remote_files import (
        Dir,
        EmptyDir,
        File,
        HashFunction,
        HashlibAccumulator,
        PrecomputedValue,
    )
    from typeengine.builtin.schemas import FlyteSchema, SchemaFormat, SchemaOpenMode
    from typeengine.facade import TypeEngine
    from typeengine.json_literals import bytes_to_json, literal_to_json
    from typeengine.json_schema import interface_json_schema, literal_type_to_json_schema
    from typeengine.json_values import json_text_to_literal, json_to_literal
    from typeengine.resolver import LiteralsResolver, MissingLiteralError
    from typeengine.reverse import guess_python_type

_ROOMS = {
    "builtin.datasets": (
        "CSV",
        "DataFrame",
        "PARQUET",
        "StructuredDataset",
        "StructuredDatasetDecoder",
        "StructuredDatasetEncoder",
        "StructuredDatasetTransformerEngine",
    ),
    "builtin.files": (
        "CSVFile",
        "FlyteDirectory",
        "FlyteFile",
        "HDF5EncodedFile",
        "HTMLPage",
        "JPEGImageFile",
        "JSONLFile",
        "JoblibSerializedFile",
        "ONNXFile",
        "PDFFile",
        "PNGImageFile",
        "PythonNotebook",
        "PythonPickledFile",
        "SVGImageFile",
        "TFRecordFile",
        "TFRecordsDirectory",
        "TensorboardLogs",
    ),
    "builtin.iterators": ("FlyteIterator", "JSON", "JSONIterator"),
    "builtin.reference": ("BatchSize", "FileExt"),
    "builtin.references": ("FlyteError",),
    "builtin.remote_files": (
        "Dir",
        "EmptyDir",
        "File",
        "HashFunction",
        "HashlibAccumulator",
        "PrecomputedValue",
    ),
    "builtin.schemas": ("FlyteSchema", "SchemaFormat", "SchemaOpenMode"),
    "facade": ("TypeEngine",),
    "json_literals": ("bytes_to_json", "literal_to_json"),
    "json_schema": ("interface_json_schema", "literal_type_to_json_schema"),
    "json_values": ("json_text_to_literal", "json_to_literal"),
    "resolver": ("LiteralsResolver", "MissingLiteralError"),
    "reverse": ("guess_python_type",),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _ROOM_OF:
        raise AttributeError(f"module 'typeengine' has no attribute {name!r}")
    value = getattr(import_module(f"typeengine.{_ROOM_OF[name]}"), name)
    globals()[name] = value
    return value


__all__ = [
    "JSON",
    "AsyncTypeTransformer",
    "BatchSize",
    "CSVFile",
    "Codec",
    "DataFrame",
    "Dir",
    "EmptyDir",
    "Engine",
    "File",
    "FileExt",
    "FlyteAnnotation",
    "FlyteDirectory",
    "FlyteError",
    "FlyteFile",
    "FlyteIterator",
    "FlyteSchema",
    "Form",
    "HDF5EncodedFile",
    "HTMLPage",
    "HashFunction",
    "HashMethod",
    "HashlibAccumulator",
    "JPEGImageFile",
    "JSONIterator",
    "JSONLFile",
    "JoblibSerializedFile",
    "LiteralsResolver",
    "MissingLiteralError",
    "ONNXFile",
    "PDFFile",
    "PNGImageFile",
    "Pickle",
    "PrecomputedValue",
    "PythonNotebook",
    "PythonPickledFile",
    "RegistrationError",
    "RestrictedTypeError",
    "RestrictedTypeTransformer",
    "SVGImageFile",
    "SchemaFormat",
    "SchemaOpenMode",
    "Scope",
    "SimpleTransformer",
    "StructuredDataset",
    "StructuredDatasetDecoder",
    "StructuredDatasetEncoder",
    "StructuredDatasetTransformerEngine",
    "TFRecordFile",
    "TFRecordsDirectory",
    "TensorboardLogs",
    "TypeEngine",
    "TypeTransformer",
    "TypeTransformerFailedError",
    "UnsupportedTypeError",
    "UntrustedLiteralError",
    "bytes_to_json",
    "default_engine",
    "guess_python_type",
    "hint_of",
    "interface_json_schema",
    "json_text_to_literal",
    "json_to_literal",
    "kwtypes",
    "literal_to_json",
    "literal_type_to_json_schema",
    "scope_of",
]

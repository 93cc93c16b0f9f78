"""Layer 2: Python types to literal types and values to literals, and back. Knows no workflow.

The engine and what decorating needs are here at once; every other name is loaded when it is first asked for.
"""

from typing import TYPE_CHECKING

from drawloom.exports.lazy_exports import lazy_rooms
from typeengine.annotations import FlyteAnnotation, HashMethod, Pickle, kwtypes
from typeengine.codec import Codec
from typeengine.engine import Engine
from typeengine.errors import (
    ALLOW_PICKLE,
    FlyteTypeException,
    RegistrationError,
    RestrictedTypeError,
    TypeTransformerFailedError,
    UnsupportedTypeError,
    UntrustedLiteralError,
)
from typeengine.global_engine import default_engine
from typeengine.hints.forms import Form, HintScope, scope_of
from typeengine.hints.hint_of_form import hint_of
from typeengine.named_values import NamedCodecs, NamedSide, where_of
from typeengine.type_transformer import (
    AsyncTypeTransformer,
    RestrictedTypeTransformer,
    SimpleTransformer,
    TypeTransformer,
)

if TYPE_CHECKING:
    from typeengine.builtin.discriminated import lost_subclass
    from typeengine.builtin.flyte2_files import (
        Dir,
        EmptyDir,
        File,
        HashFunction,
        HashlibAccumulator,
        PrecomputedValue,
    )
    from typeengine.builtin.flyte2_frame import DataFrame
    from typeengine.builtin.flyte_files import (
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
    from typeengine.builtin.flyte_reference import BatchSize, FileExt
    from typeengine.builtin.flyte_schema import FlyteSchema, SchemaFormat, SchemaOpenMode
    from typeengine.builtin.iterators import JSON, FlyteIterator, JSONIterator
    from typeengine.builtin.reference_codecs import FlyteError
    from typeengine.builtin.structured_dataset import (
        CSV,
        PARQUET,
        StructuredDataset,
        StructuredDatasetDecoder,
        StructuredDatasetEncoder,
        StructuredDatasetTransformerEngine,
    )
    from typeengine.json.literals_from_json import json_text_to_literal, json_to_literal, read_duration
    from typeengine.json.literals_to_json import bytes_to_json, literal_to_json
    from typeengine.json.schema_of_types import interface_json_schema, literal_type_to_json_schema
    from typeengine.kind_transformers import (
        DataclassTransformer,
        DictTransformer,
        EnumTransformer,
        FlyteDirToMultipartBlobTransformer,
        FlyteFilePathTransformer,
        FlyteSchemaTransformer,
        IteratorTransformer,
        ListTransformer,
        NumpyArrayTransformer,
        ProtobufTransformer,
        PydanticTransformer,
        PyTorchTensorTransformer,
        UnionTransformer,
    )
    from typeengine.literals_resolver import LiteralsResolver, MissingLiteralError
    from typeengine.reverse.guess import guess_python_type
    from typeengine.testing import strategy_for
    from typeengine.type_engine import TypeEngine
    from typeengine.wire.offloading import fetched, inlined, offloaded

__getattr__, __dir__ = lazy_rooms(
    __name__,
    {
        "builtin.structured_dataset": """
            CSV PARQUET StructuredDataset StructuredDatasetDecoder StructuredDatasetEncoder
            StructuredDatasetTransformerEngine
        """,
        "builtin.flyte2_frame": "DataFrame",
        "builtin.flyte_files": """
            CSVFile FlyteDirectory FlyteFile HDF5EncodedFile HTMLPage JoblibSerializedFile JPEGImageFile JSONLFile
            ONNXFile PDFFile PNGImageFile PythonNotebook PythonPickledFile SVGImageFile TensorboardLogs TFRecordFile
            TFRecordsDirectory
        """,
        "builtin.iterators": "FlyteIterator JSON JSONIterator",
        "builtin.flyte_reference": "BatchSize FileExt",
        "builtin.reference_codecs": "FlyteError",
        "builtin.flyte2_files": "Dir EmptyDir File HashFunction HashlibAccumulator PrecomputedValue",
        "builtin.flyte_schema": "FlyteSchema SchemaFormat SchemaOpenMode",
        "testing": "strategy_for",
        "type_engine": "TypeEngine",
        "json.literals_to_json": "bytes_to_json literal_to_json",
        "json.schema_of_types": "interface_json_schema literal_type_to_json_schema",
        "json.literals_from_json": "json_text_to_literal json_to_literal read_duration",
        "kind_transformers": """
            DataclassTransformer DictTransformer EnumTransformer FlyteDirToMultipartBlobTransformer
            FlyteFilePathTransformer FlyteSchemaTransformer IteratorTransformer ListTransformer NumpyArrayTransformer
            ProtobufTransformer PydanticTransformer PyTorchTensorTransformer UnionTransformer
        """,
        "literals_resolver": "LiteralsResolver MissingLiteralError",
        "builtin.discriminated": "lost_subclass",
        "reverse.guess": "guess_python_type",
        "wire.offloading": "fetched inlined offloaded",
    },
)

__all__ = [
    "ALLOW_PICKLE",
    "CSV",
    "JSON",
    "PARQUET",
    "AsyncTypeTransformer",
    "BatchSize",
    "CSVFile",
    "Codec",
    "DataFrame",
    "DataclassTransformer",
    "DictTransformer",
    "Dir",
    "EmptyDir",
    "Engine",
    "EnumTransformer",
    "File",
    "FileExt",
    "FlyteAnnotation",
    "FlyteDirToMultipartBlobTransformer",
    "FlyteDirectory",
    "FlyteError",
    "FlyteFile",
    "FlyteFilePathTransformer",
    "FlyteIterator",
    "FlyteSchema",
    "FlyteSchemaTransformer",
    "FlyteTypeException",
    "Form",
    "HDF5EncodedFile",
    "HTMLPage",
    "HashFunction",
    "HashMethod",
    "HashlibAccumulator",
    "HintScope",
    "IteratorTransformer",
    "JPEGImageFile",
    "JSONIterator",
    "JSONLFile",
    "JoblibSerializedFile",
    "ListTransformer",
    "LiteralsResolver",
    "MissingLiteralError",
    "NamedCodecs",
    "NamedSide",
    "NumpyArrayTransformer",
    "ONNXFile",
    "PDFFile",
    "PNGImageFile",
    "Pickle",
    "PrecomputedValue",
    "ProtobufTransformer",
    "PyTorchTensorTransformer",
    "PydanticTransformer",
    "PythonNotebook",
    "PythonPickledFile",
    "RegistrationError",
    "RestrictedTypeError",
    "RestrictedTypeTransformer",
    "SVGImageFile",
    "SchemaFormat",
    "SchemaOpenMode",
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
    "UnionTransformer",
    "UnsupportedTypeError",
    "UntrustedLiteralError",
    "bytes_to_json",
    "default_engine",
    "fetched",
    "guess_python_type",
    "hint_of",
    "inlined",
    "interface_json_schema",
    "json_text_to_literal",
    "json_to_literal",
    "kwtypes",
    "literal_to_json",
    "literal_type_to_json_schema",
    "lost_subclass",
    "offloaded",
    "read_duration",
    "scope_of",
    "strategy_for",
    "where_of",
]

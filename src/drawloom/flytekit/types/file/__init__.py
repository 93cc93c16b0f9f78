"""Files of Flyte 1, plain and by format."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "typeengine": """
            CSVFile FileExt FlyteFile HDF5EncodedFile HTMLPage JPEGImageFile JSONLFile
            JoblibSerializedFile ONNXFile PDFFile PNGImageFile PythonNotebook PythonPickledFile
            SVGImageFile TFRecordFile
        """,
        "drawloom.flytekit.types.file.file": "file=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

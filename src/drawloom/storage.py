"""Where raw data goes."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.context": "FileAccessProvider StorageError",
        "drawloom.local.stores": "ABFS GCS S3 Storage get_underlying_filesystem",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)

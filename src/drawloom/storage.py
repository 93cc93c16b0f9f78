"""Where raw data goes."""

from __future__ import annotations

from drawloom.context import FileAccessProvider, StorageError
from drawloom.local.stores import ABFS, GCS, S3, Storage, get_underlying_filesystem

__all__ = ["ABFS", "GCS", "S3", "FileAccessProvider", "Storage", "StorageError", "get_underlying_filesystem"]

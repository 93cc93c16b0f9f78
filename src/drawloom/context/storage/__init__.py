"""Where raw data goes: the files behind blobs, datasets and pickles.

`addresses` reads addresses, `settings` says how a store is reached, `local` and `remote` move bytes, and `provider` is the face
that transformers know as `ctx.file_access`. No library of a store is loaded before the first address that needs it.
"""

from drawloom.context.storage.addresses import (
    StorageError,
    file_tail,
    is_remote,
    join,
    local_path,
    random_name,
    scheme_of,
    shown,
)
from drawloom.context.storage.awaiting import AsyncStream, run_in_thread, side_by_side
from drawloom.context.storage.provider import FileAccessProvider, default_file_access, file_access_below
from drawloom.context.storage.settings import ABFS, GCS, S3, Storage, StorageSource, storage_settings, use_storage
from drawloom.context.storage.snapshots import check as check_snapshot
from drawloom.context.storage.snapshots import is_snapshot

__all__ = [
    "ABFS",
    "GCS",
    "S3",
    "AsyncStream",
    "FileAccessProvider",
    "Storage",
    "StorageError",
    "StorageSource",
    "check_snapshot",
    "default_file_access",
    "file_access_below",
    "file_tail",
    "is_remote",
    "is_snapshot",
    "join",
    "local_path",
    "random_name",
    "run_in_thread",
    "scheme_of",
    "shown",
    "side_by_side",
    "storage_settings",
    "use_storage",
]

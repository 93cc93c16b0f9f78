"""Which storage is in force: the one in the record, else one for the record's raw data path, else the default.

Apart from `storage` itself, so that reading the record never loads it.
"""

from __future__ import annotations

from drawloom.context.state import current
from drawloom.context.storage import FileAccessProvider, default_file_access, file_access_below


def file_access() -> FileAccessProvider:
    """The storage that raw data of this thread or asyncio task goes to."""
    state = current()
    if state.file_access is not None:
        return state.file_access
    if state.raw_data_path:
        return file_access_below(str(state.raw_data_path))
    return default_file_access()

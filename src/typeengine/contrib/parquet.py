"""Where parquet data is below an address: the file itself, or the files of a folder in the order of their names."""

from __future__ import annotations

from collections.abc import Iterator

from drawloom.context import file_tail, is_remote, local_path
from typeengine.errors import TypeTransformerFailedError
from typeengine.raw_data import storage


def read_parts(uri: str) -> Iterator[bytes]:
    """The bytes of each parquet file at `uri`.

    Raises:
        TypeTransformerFailedError: the folder has none.
    """
    access = storage()
    if not _is_folder(uri):
        yield access.read_bytes(uri)
        return
    parts = [
        where for where, folder in access.list_folder(uri) if not folder and not file_tail(where).startswith((".", "_"))
    ]
    if not parts:
        raise TypeTransformerFailedError("the dataset's folder has no data files", where=uri)
    for where in parts:
        yield access.read_bytes(where)


def _is_folder(uri: str) -> bool:
    if is_remote(uri):
        return bool(storage().get_filesystem_for_path(uri).isdir(uri))
    return local_path(uri).is_dir()

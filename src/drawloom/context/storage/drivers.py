"""Which store serves an address.

`obstore` serves Amazon's, Google's and Microsoft's stores where it is installed; fsspec serves every other scheme, and is what data
frame libraries are given.
"""

from __future__ import annotations

import importlib.util
from functools import lru_cache

from drawloom.context.storage.addresses import scheme_of
from drawloom.context.storage.fsspec_store import open_store as open_by_fsspec
from drawloom.context.storage.object_store import open_store as open_by_obstore
from drawloom.context.storage.settings import Storage, storage_settings
from drawloom.context.storage.stores import EXTRAS, Store

NATIVE = frozenset({"s3", "gcs", "azure"})
"""The extras whose schemes obstore serves."""


def store_of(address: str, given: tuple[Storage, ...] = ()) -> Store:
    """The store that serves an address, reached as the settings say.

    Raises:
        StorageError: no driver for the scheme is installed, or there is none.
    """
    return _store(_root_of(address), storage_settings(scheme_of(address), given))


def _root_of(address: str) -> str:
    """The part of an address that decides the driver: scheme, and host or bucket."""
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{rest.split('/', 1)[0]}"


@lru_cache(maxsize=256)
def _store(root: str, settings: Storage) -> Store:
    native = EXTRAS.get(scheme_of(root)) in NATIVE and importlib.util.find_spec("obstore") is not None
    return (open_by_obstore if native else open_by_fsspec)(root, settings)

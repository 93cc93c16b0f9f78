"""What workers of a Dask cluster run: attempts as bytes in, what came of them as bytes out."""

from __future__ import annotations

import pickle

from drawloom.context import FileAccessProvider, Storage, StorageError, StorageSource
from drawloom.interpreter.executors.code import ShippedCode
from drawloom.interpreter.executors.shipped_code import shipped_code
from drawloom.interpreter.tasks.attempt_record import run_attempts


def make_batch(code: ShippedCode, packed: bytes) -> bytes:
    """Make the attempts of a pickled list of records; gives the pickled list of their results."""
    with shipped_code(code):
        return pickle.dumps(run_attempts(pickle.loads(packed)))  # noqa: S301 - written by the run that this worker works for


def try_storage(address: str, data_config: Storage | StorageSource | None) -> str:
    """Read what the run wrote at an address; gives its text, or why it cannot be read."""
    access = FileAccessProvider(raw_output_prefix=address.rpartition("/")[0], data_config=data_config)
    try:
        return access.read_bytes(address).decode()
    except (StorageError, OSError) as error:
        return f"{type(error).__name__}: {error}"

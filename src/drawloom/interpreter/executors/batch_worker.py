"""What workers of a cluster run: attempts as bytes in, what came of them as bytes out; and what their answers about storage mean."""

from __future__ import annotations

import contextlib
import pickle
import uuid
from collections.abc import Generator

from drawloom.context import FileAccessProvider, Storage, StorageError, StorageSource, is_remote, join, local_path
from drawloom.interpreter.executors.code import ShippedCode
from drawloom.interpreter.executors.protocol import ExecutorError
from drawloom.interpreter.executors.shipped_code import shipped_code
from drawloom.interpreter.tasks.attempt_record import run_attempts
from literals import error_text


def make_batch(code: ShippedCode, packed: bytes) -> bytes:
    """Make the attempts of a pickled list of records; gives the pickled list of their results."""
    with shipped_code(code):
        return pickle.dumps(run_attempts(pickle.loads(packed)))  # noqa: S301 - written by the run that this worker works for


@contextlib.contextmanager
def storage_trial(prefix: str, data_config: Storage | StorageSource | None) -> Generator[tuple[str, str], None, None]:
    """The address of something that the run wrote below its raw-data prefix, and its text, which workers are to read.

    Raises:
        StorageError: the run itself cannot write there.
    """
    token = uuid.uuid4().hex
    address = join(prefix, "executors", token)
    FileAccessProvider(raw_output_prefix=prefix, data_config=data_config).write_bytes(address, token.encode())
    try:
        yield address, token
    finally:
        if not is_remote(address):
            local_path(address).unlink(missing_ok=True)


def try_storage(address: str, data_config: Storage | StorageSource | None) -> str:
    """Read what the run wrote at an address; gives its text, or why it cannot be read."""
    access = FileAccessProvider(raw_output_prefix=address.rpartition("/")[0], data_config=data_config)
    try:
        return access.read_bytes(address).decode()
    except (StorageError, OSError) as error:
        return f"{type(error).__name__}: {error}"


def check_answer(worker: str, token: str, address: str, said: object) -> None:
    """Hold against each other what a worker read at an address, and the token that the run wrote there.

    Raises:
        ExecutorError: it read something else or nothing, or has no drawloom.
    """
    if said == token:
        return
    if isinstance(said, BaseException):
        raise ExecutorError(
            "a worker of the cluster cannot run drawloom",
            where=worker,
            expected="this version of drawloom, installed on every worker",
            got=error_text(said),
            fix="install it there, and see that Python is the same here and there",
        ) from said
    raise ExecutorError(
        "a worker of the cluster cannot read what the run wrote below its raw-data prefix",
        where=worker,
        expected=f"to read {address}",
        got=str(said),
        fix="give a prefix that all machines reach: `--raw-data-path s3://bucket/prefix`, or a folder that all mount",
    )

"""Shipped code in a worker's process: fetched once, imported, and changed for another run's when nobody uses it.

A process has one module of a name. Attempts whose codes agree wherever both have a file run side by side; an attempt whose code
contradicts what is in use waits until that is not, and then the modules of the other code are forgotten and imported anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import os
import sys
import threading
from collections import Counter
from collections.abc import Generator, Mapping
from pathlib import Path

from drawloom.context import ArchiveError, FileAccessProvider, StorageError, temporary_folder, unpack_archive
from drawloom.interpreter.executors.code import LARGEST, PROCESS, ShippedCode
from drawloom.interpreter.executors.protocol import ExecutorError
from drawloom.interpreter.tasks.attempt_record import forget_prepared

_changed = threading.Condition()
_turn = threading.Lock()
"""Held by the one that waits for its code, so that whoever comes later does not overtake it."""
_in_use: Counter[str] = Counter()
"""Attempts under way by digest."""
_unpacked: dict[str, tuple[Path, Mapping[str, str]]] = {}
"""Folder and files (name -> digest of the content) of each code, by digest."""


@contextlib.contextmanager
def shipped_code(code: ShippedCode) -> Generator[None, None, None]:
    """Have a run's code importable for the block.

    Raises:
        ExecutorError: this worker cannot read it.
    """
    if not code.address or code.process == PROCESS:
        yield  # there is none, or this worker is a thread of the run's own process
        return
    with _turn:
        folder, files = _fetched(code)
        with _changed:
            while any(_contradict(files, _unpacked[other][1]) for other in _in_use if other != code.digest):
                _changed.wait()
            _import_from(folder, files)
            _in_use[code.digest] += 1
    try:
        yield
    finally:
        with _changed:
            _in_use[code.digest] -= 1
            if not _in_use[code.digest]:
                del _in_use[code.digest]
            _changed.notify_all()


def _fetched(code: ShippedCode) -> tuple[Path, Mapping[str, str]]:
    known = _unpacked.get(code.digest)
    if known is not None:
        return known
    access = FileAccessProvider(raw_output_prefix=code.address.rpartition("/")[0], data_config=code.data_config)
    try:
        data = access.read_bytes(code.address)
        folder = Path(temporary_folder("code"))
        names = unpack_archive(data, folder, where=code.address, largest=LARGEST)
    except (ArchiveError, StorageError, OSError) as error:
        raise ExecutorError(
            f"this worker cannot read the run's code: {getattr(error, 'what', error)}",
            where=code.address,
            expected="a raw-data prefix that the run and all workers reach",
            got=type(error).__name__,
            fix="give one, such as `--raw-data-path s3://bucket/prefix`, or a folder that all machines mount",
        ) from error
    files = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    _unpacked[code.digest] = (folder, files)
    return folder, files


def _contradict(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return any(other.get(name, digest) != digest for name, digest in one.items())


def _import_from(folder: Path, files: Mapping[str, str]) -> None:
    """Have this code's modules imported from now on, and forget those of its names that were loaded with another content."""
    if sys.path[:1] != [str(folder)]:
        sys.path[:] = [str(folder), *(each for each in sys.path if each != str(folder))]
        importlib.invalidate_caches()
    names = {_module_of(name): name for name in files}
    stale = {name for name in names if name in sys.modules and _differs(sys.modules[name], folder, files[names[name]])}
    if stale:
        # What imported a module that is forgotten has names of it, so all of this code is imported anew.
        for name in names:
            sys.modules.pop(name, None)
        forget_prepared()


def _module_of(file: str) -> str:
    parts = file.removesuffix(".py").split("/")
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _differs(module: object, folder: Path, digest: str) -> bool:
    file = getattr(module, "__file__", None)
    if not isinstance(file, str) or not os.path.isfile(file):  # noqa: PTH113 - a file's name as the module has it
        return True
    if Path(file).is_relative_to(folder):
        return False
    return hashlib.sha256(Path(file).read_bytes()).hexdigest() != digest

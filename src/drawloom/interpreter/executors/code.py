"""The user's code on its way to workers of other machines: one archive whose name is the digest of its content.

What travels are the modules that are loaded here and belong neither to the interpreter, nor to installed packages (in the environment, or in
a folder of their own, as `pip install --target` makes one), nor to drawloom,
with all Python files of their packages; each under the name by which it is imported. The same files give the same archive, so it
is stored once below the raw-data prefix, however many runs use it.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import io
import os
import site
import sys
import sysconfig
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple, final

from drawloom.context import FileAccessProvider, Storage, StorageSource, join
from drawloom.interpreter.executors.protocol import ExecutorError

PROCESS: Final = uuid.uuid4().hex
"""A name that this process alone has."""
LARGEST: Final = 256 * 1024 * 1024
"""Bytes of source that may be shipped."""
_OURS: Final = ("literals", "typeengine", "compiler", "drawloom")


@final
class ShippedCode(NamedTuple):
    """Where a worker finds the run's code.

    Attributes: `digest` (of the archive), `address` (of the archive; empty if there is no code to ship), `data_config` (how its
    store is reached), `process` (the process that shipped it, which needs no copy).
    """

    digest: str
    address: str
    data_config: Storage | StorageSource | None
    process: str


@final
class CodeShipper:
    """Stores the code of one run below its raw-data prefix, anew when more of it has been loaded."""

    def __init__(self, prefix: str, data_config: Storage | StorageSource | None) -> None:
        self._prefix = prefix
        self._data_config = data_config
        self._known: dict[str, Path] = {}
        self._loaded = 0
        self._shipped = ShippedCode("", "", data_config, PROCESS)

    def shipped(self) -> ShippedCode:
        """The code that is loaded now, stored.

        Raises:
            ExecutorError: it is too large.
            StorageError: it cannot be stored.
        """
        if len(sys.modules) == self._loaded:  # looking at all of them costs more than many a task
            return self._shipped
        files = dict(users_files())
        self._loaded = len(sys.modules)
        if files == self._known:
            return self._shipped
        data = _archive(files)
        digest = hashlib.sha256(data).hexdigest()[:32]
        address = join(self._prefix, "code", f"{digest}.tar.gz")
        access = FileAccessProvider(raw_output_prefix=self._prefix, data_config=self._data_config)
        if not access.exists(address):
            access.write_bytes(address, data)
        self._known = files
        self._shipped = ShippedCode(digest, address, self._data_config, PROCESS)
        return self._shipped


def users_files() -> Iterator[tuple[str, Path]]:
    """(name in the archive, file) of the user's modules that are loaded, and of what else is in their packages."""
    libraries = _library_folders()
    seen: set[Path] = set()
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if not isinstance(file, str) or not file.endswith(".py") or name.split(".", maxsplit=1)[0] in _OURS:
            continue
        # Nearly all are of libraries, and following their links would cost more than a whole run of short tasks.
        if file.startswith(libraries) or (real := os.path.realpath(file)).startswith(libraries):
            continue
        path = Path(real)
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        root = _root_of(name, path)
        if path.relative_to(root).parts[0].removesuffix(".py") in _installed_into(root):
            continue
        yield path.relative_to(root).as_posix(), path
        top = root / path.relative_to(root).parts[0]
        if top.is_dir() and (top / "__init__.py").is_file():
            for each in sorted(top.rglob("*.py")):
                if each not in seen and each.is_file():
                    seen.add(each)
                    yield each.relative_to(root).as_posix(), each


def _root_of(name: str, path: Path) -> Path:
    """The folder from which a module is imported by its name; of a script, the one above its packages."""
    parts = name.split(".")
    end = path.with_suffix("").parts
    if end[-1] == "__init__":
        end = end[:-1]
    if list(end[-len(parts) :]) == parts:
        return Path(*end[: -len(parts)])
    root = path.parent
    while (root / "__init__.py").is_file():
        root = root.parent
    return root


@functools.cache
def _installed_into(folder: Path) -> frozenset[str]:
    """The names at the top of a folder that packages which were installed there list as theirs."""
    names: set[str] = set()
    for record in folder.glob("*.dist-info/RECORD"):
        for line in record.read_text(encoding="utf-8", errors="replace").splitlines():
            names.add(line.partition(",")[0].strip('"').partition("/")[0].removesuffix(".py"))
    return frozenset(names)


def _library_folders() -> tuple[str, ...]:
    """Folders of what is installed, as they are named and where they really are, each with a separator at its end."""
    found = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    found.update((*site.getsitepackages(), sys.prefix, sys.base_prefix))
    return tuple({os.path.join(each, "") for path in found if path for each in (path, os.path.realpath(path))})  # noqa: PTH118


def _archive(files: dict[str, Path]) -> bytes:
    raw = io.BytesIO()
    total = 0
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(files):
            content = files[name].read_bytes()
            total += len(content)
            if total > LARGEST:
                raise ExecutorError(
                    f"the code to ship is larger than {LARGEST:,} bytes",
                    where=name,
                    expected=f"at most {LARGEST:,} bytes",
                    got="the package above is the largest",
                    fix="install the packages on the workers, so that they need not travel",
                )
            member = tarfile.TarInfo(name)
            member.size = len(content)
            member.mode = 0o644
            archive.addfile(member, io.BytesIO(content))
    return gzip.compress(raw.getvalue(), mtime=0)

"""Where a provider's data go, by name: fresh addresses below its prefix, and fresh paths of its sandbox."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from drawloom.context.state import current
from drawloom.context.storage.addresses import SCHEME, file_tail, is_remote, join, local_path, random_name
from drawloom.context.storage.settings import Storage, StorageSource, storages_of
from drawloom.context.temporary import temporary_name


def _folder_below() -> str:
    """The run and the node, or the action, that runs here; empty outside any."""
    state = current()
    node = state.execution.raw_data_folder if state.execution is not None else ""
    if node or state.task is None:
        return node
    action = state.task.action
    return join(action.run_name or "", action.name)


class HasSeparator(Protocol):
    """A file system of fsspec's, as far as names go."""

    sep: str


class RawDataPaths:
    """The names that a FileAccessProvider gives. Nothing is made before something is written.

    Attributes: `raw_output_prefix` (ends with a slash; local or remote), `local_sandbox_dir` (for copies of remote data).
    """

    def __init__(
        self,
        local_sandbox_dir: str | os.PathLike[str] | None = None,
        raw_output_prefix: str | None = None,
        data_config: Storage | StorageSource | None = None,
        execution_metadata: dict[str, str] | None = None,
    ) -> None:
        """Both folders are made on the first write. A sandbox that is not given is a temporary one, gone with the process."""
        self._sandbox = Path(local_sandbox_dir) if local_sandbox_dir else None
        prefix = str(raw_output_prefix) if raw_output_prefix else str(self.local_sandbox_dir / "raw")
        self._prefix = prefix if prefix.endswith("/") else prefix + "/"
        self.data_config = data_config
        self._storages = storages_of(data_config)
        self.execution_metadata = dict(execution_metadata or {})

    def __repr__(self) -> str:
        return f"{type(self).__name__}(raw_output_prefix={self._prefix!r})"

    @property
    def raw_output_prefix(self) -> str:
        """The address below which new raw data is written."""
        return self._prefix

    @property
    def local_sandbox_dir(self) -> Path:
        """The folder for local copies of remote data."""
        if self._sandbox is None:
            self._sandbox = Path(temporary_name("sandbox"))
        return self._sandbox

    @staticmethod
    def is_remote(path: str | os.PathLike[str]) -> bool:
        """Whether `path` is reached through fsspec."""
        return is_remote(path)

    @staticmethod
    def get_random_string() -> str:
        """A fresh random name."""
        return random_name()

    @staticmethod
    def get_file_tail(file_path_or_file_name: str | os.PathLike[str]) -> str:
        """The last component of a path."""
        return file_tail(file_path_or_file_name)

    @staticmethod
    def strip_file_header(path: str, trim_trailing_sep: bool = False) -> str:  # noqa: FBT001, FBT002 - flytekit's signature
        """A `file://` path as a plain one."""
        text = path if is_remote(path) else str(local_path(path))
        return text.rstrip("/") if trim_trailing_sep and text != "/" else text

    def join(self, *args: str, unstrip: bool = False, fs: object = None) -> str:
        """Parts joined by one slash each. They keep their scheme, so `unstrip` has nothing to add, and `fs` is not asked."""
        del unstrip, fs
        return join(*args)

    @staticmethod
    def recursive_paths(f: str, t: str) -> tuple[str, str]:
        """Two paths of folders, each with a slash at its end."""
        return f.rstrip("/") + "/", t.rstrip("/") + "/"

    @staticmethod
    def sep(file_system: HasSeparator | None = None) -> str:
        """What separates the parts of a path: the file system's own sign, else the machine's."""
        return os.sep if file_system is None else file_system.sep

    def get_random_remote_path(self, file_path_or_file_name: str | os.PathLike[str] | None = None) -> str:
        """A fresh address below the prefix, a folder of its own, ending in the given file's name.

        Below a remote prefix it is in a folder of the run and of the node or action that runs here. (On this machine data lie by their
        content, once for all runs.)
        """
        tail = file_tail(file_path_or_file_name) if file_path_or_file_name else ""
        within = _folder_below() if is_remote(self._prefix) else ""
        return join(self._prefix, within, random_name(), tail)

    def get_random_remote_directory(self) -> str:
        """A fresh address below the prefix."""
        return self.get_random_remote_path()

    def generate_new_custom_path(self, fs: object = None, alt: str | None = None, stem: str | None = None) -> str:
        """A fresh address: below `alt` instead of the prefix's bucket, or ending in `stem` instead of a random name."""
        del fs
        name = stem or random_name()
        if alt is None:
            return join(self._prefix, random_name(), name) if stem else join(self._prefix, name)
        found = SCHEME.match(self._prefix)
        if found is None:
            return join(self._prefix, alt, name)
        inner = self._prefix[found.end() :].split("/", 1)
        return join(f"{found.group(0)}{alt}", inner[1] if len(inner) > 1 else "", name)

    def fresh_local_path(self, address: str | os.PathLike[str]) -> str:
        """A fresh path in the sandbox, ending in the name of `address`; nothing is made."""
        return str(self.local_sandbox_dir / "local" / random_name() / file_tail(address))

    def get_random_local_path(self, file_path_or_file_name: str | os.PathLike[str] | None = None) -> str:
        """A fresh path in the sandbox; its folder exists, the file does not."""
        tail = file_tail(file_path_or_file_name) if file_path_or_file_name else ""
        path = self.local_sandbox_dir / "local" / random_name()
        if tail:
            path.mkdir(parents=True)
            return str(path / tail)
        path.parent.mkdir(parents=True, exist_ok=True)
        return str(path)

    def get_random_local_directory(self) -> str:
        """A fresh empty folder in the sandbox."""
        path = Path(self.get_random_local_path())
        path.mkdir(parents=True)
        return str(path)

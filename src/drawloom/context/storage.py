"""Where raw data goes: the files behind blobs, datasets and pickles. Local paths by the standard library, the rest by fsspec.

A path is local if it has no `scheme://`, or the scheme `file://` or `local://`; every other scheme is remote and needs
fsspec, which is loaded on the first use of such a path and never before. Folders are made when something is written into
them. Random names come from the operating system's generator, so that a user's `random.seed` neither steers nor repeats them.
A written file appears under its name whole or not at all.

The class has flytekit's name and method names, because transformers written for flytekit reach it as `ctx.file_access`.
"""

from __future__ import annotations

import importlib
import os
import re
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from literals import DrawloomError, attempt

LOCAL_SCHEMES = frozenset({"file", "local"})
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://")
_NAME_BYTES = 16
"""Bytes of a random name: 32 hexadecimal characters, as flytekit's."""


class StorageError(DrawloomError, AssertionError, OSError):
    """A file or folder could not be read, written or reached. Also an AssertionError, which flytekit raises here."""


def scheme_of(path: str | os.PathLike[str]) -> str:
    """The scheme of a path in lower case, `file` where it has none."""
    found = _SCHEME.match(os.fspath(path))
    return found.group(1).lower() if found else "file"


def is_remote(path: str | os.PathLike[str]) -> bool:
    """Whether a path is reached through fsspec rather than the local file system."""
    return scheme_of(path) not in LOCAL_SCHEMES


def local_path(path: str | os.PathLike[str]) -> Path:
    """A local path without its scheme; `file://` text is percent-decoded, as RFC 8089 has it."""
    text = os.fspath(path)
    found = _SCHEME.match(text)
    if found is None:
        return Path(text)
    rest = text[found.end() :]
    return Path(unquote(rest) if found.group(1).lower() == "file" else rest)


def random_name() -> str:
    """32 hexadecimal characters from the operating system's generator."""
    return os.urandom(_NAME_BYTES).hex()


def join(*parts: str) -> str:
    """Parts joined by one slash each; a part's own slashes at the joints are dropped, an empty part is skipped."""
    kept = [part for part in parts if part]
    if not kept:
        return ""
    first, *rest = kept
    return "/".join([first.rstrip("/") if rest else first, *(part.strip("/") for part in rest)])


def file_tail(path: str | os.PathLike[str]) -> str:
    """The last component of a path or address, without a query."""
    text = os.fspath(path)
    if is_remote(text):
        text = text.split("?", 1)[0]
    return text.rstrip("/").rsplit("/", 1)[-1]


@lru_cache(maxsize=64)
def filesystem(scheme: str) -> Any:
    """The fsspec file system of a scheme.

    Raises:
        StorageError: fsspec, or its driver for this scheme, is not installed.
    """
    try:
        fsspec = importlib.import_module("fsspec")
        return fsspec.filesystem(scheme)
    except ImportError as error:
        raise StorageError(
            f"{scheme}:// paths need a library that is not installed ({error})",
            fix=f"install fsspec and its driver for {scheme}",
        ) from error
    except ValueError as error:
        raise StorageError(f"fsspec knows no scheme {scheme}://", fix="check the address") from error


def _copy_file(source: Path, target: Path) -> None:
    """Copy one file so that `target` is whole or absent."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{random_name()[:8]}")
    try:
        shutil.copyfile(source, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _copy_local(source: Path, target: Path, *, is_folder: bool) -> None:
    try:
        if not is_folder:
            _copy_file(source, target)
        elif source.resolve() != target.resolve():
            shutil.copytree(source, target, dirs_exist_ok=True)
    except shutil.Error as error:
        raise StorageError(f"not every file could be copied: {error}", where=str(source)) from error
    except OSError as error:
        raise StorageError(
            f"the copy failed: {error.strerror or error}", where=str(source), expected=f"a copy at {target}"
        ) from error


class FileAccessProvider:
    """Reads and writes raw data below one prefix.

    Attributes: `raw_output_prefix` (ends with a slash; local or remote), `local_sandbox_dir` (for copies of remote data).
    """

    def __init__(
        self,
        local_sandbox_dir: str | os.PathLike[str] | None = None,
        raw_output_prefix: str | None = None,
        data_config: Any = None,
        execution_metadata: dict[str, Any] | None = None,
    ) -> None:
        """Both folders are made on the first write. Without a sandbox, one is named below the temporary folder."""
        sandbox = (
            Path(local_sandbox_dir) if local_sandbox_dir else Path(tempfile.gettempdir()) / f"drawloom-{random_name()}"
        )
        self._sandbox = sandbox
        prefix = str(raw_output_prefix) if raw_output_prefix else str(sandbox / "raw")
        self._prefix = prefix if prefix.endswith("/") else prefix + "/"
        self.data_config = data_config
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

    def join(self, *args: str, **_: Any) -> str:
        """Parts joined by one slash each."""
        return join(*args)

    def get_filesystem(self, protocol: str | None = None, **_: Any) -> Any:
        """The fsspec file system of a scheme (`file` where none is given)."""
        return filesystem(protocol or "file")

    def get_filesystem_for_path(self, path: str = "", **_: Any) -> Any:
        """The fsspec file system that a path belongs to."""
        return filesystem(scheme_of(path or self._prefix))

    def get_random_remote_path(self, file_path_or_file_name: str | os.PathLike[str] | None = None) -> str:
        """A fresh address below the prefix, a folder of its own, ending in the given file's name."""
        tail = file_tail(file_path_or_file_name) if file_path_or_file_name else ""
        return join(self._prefix, random_name(), tail)

    def get_random_remote_directory(self) -> str:
        """A fresh address below the prefix."""
        return self.get_random_remote_path()

    def generate_new_custom_path(
        self, fs: Any = None, alt: str | None = None, stem: str | None = None, **_: Any
    ) -> str:
        """A fresh address: below `alt` instead of the prefix's bucket, or ending in `stem` instead of a random name."""
        del fs
        name = stem or random_name()
        if alt is None:
            return join(self._prefix, random_name(), name) if stem else join(self._prefix, name)
        found = _SCHEME.match(self._prefix)
        if found is None:
            return join(self._prefix, alt, name)
        inner = self._prefix[found.end() :].split("/", 1)
        return join(f"{found.group(0)}{alt}", inner[1] if len(inner) > 1 else "", name)

    def fresh_local_path(self, address: str | os.PathLike[str]) -> str:
        """A fresh path in the sandbox, ending in the name of `address`; nothing is made."""
        return str(self._sandbox / "local" / random_name() / file_tail(address))

    def get_random_local_path(self, file_path_or_file_name: str | os.PathLike[str] | None = None) -> str:
        """A fresh path in the sandbox; its folder exists, the file does not."""
        tail = file_tail(file_path_or_file_name) if file_path_or_file_name else ""
        path = self._sandbox / "local" / random_name()
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

    def exists(self, path: str | os.PathLike[str]) -> bool:
        """Whether a file or folder is at `path`."""
        if is_remote(path):
            return bool(filesystem(scheme_of(path)).exists(os.fspath(path)))
        return local_path(path).exists()

    def put_data(
        self,
        local_path: str | os.PathLike[str],
        remote_path: str | os.PathLike[str],
        is_multipart: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
        **options: Any,
    ) -> str:
        """Copy a local file (a folder when `is_multipart`) to an address, and give the address.

        Raises:
            StorageError: the source is missing or of the other kind, or the target cannot be written.
        """
        source = _existing(local_path, is_folder=is_multipart)
        target = os.fspath(remote_path)
        if not is_remote(target):
            _copy_local(source, Path(self.strip_file_header(target)), is_folder=is_multipart)
            return target
        driver = filesystem(scheme_of(target))
        self._remote(
            target,
            driver.put,
            _folder(source) if is_multipart else str(source),
            target,
            recursive=is_multipart,
            **options,
        )
        return target

    def put_raw_data(
        self,
        lpath: str | os.PathLike[str],
        upload_prefix: str | None = None,
        file_name: str | None = None,
        skip_raw_data_prefix: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
        **options: Any,
    ) -> str:
        """Copy a local file or folder below the prefix, into a random folder unless `upload_prefix` names one."""
        source = Path(self.strip_file_header(os.fspath(lpath)))
        is_folder = source.is_dir()
        base = "" if skip_raw_data_prefix else self._prefix
        tail = file_name or ("" if is_folder else source.name)
        return self.put_data(source, join(base, upload_prefix or random_name(), tail), is_folder, **options)

    def get_data(
        self,
        remote_path: str | os.PathLike[str],
        local_path: str | os.PathLike[str],
        is_multipart: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
        **options: Any,
    ) -> str:
        """Copy a file (a folder when `is_multipart`) from an address to a local path, and give the path.

        Raises:
            StorageError: nothing of that kind is there, or it cannot be read.
        """
        source, target = os.fspath(remote_path), Path(self.strip_file_header(os.fspath(local_path)))
        if not is_remote(source):
            _copy_local(_existing(source, is_folder=is_multipart), target, is_folder=is_multipart)
            return str(target)
        driver = filesystem(scheme_of(source))
        target.parent.mkdir(parents=True, exist_ok=True)
        origin = source.rstrip("/") + "/" if is_multipart else source
        self._remote(source, driver.get, origin, str(target), recursive=is_multipart, **options)
        return str(target)

    def read_bytes(self, path: str | os.PathLike[str]) -> bytes:
        """All bytes of one file, local or remote."""
        if is_remote(path):
            return self._remote(os.fspath(path), filesystem(scheme_of(path)).cat_file, os.fspath(path))
        return _existing(path, is_folder=False).read_bytes()

    def write_bytes(self, path: str | os.PathLike[str], data: bytes) -> str:
        """Write one file, local or remote, and give its address."""
        text = os.fspath(path)
        if is_remote(text):
            self._remote(text, filesystem(scheme_of(text)).pipe_file, text, data)
            return text
        target = local_path(text)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_name(f".{target.name}.{random_name()[:8]}")
            part.write_bytes(data)
            part.replace(target)
        except OSError as error:
            raise StorageError(f"the file could not be written: {error.strerror or error}", where=text) from error
        return text

    def list_folder(self, path: str | os.PathLike[str]) -> list[tuple[str, bool]]:
        """Entries of a folder as (address, is it a folder), sorted by address."""
        text = os.fspath(path)
        if not is_remote(text):
            folder = _existing(text, is_folder=True)
            return sorted((str(entry), entry.is_dir()) for entry in folder.iterdir())
        driver = filesystem(scheme_of(text))
        rows = self._remote(text, driver.ls, text, detail=True)
        return sorted((driver.unstrip_protocol(row["name"]), row["type"] == "directory") for row in rows)

    def open(self, path: str | os.PathLike[str], mode: str = "r", **options: Any) -> Any:
        """An open file, local or remote."""
        if is_remote(path):
            return filesystem(scheme_of(path)).open(os.fspath(path), mode, **options)
        target = local_path(path)
        if "r" not in mode:
            target.parent.mkdir(parents=True, exist_ok=True)
        return target.open(mode, **options)

    def upload(self, file_path: str, to_path: str, **options: Any) -> str:
        """Copy a local file to an address."""
        return self.put_data(file_path, to_path, is_multipart=False, **options)

    def upload_directory(self, local_path: str, remote_path: str, **options: Any) -> str:
        """Copy a local folder to an address."""
        return self.put_data(local_path, remote_path, is_multipart=True, **options)

    def download(self, remote_path: str, local_path: str, **options: Any) -> str:
        """Copy a file from an address to a local path."""
        return self.get_data(remote_path, local_path, is_multipart=False, **options)

    def download_directory(self, remote_path: str, local_path: str, **options: Any) -> str:
        """Copy a folder from an address to a local path."""
        return self.get_data(remote_path, local_path, is_multipart=True, **options)

    async def async_put_data(self, *args: Any, **options: Any) -> str:
        """`put_data` for a coroutine; it blocks while it copies."""
        return self.put_data(*args, **options)

    async def async_put_raw_data(self, *args: Any, **options: Any) -> str:
        """`put_raw_data` for a coroutine; it blocks while it copies."""
        return self.put_raw_data(*args, **options)

    async def async_get_data(self, *args: Any, **options: Any) -> str:
        """`get_data` for a coroutine; it blocks while it copies."""
        return self.get_data(*args, **options)

    @staticmethod
    def _remote(address: str, call: Any, *args: Any, **options: Any) -> Any:
        """Run one driver call; whatever the driver raises becomes a StorageError."""
        outcome = attempt(call, *args, **options)
        if outcome.error is not None:
            kind = type(outcome.error).__name__
            raise StorageError(f"the storage driver failed: {kind}: {outcome.error}", where=address) from outcome.error
        return outcome.value


def _folder(path: Path) -> str:
    """A folder's path with a final slash: the folder's content is meant, not the folder inside the target."""
    return str(path).rstrip("/") + "/"


def _existing(path: str | os.PathLike[str], *, is_folder: bool) -> Path:
    """A local path that is there and of the wanted kind."""
    source = local_path(path)
    if source.is_dir() if is_folder else source.is_file():
        return source
    kind, other = ("folder", "file") if is_folder else ("file", "folder")
    got = f"a {other}" if source.exists() else "nothing at that path"
    raise StorageError(f"there is no {kind} here", where=str(source), expected=f"a {kind}", got=got)


@lru_cache(maxsize=1)
def default_file_access() -> FileAccessProvider:
    """The storage of a process that has set none: a fresh folder below the temporary folder, made on the first write."""
    return FileAccessProvider()

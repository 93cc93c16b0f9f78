"""The storage that transformers and tasks see: `FileAccessProvider`, with flytekit's name and method names.

Folders are made when something is written into them. What appears under its final name is whole: a copy is made under
another name, checked against the size that its source has, and renamed; what failed leaves nothing.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
from collections.abc import Callable, Generator
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

from drawloom.context.storage.addresses import (
    StorageError,
    is_remote,
    join,
    local_path,
    random_name,
    scheme_of,
    shown,
)
from drawloom.context.storage.awaiting import run_in_thread, side_by_side
from drawloom.context.storage.drivers import store_of
from drawloom.context.storage.empty_folders import check_names, is_mark, marks, parted
from drawloom.context.storage.fsspec_store import filesystem_of
from drawloom.context.storage.local import (
    WholeFile,
    complaining,
    copy_file,
    copy_folder,
    existing,
    files_below,
    make_folder,
    prepared,
    prepared_folder,
)
from drawloom.context.storage.raw_data_paths import RawDataPaths
from drawloom.context.storage.settings import (
    default_raw_data_path,
    storage_settings,
)
from drawloom.context.storage.snapshots import as_it_was, is_snapshot, take_file, take_folder, take_made
from drawloom.context.storage.spooled import READ_AT_ONCE, spooled
from drawloom.context.storage.stores import ListedObject, Store, guarded
from drawloom.context.storage.streams import TextOptions, WriterFile, check_mode, check_remote_mode, read_as, written_as

T = TypeVar("T")


class FileAccessProvider(RawDataPaths):
    """Reads and writes raw data below one prefix, and anything else by its address."""

    def get_filesystem(
        self,
        protocol: str | None = None,
        anonymous: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
        path: str | None = None,
        **options: object,
    ) -> Any:
        """The fsspec file system of a scheme (`file` where none is given), or of a path's; options are the driver's.

        Raises:
            StorageError: no driver for it is installed.
        """
        return self.get_filesystem_for_path(path or f"{protocol or 'file'}://", anonymous=anonymous, **options)

    def get_filesystem_for_path(
        self,
        path: str = "",
        anonymous: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
        **options: object,
    ) -> Any:
        """The fsspec file system that a path belongs to.

        Raises:
            StorageError: no driver for it is installed.
        """
        address = path or self._prefix
        settings = storage_settings(scheme_of(address), self._storages)
        settings = settings.made_anonymous() if anonymous else settings
        return guarded(address, lambda: filesystem_of(address, settings, **options), given=self._storages)

    @property
    def raw_output_fs(self) -> Any:
        """The fsspec file system that raw data goes to."""
        return self.get_filesystem_for_path(self._prefix)

    @property
    def local_access(self) -> Any:
        """The fsspec file system of this machine."""
        return self.get_filesystem("file")

    async def get(
        self,
        from_path: str,
        to_path: str,
        recursive: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
    ) -> str:
        """`get_data` for a coroutine, by flytekit's name for it."""
        return await self.async_get_data(from_path, to_path, recursive)

    def exists(self, path: str | os.PathLike[str]) -> bool:
        """Whether a file or folder is at `path`.

        Raises:
            StorageError: the store cannot be asked.
        """
        if is_remote(path):
            text = os.fspath(path)
            return self._guarded(text, self._store(text).info, text) is not None
        return local_path(path).exists()

    def is_folder(self, path: str | os.PathLike[str]) -> bool:
        """Whether a folder is at `path`.

        Raises:
            StorageError: the store cannot be asked.
        """
        if is_remote(path):
            text = os.fspath(path)
            found = self._guarded(text, self._store(text).info, text)
            return found is not None and found.is_folder
        return local_path(path).is_dir()

    def put_data(
        self,
        local_path: str | os.PathLike[str],
        remote_path: str | os.PathLike[str],
        is_multipart: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
        batch_size: int | None = None,
    ) -> str:
        """Copy a local file (a folder when `is_multipart`, `batch_size` files at a time) to an address, and give the address.

        Raises:
            StorageError: the source is missing or of the other kind, or the target cannot be written.
        """
        source = existing(local_path, is_folder=is_multipart)
        target = os.fspath(remote_path)
        if not is_remote(target):
            place = Path(self.strip_file_header(target))
            (copy_folder if is_multipart else copy_file)(source, place)
            return target
        store = self._store(target)
        if not is_multipart:
            self._guarded(target, store.send, source, target)
            return target
        files, empty = files_below(source)
        nothing = marks(empty if files or empty else [""])
        side_by_side(
            [
                *(partial(self._guarded, target, store.send, source / name, join(target, name)) for name in files),
                *(partial(self._guarded, target, store.write, join(target, name), b"") for name in nothing),
            ],
            batch_size,
        )
        return target

    def keep(
        self,
        local_path: str | os.PathLike[str],
        is_multipart: bool = False,  # noqa: FBT001, FBT002 - as put_data's
        batch_size: int | None = None,
    ) -> str:
        """Keep a local file or folder as it is now, below the prefix, and give its address. The user's own path stays theirs.

        Below a local prefix it is a snapshot: read-only, and at an address made of its content.

        Raises:
            StorageError: it is not there, or cannot be kept.
        """
        source = self.strip_file_header(os.fspath(local_path))
        if is_remote(self._prefix):
            address = self.get_random_remote_directory() if is_multipart else self.get_random_remote_path(source)
            return self.put_data(source, address, is_multipart, batch_size)
        if is_snapshot(source):
            return str(Path(source).absolute())
        prefix = self.strip_file_header(self._prefix)
        take = take_folder if is_multipart else take_file
        return str(take(source, prefix))

    def keep_made(
        self,
        make: Callable[[Path], object],
        name: str,
        is_multipart: bool = False,  # noqa: FBT001, FBT002 - as put_data's
        address: str | None = None,
    ) -> str:
        """Keep the file, or the folder of files, that `make` writes at the path that it is given, and give its address.

        Without an `address` it goes below the prefix, as `keep` has it; `name` is its last part. Memory does not grow with it.

        Raises:
            StorageError: it cannot be kept. What `make` raises passes through, and nothing is left.
        """
        if address is None and not is_remote(self._prefix):
            return str(take_made(make, name, self.strip_file_header(self._prefix), is_folder=is_multipart))
        made = Path(self.get_random_local_path(name))
        try:
            if is_multipart:
                make_folder(made)
            make(made)
            target = address or (
                self.get_random_remote_directory() if is_multipart else self.get_random_remote_path(name)
            )
            return self.put_data(made, target, is_multipart)
        finally:
            shutil.rmtree(made.parent, ignore_errors=True)

    @contextlib.contextmanager
    def at_hand(self, address: str, is_multipart: bool = False) -> Generator[Path]:  # noqa: FBT001, FBT002 - as put_data's
        """A local path with what lies at an address: its own where it is local, else a copy that goes with the block.

        Raises:
            StorageError: nothing is there, it cannot be read, or it is a snapshot that was changed.
        """
        if not is_remote(address):
            yield as_it_was(address, is_folder=is_multipart)
            return
        copy = Path(self.get_random_local_path(address))
        try:
            self.get_data(address, copy, is_multipart)
            yield copy
        finally:
            shutil.rmtree(copy.parent, ignore_errors=True)

    def put_raw_data(  # noqa: PLR0917 - flytekit's signature
        self,
        lpath: str | os.PathLike[str] | bytes | io.IOBase,
        upload_prefix: str | None = None,
        file_name: str | None = None,
        read_chunk_size_bytes: int = READ_AT_ONCE,
        encoding: str = "utf-8",
        skip_raw_data_prefix: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
        *,
        batch_size: int | None = None,
        block_size: int | None = None,
    ) -> str:
        """Copy a local file or folder, or bytes, or what a stream holds, below the prefix.

        It goes into a random folder unless `upload_prefix` names one, under the source's name unless `file_name` gives one.
        A stream is read `read_chunk_size_bytes` at a time (characters, where it holds text, which `encoding` makes bytes),
        and written `block_size` bytes at a time; how large the parts of an upload are, the store decides.

        Raises:
            StorageError: the source is missing, a text has characters that the encoding lacks, or the target cannot be
                written.
        """
        base = "" if skip_raw_data_prefix else self._prefix
        folder = join(base, upload_prefix or random_name())
        if isinstance(lpath, io.IOBase):
            target = join(folder, file_name or random_name())
            with spooled(lpath, target, read_chunk_size_bytes, encoding, block_size) as part:
                return self.put_data(part, target)
        if isinstance(lpath, (bytes, bytearray, memoryview)):
            return self.write_bytes(join(folder, file_name or random_name()), bytes(lpath))
        source = Path(self.strip_file_header(os.fspath(lpath)))
        is_folder = source.is_dir()
        tail = file_name or ("" if is_folder else source.name)
        return self.put_data(source, join(folder, tail), is_folder, batch_size)

    def get_data(
        self,
        remote_path: str | os.PathLike[str],
        local_path: str | os.PathLike[str],
        is_multipart: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
        batch_size: int | None = None,
    ) -> str:
        """Copy a file (a folder when `is_multipart`, `batch_size` files at a time) from an address to a local path.

        Raises:
            StorageError: nothing of that kind is there, it cannot be read, or what came is not all of it.
        """
        source, target = os.fspath(remote_path), Path(self.strip_file_header(os.fspath(local_path)))
        if not is_remote(source):
            (copy_folder if is_multipart else copy_file)(as_it_was(source, is_folder=is_multipart), target)
            return str(target)
        if not is_multipart:
            self._fetch(source, target)
            return str(target)
        store = self._store(source)
        names = self._guarded(source, store.find, source)
        if not names:
            raise StorageError(
                "there is no folder at this address",
                where=shown(source),
                expected="a folder with files",
                got="nothing below it",
                fix="check the address",
            )
        check_names(names, source)
        files, empty = parted(names)
        with complaining("the copy failed", shown(source), f"a copy at {target}"), prepared_folder(target) as stage:
            for folder in {*(stage.joinpath(name).parent for name in files), *(stage / name for name in empty)}:
                folder.mkdir(parents=True, exist_ok=True)
            side_by_side([partial(self._fetch_as, join(source, name), stage / name) for name in files], batch_size)
        return str(target)

    def _fetch(self, address: str, target: Path) -> None:
        with complaining("the copy failed", shown(address), f"a copy at {target}"), prepared(target) as part:
            self._fetch_as(address, part)

    def _fetch_as(self, address: str, part: Path) -> None:
        """Copy an object to a path whose folder is there; all of it, or an error."""
        size = self._guarded(address, self._store(address).fetch, address, part)
        if size is not None and part.stat().st_size != size:
            raise StorageError(
                "what came is not all of it",
                where=shown(address),
                expected=f"{size} bytes",
                got=f"{part.stat().st_size} bytes",
                fix="try again; if it stays so, the object is damaged",
            )

    def _guarded(self, address: str, call: Callable[..., T], *args: Any) -> T:
        return guarded(address, call, *args, given=self._storages)

    def _store(self, address: str) -> Store:
        return store_of(address, self._storages)

    def read_bytes(self, path: str | os.PathLike[str]) -> bytes:
        """All bytes of one file, local or remote.

        Raises:
            StorageError: there is none, or it cannot be read.
        """
        if is_remote(path):
            text = os.fspath(path)
            return self._guarded(text, self._store(text).read, text)
        source = as_it_was(path, is_folder=False)
        with complaining("the file cannot be read", source):
            return source.read_bytes()

    def write_bytes(self, path: str | os.PathLike[str], data: bytes) -> str:
        """Write one file, local or remote, and give its address.

        Raises:
            StorageError: it cannot be written.
        """
        text = os.fspath(path)
        if is_remote(text):
            self._guarded(text, self._store(text).write, text, data)
            return text
        target = local_path(text)
        with complaining("the file could not be written", text), prepared(target) as part:
            part.write_bytes(data)
        return text

    def list_folder(self, path: str | os.PathLike[str]) -> list[tuple[str, bool]]:
        """Entries of a folder as (address, is it a folder), sorted by address.

        Raises:
            StorageError: there is none, or it cannot be read.
        """
        text = os.fspath(path)
        if not is_remote(text):
            folder = existing(text, is_folder=True)
            with complaining("the folder cannot be read", folder):
                return sorted((str(entry), entry.is_dir()) for entry in folder.iterdir())
        return [row for row in self._guarded(text, self._store(text).list, text) if not is_mark(row[0])]

    def find(self, path: str | os.PathLike[str]) -> list[str]:
        """Names of the files below a folder at any depth, relative to it, with slashes, sorted.

        Raises:
            StorageError: there is none, or it cannot be read.
        """
        text = os.fspath(path)
        if not is_remote(text):
            return files_below(existing(text, is_folder=True))[0]
        return parted(self._guarded(text, self._store(text).find, text))[0]

    def open(
        self,
        path: str | os.PathLike[str],
        mode: str = "r",
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        **options: object,
    ) -> Any:
        """An open file, local or remote; text is UTF-8 unless `encoding` says otherwise. Other options are the driver's.

        A file that is written appears when it is closed, and never if its `with` block fails.

        Raises:
            StorageError: nothing is there to be read, it cannot be written, or the mode or an option does not exist.
        """
        check_mode(mode)
        words = TextOptions(encoding, errors, newline)
        words.check(mode)
        address = os.fspath(path)
        given = {key: value for key, value in options.items() if value is not None}
        reads = "r" in mode and "+" not in mode
        if is_remote(address):
            store = self._store(address)
            if reads:
                return read_as(self._guarded(address, lambda: store.reader(address, **given)), mode, words)
            check_remote_mode(mode, address)
            raw = WriterFile(self._guarded(address, lambda: store.writer(address, **given)))
            return written_as(raw, mode, words)
        if given:
            raise StorageError(
                f"a local file takes no {next(iter(given))}",
                where=address,
                expected="mode and encoding",
                got=next(iter(given)),
                fix="leave it out: it is an option of remote stores",
            )
        if reads:
            source = as_it_was(address, is_folder=False)
            with complaining("the file cannot be read", address):
                return read_as(source.open("rb"), mode, words)
        with complaining("the file could not be written", address):
            return written_as(WholeFile(local_path(address), mode), mode, words)

    def listed(self, address: str) -> list[ListedObject]:
        """All objects below a remote address, with their sizes and times.

        Raises:
            StorageError: the store cannot be asked.
        """
        return self._guarded(address, self._store(address).listed, address)

    def remove(self, addresses: list[str]) -> None:
        """Remove remote objects; one that is not there any more is not an error.

        Raises:
            StorageError: the store refuses.
        """
        for address in addresses:
            self._guarded(address, self._store(address).remove, [address])

    def upload(self, file_path: str, to_path: str) -> str:
        """Copy a local file to an address."""
        return self.put_data(file_path, to_path)

    def upload_directory(self, local_path: str, remote_path: str, batch_size: int | None = None) -> str:
        """Copy a local folder to an address."""
        return self.put_data(local_path, remote_path, True, batch_size)  # noqa: FBT003 - flytekit's parameter

    def download(self, remote_path: str, local_path: str) -> str:
        """Copy a file from an address to a local path."""
        return self.get_data(remote_path, local_path)

    def download_directory(self, remote_path: str, local_path: str, batch_size: int | None = None) -> str:
        """Copy a folder from an address to a local path."""
        return self.get_data(remote_path, local_path, True, batch_size)  # noqa: FBT003 - flytekit's parameter

    async def async_put_data(
        self,
        local_path: str | os.PathLike[str],
        remote_path: str | os.PathLike[str],
        is_multipart: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
        batch_size: int | None = None,
    ) -> str:
        """`put_data` for a coroutine: the loop goes on while it copies."""
        return await run_in_thread(self.put_data, local_path, remote_path, is_multipart, batch_size)

    async def async_put_raw_data(  # noqa: PLR0917 - flytekit's signature
        self,
        lpath: str | os.PathLike[str] | bytes | io.IOBase,
        upload_prefix: str | None = None,
        file_name: str | None = None,
        read_chunk_size_bytes: int = READ_AT_ONCE,
        encoding: str = "utf-8",
        skip_raw_data_prefix: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
        *,
        batch_size: int | None = None,
        block_size: int | None = None,
    ) -> str:
        """`put_raw_data` for a coroutine: the loop goes on while it copies."""
        put = partial(self.put_raw_data, batch_size=batch_size, block_size=block_size)
        chunk = read_chunk_size_bytes
        return await run_in_thread(put, lpath, upload_prefix, file_name, chunk, encoding, skip_raw_data_prefix)

    async def async_get_data(
        self,
        remote_path: str | os.PathLike[str],
        local_path: str | os.PathLike[str],
        is_multipart: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
        batch_size: int | None = None,
    ) -> str:
        """`get_data` for a coroutine: the loop goes on while it copies."""
        return await run_in_thread(self.get_data, remote_path, local_path, is_multipart, batch_size)


def default_file_access() -> FileAccessProvider:
    """The storage where nothing nearer is set: `init(storage=...)`, else `FLYTE_RAW_DATA_PATH`, else `raw-data` in the home."""
    return file_access_below(default_raw_data_path())


@lru_cache(maxsize=64)
def file_access_below(prefix: str) -> FileAccessProvider:
    """The storage whose raw data go below a prefix."""
    return FileAccessProvider(raw_output_prefix=prefix)

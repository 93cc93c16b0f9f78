"""Files and folders of records and caches: private, whole or not there, and never behind a link that somebody else put there.

Folders are made with mode 0700 and files with 0600. A folder in one that everybody may write to (the system's temporary
folder) has to be the user's own. A file is written under a name that nobody can guess, synced, and renamed.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Generator
from pathlib import Path

from drawloom.interpreter.errors import RunDirectoryError

_FOLDER_MODE = 0o700
_FILE_MODE = 0o600
NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


def private_folder(path: Path) -> Path:
    """Make a folder and those above it that are missing, for the user alone.

    Raises:
        OSError: it cannot be made.
        RunDirectoryError: it lies where everybody may write, and is another user's or a link.
    """
    if not path.is_dir():
        if path.parent != path:
            private_folder(path.parent)
        with contextlib.suppress(FileExistsError):
            path.mkdir(_FOLDER_MODE)
    check_owner(path)
    return path


def check_owner(path: Path) -> None:
    """Refuse a folder that another user can have put in the way.

    Raises:
        OSError: it is not there.
        RunDirectoryError: its parent is open to everybody, and it is a link or not the user's own.
    """
    if not hasattr(os, "getuid") or not path.parent.stat().st_mode & stat.S_IWOTH:
        return
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode) or found.st_uid != os.getuid():
        raise RunDirectoryError(
            "this folder lies where everybody may write, and is a link or another user's",
            where=str(path),
            expected="a folder of your own",
            got="a link, or a folder of another user",
            fix="remove it, or choose another place (DRAWLOOM_HOME, run_base_dir)",
        )


def open_private(path: Path, flags: int) -> int:
    """Open a file, made for the user alone where it is missing; a link is not followed. Raises `OSError`."""
    return os.open(path, flags | NO_LINKS, _FILE_MODE)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of the bytes; the system may take them in parts. Raises `OSError`."""
    written = os.write(descriptor, data)
    while written < len(data):
        written += os.write(descriptor, data[written:])


def write_atomic(path: Path, data: bytes, *, sync: bool = True) -> None:
    """Write a file so that its name shows all of it or nothing, also after a power cut if `sync`.

    Raises:
        OSError: it cannot be written; then nothing is left of it.
    """
    private_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    descriptor = open_private(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        try:
            write_all(descriptor, data)
            if sync:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temporary.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    if sync:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder survive a power cut. Raises `OSError`."""
    if os.name != "posix":
        return  # elsewhere a folder cannot be opened, and renames are in the file system's own journal
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def recording(folder: Path) -> Generator[None]:
    """Code that writes a record: what the system says against it is our error, with the ways out.

    Raises:
        RunDirectoryError: the record cannot be written.
    """
    try:
        yield
    except RunDirectoryError:
        raise
    except OSError as error:
        raise cannot_write(folder, error) from error


def cannot_write(folder: Path, error: OSError) -> RunDirectoryError:
    """Our error for what the system says against a record, with the ways out."""
    return RunDirectoryError(
        "the record of the run cannot be written",
        where=str(folder),
        expected="a folder that can be written",
        got=str(error.strerror or error),
        fix="choose another place (DRAWLOOM_HOME, run_base_dir), or keep no record (--no-record)",
    )

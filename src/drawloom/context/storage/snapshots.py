"""Snapshots: what a task gives is kept as it was, under an address made of its content, and never changes afterwards.

A snapshot of a file is `<prefix>/sha256/<2 digits>/<64 digits>/<name>`, its digest that of its bytes. A folder's digest is that of
the names and digests of its files. Equal content has one address, so nothing is stored twice and results of a cache are found
again. Files are read-only and have a fixed time of change; one whose time differs was written to, and its bytes are compared
with the digest before anybody is given them. Where the file system can share blocks between files (FICLONE), nothing is copied.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import stat
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from drawloom.context.storage.addresses import StorageError, random_name
from drawloom.context.storage.local import complaining, existing, files_below, make_folder

fcntl: Any
try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None

PIECE = 1 << 18
"""Bytes that are read and written at a time: they stay near the processor between the copy and the digest."""
_CHANGED = 315_532_800_000_000_000
"""Nanoseconds: 1980-01-01T00:00:00Z, the earliest time that archives can hold."""
_FICLONE = 0x40049409
"""The number of Linux's request to share a file's blocks (`linux/fs.h`)."""
_PLACE = re.compile(r"/sha256/([0-9a-f]{2})/(\1[0-9a-f]{62})/")


def is_snapshot(path: str | os.PathLike[str]) -> bool:
    """Whether a local path is a snapshot, or below one."""
    return _PLACE.search(os.fspath(path)) is not None


def take_file(source: str | os.PathLike[str], prefix: str | os.PathLike[str]) -> Path:
    """The snapshot of a file, made below `prefix` unless it is there.

    Raises:
        StorageError: the file cannot be read, or the snapshot cannot be written.
    """
    path = existing(source, is_folder=False)
    with complaining("the file cannot be kept", path), _stage(prefix) as stage:
        digest = _copied(path, stage)
        return _kept(stage, _address(prefix, digest) / path.name)


def take_made(
    make: Callable[[Path], object], name: str, prefix: str | os.PathLike[str], *, is_folder: bool = False
) -> Path:
    """The snapshot of a file, or of a folder of files, that `make` writes at the path that it is given: nothing is copied.

    Raises:
        StorageError: it cannot be written. What `make` raises passes through.
    """
    with complaining("what was made cannot be kept", str(prefix)), _stage(prefix) as stage:
        if is_folder:
            stage.mkdir()
        make(stage)
        files, empty = files_below(stage) if is_folder else ([""], [])
        for each in files:
            _seal(stage / each, 0)
        digest = _folder_digest(stage, files, empty) if is_folder else _digest(stage)
        if is_folder:
            _seal_folders(stage)
        return _kept(stage, _address(prefix, digest) / name)


def take_folder(source: str | os.PathLike[str], prefix: str | os.PathLike[str]) -> Path:
    """The snapshot of a folder, made below `prefix` unless it is there.

    Raises:
        StorageError: an entry cannot be kept, named; or the snapshot cannot be written.
    """
    path = existing(source, is_folder=True)
    files, empty = files_below(path)
    if Path(prefix).resolve().is_relative_to(path.resolve()):
        raise StorageError(
            "a folder that holds the raw data cannot be kept in them",
            where=str(path),
            expected="a folder outside of the raw data",
            got=str(prefix),
            fix="return a folder of its own",
        )
    with complaining("the folder cannot be kept", path), _stage(prefix) as stage:
        stage.mkdir()
        digests: list[tuple[str, str]] = []
        for name in files:
            place = stage / name
            place.parent.mkdir(parents=True, exist_ok=True)
            digests.append((name, _copied(path / name, place)))
        for name in empty:
            (stage / name).mkdir(parents=True, exist_ok=True)
        digest = _of_entries(digests, empty)
        _seal_folders(stage)
        return _kept(stage, _address(prefix, digest) / (path.resolve().name or "folder"))


def check(path: str | os.PathLike[str], *, by_content: bool = False) -> None:
    """Compare a snapshot that was written to with the digest in its address; one that was not costs a look at its times.

    `by_content`: compare it in any case.

    Raises:
        StorageError: its content is not what it was.
    """
    found = _PLACE.search(os.fspath(path))
    if found is None:
        return
    root = Path(found.string[: found.end()]) / found.string[found.end() :].split("/", 1)[0]
    if not by_content and _untouched(root):
        return
    if root.is_file():
        same = _digest(root) == found.group(2)
    elif root.is_dir():
        same = _folder_digest(root, *files_below(root)) == found.group(2)
    else:
        return
    if not same:
        raise StorageError(
            "the content was changed after a task gave it",
            where=str(root),
            expected=f"content of sha256 {found.group(2)[:16]}…",
            got="other content",
            fix="run the task again; write to a copy, or through the open() of FlyteFile, which makes one",
        )


@contextlib.contextmanager
def _stage(prefix: str | os.PathLike[str]) -> Generator[Path]:
    """A fresh path on the file system of the snapshots, for a file or a folder; what is still there afterwards goes."""
    place = Path(prefix) / "sha256"
    make_folder(place)
    stage = place / f".{random_name()}"
    try:
        yield stage
    finally:
        if stage.is_dir():
            shutil.rmtree(stage, ignore_errors=True)
        else:
            stage.unlink(missing_ok=True)


def _address(prefix: str | os.PathLike[str], digest: str) -> Path:
    return Path(prefix).absolute() / "sha256" / digest[:2] / digest


def _kept(made: Path, target: Path) -> Path:
    """Give the made file or folder its name, unless somebody else did so."""
    make_folder(target.parent)
    if not target.exists():
        try:
            made.rename(target)
        except OSError:
            if not target.exists():
                raise
    os.utime(target.parent)  # asked for again just now, which whoever removes what is old wants to know
    return target


def _copied(source: Path, target: Path) -> str:
    """Copy a file, read-only and with the fixed time, and give the digest of the bytes that were written."""
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(PIECE))
    with source.open("rb", buffering=0) as read, target.open("xb+") as write:
        shared = _shares_blocks(read.fileno(), write.fileno())
        stream = write if shared else read
        while size := stream.readinto(buffer):
            digest.update(buffer[:size])
            if not shared:
                write.write(buffer[:size])
    _seal(target, source.stat().st_mode)
    return digest.hexdigest()


def _seal(path: Path, mode: int) -> None:
    """Make a file read-only, executable if `mode` is, and give it the fixed time."""
    path.chmod(0o400 | (0o100 if mode & stat.S_IXUSR else 0))
    os.utime(path, ns=(_CHANGED, _CHANGED))


def _seal_folders(root: Path) -> None:
    for folder, _, _ in os.walk(root, topdown=False):
        os.utime(folder, ns=(_CHANGED, _CHANGED))


def _shares_blocks(source: int, target: int) -> bool:
    """Have the target share the source's blocks, where system and file system can."""
    if fcntl is None:
        return False
    try:
        fcntl.ioctl(target, _FICLONE, source)
    except OSError:
        return False
    return True


def _untouched(root: Path) -> bool:
    """Whether a file has the fixed time of change, or a folder and all that is in it; no snapshot has links."""
    waiting: list[str] = []
    try:
        found = root.lstat()
        if found.st_mtime_ns != _CHANGED:
            return False
        if stat.S_ISREG(found.st_mode):
            return True
        waiting.append(os.fspath(root))
        while waiting:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_symlink() or entry.stat(follow_symlinks=False).st_mtime_ns != _CHANGED:
                        return False
                    if entry.is_dir():
                        waiting.append(entry.path)
    except OSError:  # whoever compares the content says what is wrong
        return False
    return True


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(PIECE))
    with path.open("rb", buffering=0) as stream:
        while size := stream.readinto(buffer):
            digest.update(buffer[:size])
    return digest.hexdigest()


def _folder_digest(root: Path, files: list[str], empty: list[str]) -> str:
    return _of_entries([(name, _digest(root / name)) for name in files], empty)


def _of_entries(digests: list[tuple[str, str]], empty: list[str]) -> str:
    """The digest of a folder, from the names and digests of its files, and the names of its empty folders."""
    rows = sorted([*digests, *((f"{name}/", "") for name in empty)])
    text = "".join(f"{name}\0{digest}\n" for name, digest in rows)
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def as_it_was(address: str | os.PathLike[str], *, is_folder: bool) -> Path:
    """The local path of what is there to be read. Raises `StorageError` for nothing, and for a snapshot that was changed."""
    path = existing(address, is_folder=is_folder)
    check(path)
    return path

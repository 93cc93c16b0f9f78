"""The one path where archives are unpacked: tar (plain or compressed) and zip.

An archive may come from anywhere, so nothing is written before all of it was looked at: only regular files and folders below the
target, no more bytes than a limit, and whole to its last member.
"""

from __future__ import annotations

import io
import os
import shutil
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import IO, NamedTuple, cast

from literals import DrawloomError, attempt, error_text

LARGEST = 1 << 30
"""Bytes that an archive's files may have together."""
_CHUNK = 1 << 16


class ArchiveError(DrawloomError, ValueError):
    """An archive is damaged, too large, or holds what may not be unpacked."""


class _Member(NamedTuple):
    name: str
    size: int
    is_folder: bool
    is_plain: bool
    open: Callable[[], IO[bytes] | None]


class _Allowance:
    """Bytes that may still be unpacked. Asked for each member before its content is read, so that no more is decompressed."""

    def __init__(self, largest: int, where: str) -> None:
        self._left = self._largest = largest
        self._where = where

    def take(self, size: int, name: str) -> None:
        """Use up this many bytes. Raises `ArchiveError` where there are not enough."""
        self._left -= max(0, size)
        if self._left < 0:
            raise ArchiveError(
                "the archive holds too much",
                where=self._where,
                expected=f"at most {self._largest:,} bytes",
                got=name,
                fix="unpack it by hand and pass the folder, or pack less",
            )


def unpack_archive(data: bytes, folder: str | os.PathLike[str], *, where: str, largest: int = LARGEST) -> list[str]:
    """Unpack an archive into a folder, which is made if it is not there; give the names of its files.

    Raises:
        ArchiveError: damaged, larger than `largest` bytes, or a member that is neither a regular file nor a folder, or would lie
            outside of the folder; it is named, and nothing was written.
        FileExistsError: a member is a folder where a file is, or the other way round.
    """
    made = attempt(
        _unpacked, data, Path(folder).resolve(), where, largest
    )  # libraries of archives raise whatever damage leads to
    if made.error is None or isinstance(made.error, (ArchiveError, FileExistsError)):
        return made.unwrap()
    raise ArchiveError(
        "the archive cannot be unpacked",
        where=where,
        expected="an archive that is whole",
        got=error_text(made.error),
        fix="fetch the archive again, or pack it again",
    ) from made.error


def _unpacked(data: bytes, root: Path, where: str, largest: int) -> list[str]:
    read = _zipped if zipfile.is_zipfile(io.BytesIO(data)) else _tarred
    members = list(read(data, _Allowance(largest, where)))
    _check(members, root, where)
    root.mkdir(parents=True, exist_ok=True)
    for member in members:
        _write(member, root / member.name)
    return [member.name for member in members if not member.is_folder]


def _write(member: _Member, path: Path) -> None:
    if member.is_folder:
        path.mkdir(parents=True, exist_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    source = member.open()
    with path.open("wb") as target:
        if source is not None:
            shutil.copyfileobj(source, target)


def _check(members: list[_Member], root: Path, where: str) -> None:
    for member in members:
        path = (root / member.name).resolve()
        if (
            not member.is_plain
            or (path != root and root not in path.parents)
            or (path == root and not member.is_folder)
        ):
            raise ArchiveError(
                "the archive holds something other than files and folders below its own folder",
                where=where,
                expected="files and folders",
                got=member.name,
                fix="pack it again without links, devices and paths that leave the folder",
            )


def _tarred(data: bytes, allowance: _Allowance) -> Iterator[_Member]:
    # Listing the members reads to the last one, so that an archive that is cut short is found out before anything is written.
    archive = tarfile.open(fileobj=io.BytesIO(data), mode="r:*")  # noqa: SIM115 - in memory; its members are read later
    for each in archive:
        allowance.take(each.size, each.name)
        plain = each.isfile() or each.isdir()
        yield _Member(each.name, each.size, each.isdir(), plain, partial(archive.extractfile, each))
    # The checksum of compressed data comes behind the last member.
    stream = cast("IO[bytes]", archive.fileobj)
    while rest := stream.read(_CHUNK):
        allowance.take(len(rest), "what follows the last member")


def _zipped(data: bytes, allowance: _Allowance) -> Iterator[_Member]:
    archive = zipfile.ZipFile(io.BytesIO(data))
    for each in archive.infolist():
        allowance.take(each.file_size, each.filename)
    damaged = archive.testzip()
    if damaged is not None:
        raise zipfile.BadZipFile(f"{damaged} is damaged")
    for each in archive.infolist():
        yield _Member(each.filename, each.file_size, each.is_dir(), _is_plain(each), partial(archive.open, each))


def _is_plain(member: zipfile.ZipInfo) -> bool:
    """The upper half of the attributes is a Unix mode, or 0 where the writer knew none."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    return kind in {0, stat.S_IFREG, stat.S_IFDIR}

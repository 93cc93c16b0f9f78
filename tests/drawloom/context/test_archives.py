"""Unpacking: only regular files and folders below the target, within a limit, and nothing written before all was looked at."""

from __future__ import annotations

import io
import os
import sqlite3
import stat
import tarfile
import zipfile

import pytest

from drawloom.context import ArchiveError, unpack_archive
from literals import DrawloomError


def tarred(*members, mode="w:gz"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, content, kind, link in members:
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.size = kind, link, len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def zipped(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def linked_zip():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return out.getvalue()


GOOD = (("a.txt", b"1", tarfile.REGTYPE, ""), ("d", b"", tarfile.DIRTYPE, ""), ("d/b.txt", b"22", tarfile.REGTYPE, ""))


@pytest.mark.parametrize(
    "data",
    [
        tarred(*GOOD),
        tarred(*GOOD, mode="w"),
        tarred(*GOOD, mode="w:xz"),
        zipped(**{"a.txt": b"1", "d/": b"", "d/b.txt": b"22"}),
    ],
    ids=["tar.gz", "tar", "tar.xz", "zip"],
)
def test_files_and_folders_are_unpacked(tmp_path, data):
    assert unpack_archive(data, tmp_path / "out", where="here") == ["a.txt", "d/b.txt"]
    assert (tmp_path / "out" / "d" / "b.txt").read_bytes() == b"22"


BAD = {
    "above": tarred(GOOD[0], ("../evil", b"x", tarfile.REGTYPE, "")),
    "absolute": tarred(GOOD[0], ("/tmp/drawloom-evil", b"x", tarfile.REGTYPE, "")),
    "symbolic link": tarred(GOOD[0], ("l", b"", tarfile.SYMTYPE, "/etc")),
    "hard link": tarred(GOOD[0], ("l", b"", tarfile.LNKTYPE, "/etc/passwd")),
    "device": tarred(GOOD[0], ("dev", b"", tarfile.CHRTYPE, "")),
    "pipe": tarred(GOOD[0], ("pipe", b"", tarfile.FIFOTYPE, "")),
    "the folder itself": tarred(GOOD[0], (".", b"x", tarfile.REGTYPE, "")),
    "zip above": zipped(**{"a.txt": b"1", "../evil": b"x"}),
    "zip link": linked_zip(),
    "cut short": tarred(GOOD[0], ("big", os.urandom(5000), tarfile.REGTYPE, ""))[:-2000],
    "no archive": b"hello",
    "nothing": b"",
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_whatever_else_is_refused_and_nothing_is_written(tmp_path, name):
    with pytest.raises(ArchiveError) as caught:
        unpack_archive(BAD[name], tmp_path / "out", where="here")
    assert caught.value.where == "here"
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_zip_is_refused(tmp_path):
    data = bytearray(zipped(a=b"content that is compressed" * 10))
    data[40] ^= 0xFF
    with pytest.raises(ArchiveError):
        unpack_archive(bytes(data), tmp_path / "out", where="here")
    assert list(tmp_path.iterdir()) == []


def test_more_than_the_limit_is_refused(tmp_path):
    for data in (tarred(*GOOD), zipped(a=b"1" * 100)):
        with pytest.raises(ArchiveError, match="at most 2 bytes"):
            unpack_archive(data, tmp_path / "out", where="here", largest=2)
    assert list(tmp_path.iterdir()) == []


def test_a_compressed_database_never_writes_outside(tmp_path):
    from drawloom.flytekit.extras.sqlite3.task import SQLite3Config, SQLite3Task

    database = tmp_path / "db.sqlite"
    with sqlite3.connect(database) as connection:
        connection.execute("create table t (x int)")
        connection.execute("insert into t values (7)")
    connection.close()

    def asked(member):
        path = tmp_path / "db.tar.gz"
        path.write_bytes(tarred((member, database.read_bytes(), tarfile.REGTYPE, "")))
        made = SQLite3Task(
            name=f"ask_{member.replace('/', '_')}",
            query_template="select x from t",
            task_config=SQLite3Config(uri=str(path), compressed=True),
            output_schema_type=list[dict],
        )
        return made()

    assert asked("db.sqlite") == [{"x": 7}]
    with pytest.raises(DrawloomError, match="something other than files"):
        asked("../../evil.sqlite")

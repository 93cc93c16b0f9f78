"""Flyte 1's checkpoints: a folder in which files keep their names; each file whole, damage noticed."""

import io
import json
import pathlib

import pytest

from drawloom.context import Checkpoint, CheckpointCorruptError, StorageError, SyncCheckpoint


@pytest.fixture
def place(tmp_path):
    return str(tmp_path / "store" / "checkpoint")


def folder(tmp_path):
    made = tmp_path / "mine"
    (made / "sub").mkdir(parents=True)
    (made / "a.txt").write_text("A")
    (made / "sub" / "b.bin").write_bytes(bytes(range(256)))
    return made


def content(path):
    return {each.relative_to(path).as_posix(): each.read_bytes() for each in path.rglob("*") if each.is_file()}


def test_without_a_checkpoint_before_there_is_nothing_to_read(place):
    first = SyncCheckpoint(place, place)
    assert (first.read(), first.restore(), first.prev_exists()) == (None, None, False)
    first.write(b"x")
    assert first.read() is None
    second = SyncCheckpoint(place, place)
    assert second.prev_exists()
    assert second.read() == b"x"


def test_files_keep_their_names_as_flytekit_writes_them(place, tmp_path):
    mine = folder(tmp_path)
    SyncCheckpoint(place).write(b"bytes")
    SyncCheckpoint(place).save(str(mine / "a.txt"))
    SyncCheckpoint(place).save(mine)
    SyncCheckpoint(place).save(io.BytesIO(b"open"))
    assert content(pathlib.Path(place)) == {"_dst_cp": b"open", "a.txt": b"A", "sub/b.bin": bytes(range(256))}


def test_it_is_restored_once_and_into_folders_only(place, tmp_path):
    SyncCheckpoint(place).save(folder(tmp_path))
    second = SyncCheckpoint(place, place)
    with pytest.raises(ValueError, match="directory only"):
        second.restore(tmp_path / "nothing")
    (tmp_path / "one").mkdir()
    assert second.restore(str(tmp_path / "one")) == tmp_path / "one"
    assert content(tmp_path / "one") == content(tmp_path / "mine")
    assert second.restore("elsewhere") == tmp_path / "one"


def test_read_needs_one_file(place, tmp_path):
    SyncCheckpoint(place).save(folder(tmp_path))
    with pytest.raises(ValueError, match="exactly one checkpoint - found 2"):
        SyncCheckpoint(place, place).read()
    (tmp_path / "single").mkdir()
    (tmp_path / "single" / "x").write_bytes(b"only")
    SyncCheckpoint(place + "2").save(tmp_path / "single")
    assert SyncCheckpoint(place, place + "2").read() == b"only"


def test_what_is_neither_a_path_nor_open_is_refused(place, tmp_path):
    with pytest.raises(ValueError, match="got int"):
        SyncCheckpoint(place).save(7)
    with pytest.raises(FileNotFoundError):
        SyncCheckpoint(place).save(tmp_path / "nothing")


@pytest.mark.parametrize("address", ["{tmp}/c", "memory://checkpoints/c"])
def test_where_source_and_target_are_one_place_the_beginning_is_what_is_read(tmp_path, address):
    place = address.format(tmp=tmp_path)
    SyncCheckpoint(place).write(b"1")
    attempt = SyncCheckpoint(place, place)
    attempt.write(b"2")
    attempt.write(b"3")
    assert attempt.read() == b"1"
    assert SyncCheckpoint(place, place).read() == b"3"


def test_somebody_elses_folder_and_single_objects_are_taken_as_they_are(place, tmp_path):
    theirs = folder(tmp_path)
    assert content(SyncCheckpoint(place, theirs).restore()) == content(theirs)
    Checkpoint(place).save_sync(theirs)
    assert content(SyncCheckpoint(place, place).restore()) == content(theirs)
    pathlib.Path(place + "-raw").write_bytes(b"7")
    assert SyncCheckpoint(place, place + "-raw").read() == b"7"
    (tmp_path / "empty").mkdir()
    assert SyncCheckpoint(place, tmp_path / "empty").read() is None


def test_a_source_that_vanished_is_an_error(place):
    SyncCheckpoint(place).write(b"x")
    second = SyncCheckpoint(place, place)
    (pathlib.Path(place) / "_dst_cp").unlink()
    pathlib.Path(place).rmdir()
    with pytest.raises(StorageError):
        second.restore()


def test_a_bit_that_is_flipped_in_a_file_is_noticed(place):
    SyncCheckpoint(place).write(b"payload")
    file = pathlib.Path(place) / "_dst_cp"
    for position in range(7):
        damaged = bytearray(b"payload")
        damaged[position] ^= 1
        file.write_bytes(damaged)
        with pytest.raises(CheckpointCorruptError, match="digest"):
            SyncCheckpoint(place, place).read()


def test_a_writer_that_dies_between_its_two_writes_leaves_the_old_checkpoint(place, monkeypatch):
    SyncCheckpoint(place).write(b"old")
    writes = []

    class Dies(Exception):
        pass

    def write(self, path, data, real=type(__import__("drawloom").context.file_access()).write_bytes):
        if str(path).endswith("_dst_cp"):
            raise Dies
        writes.append(path)
        return real(self, path, data)

    with monkeypatch.context() as patched, pytest.raises(Dies):
        patched.setattr("drawloom.context.storage.provider.FileAccessProvider.write_bytes", write)
        SyncCheckpoint(place).write(b"new")
    assert writes == [place + ".digests.json"]
    assert SyncCheckpoint(place, place).read() == b"old"


@pytest.mark.parametrize("damage", [b"", b"[1]", b"{", b"\xff"])
def test_a_damaged_record_of_digests_is_an_error(place, damage):
    SyncCheckpoint(place).write(b"x")
    pathlib.Path(place + ".digests.json").write_bytes(damage)
    with pytest.raises(CheckpointCorruptError, match="record of digests"):
        SyncCheckpoint(place, place).read()
    pathlib.Path(place + ".digests.json").write_text(json.dumps({}))
    assert SyncCheckpoint(place, place).read() == b"x"

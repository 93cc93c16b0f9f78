"""Checkpoints: whole or not at all, once per attempt, never outside their folder."""

import asyncio
import io
import pathlib
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drawloom.context import Checkpoint, CheckpointCorruptError, SyncCheckpoint, latest_checkpoint
from drawloom.context.checkpoint import MAGIC


@pytest.fixture
def place(tmp_path):
    return str(tmp_path / "store" / "checkpoint")


def folder(tmp_path):
    made = tmp_path / "mine"
    (made / "sub").mkdir(parents=True)
    (made / "a.txt").write_text("A")
    (made / "sub" / "b.bin").write_bytes(bytes(range(256)))
    return made


class TestLoadAndSave:
    def test_without_a_source_there_is_nothing(self, place):
        first = Checkpoint(place)
        assert (first.load_sync(), first.prev_exists(), first.remote_source, first.remote_destination) == (
            None,
            False,
            None,
            place,
        )

    def test_nothing_was_saved_means_that_nothing_exists(self, place):
        first = Checkpoint(place, place)
        assert not first.prev_exists()
        assert first.load_sync() is None

    def test_bytes_files_and_folders_come_back(self, place, tmp_path):
        mine = folder(tmp_path)
        for saved, read in [
            (b"raw", lambda p: p.read_bytes() == b"raw"),
            (b"", lambda p: p.read_bytes() == b""),
            (mine / "a.txt", lambda p: p.read_text() == "A"),
            (
                str(mine),
                lambda p: (p / "sub" / "b.bin").read_bytes() == bytes(range(256)) and (p / "a.txt").read_text() == "A",
            ),
        ]:
            Checkpoint(place).save_sync(saved)
            again = Checkpoint(place, place)
            assert again.prev_exists()
            assert read(again.load_sync())

    def test_a_bit_that_is_flipped_anywhere_is_noticed(self, place):
        Checkpoint(place).save_sync(b"payload")
        file = pathlib.Path(place)
        stored = file.read_bytes()
        for position in range(len(stored)):
            for bit in range(8):
                damaged = stored[:position] + bytes([stored[position] ^ 1 << bit]) + stored[position + 1 :]
                file.write_bytes(damaged)
                with pytest.raises(CheckpointCorruptError):
                    Checkpoint(place, place).load_sync()

    def test_a_file_that_happens_to_be_a_tar_stays_a_file(self, place, tmp_path):
        archive = tmp_path / "x.tar"
        with tarfile.open(archive, "w") as tar:
            tar.add(folder(tmp_path), arcname="x")
        Checkpoint(place).save_sync(archive)
        assert Checkpoint(place, place).load_sync().read_bytes() == archive.read_bytes()

    def test_load_gives_what_was_there_when_the_attempt_began_every_time(self, place):
        Checkpoint(place).save_sync(b"1")
        attempt = Checkpoint(place, place)
        attempt.save_sync(b"2")
        attempt.save_sync(b"3")
        assert attempt.load_sync().read_bytes() == b"1"
        assert attempt.load_sync() is attempt.load_sync()
        assert Checkpoint(place, place).load_sync().read_bytes() == b"3"

    def test_async_forms_do_the_same(self, place):
        async def main():
            await Checkpoint(place).save(b"x")
            again = Checkpoint(place, place)
            return (await again.load()).read_bytes()

        assert asyncio.run(main()) == b"x"

    def test_bad_arguments(self, place, tmp_path):
        with pytest.raises(FileNotFoundError):
            Checkpoint(place).save_sync(tmp_path / "nothing")
        with pytest.raises(TypeError, match="int"):
            Checkpoint(place).save_sync(7)

    def test_the_workspace_goes_away_with_the_object(self, place):
        checkpoint = Checkpoint(place)
        path = checkpoint.path
        assert path.is_dir()
        del checkpoint
        assert not path.exists()


class TestDamage:
    @pytest.mark.parametrize(
        "damage",
        [
            lambda d: d[:-1],
            lambda d: d + b"x",
            lambda d: d[:20] + b"?" + d[21:],
            lambda d: d[: len(MAGIC) + 3],
            lambda d: MAGIC[:4],
        ],
    )
    def test_a_damaged_checkpoint_is_one_typed_error(self, place, damage):
        from pathlib import Path

        Checkpoint(place).save_sync(b"content")
        Path(place).write_bytes(damage(Path(place).read_bytes()))
        for load in (Checkpoint(place, place).load_sync, SyncCheckpoint(place, place).read):
            with pytest.raises(CheckpointCorruptError, match="checkpoint"):
                load()

    def write_tar(self, place, *members):
        from pathlib import Path

        raw = io.BytesIO()
        with tarfile.open(fileobj=raw, mode="w:gz") as archive:
            for member in members:
                archive.addfile(member, io.BytesIO(b"x" * member.size))
        Path(place).parent.mkdir(parents=True, exist_ok=True)
        Path(place).write_bytes(raw.getvalue())

    def test_somebody_elses_tar_is_unpacked_and_somebody_elses_bytes_are_bytes(self, place):
        from pathlib import Path

        member = tarfile.TarInfo("a.txt")
        member.size = 3
        self.write_tar(place, member)
        assert (Checkpoint(place, place).load_sync() / "a.txt").read_text() == "xxx"
        Path(place).write_bytes(b"7")
        assert Checkpoint(place, place).load_sync().read_bytes() == b"7"

    @pytest.mark.parametrize("name", ["../evil", "/evil", "a/../../evil"])
    def test_unpacking_never_leaves_its_folder(self, place, name):
        self.write_tar(place, tarfile.TarInfo(name))
        with pytest.raises(CheckpointCorruptError, match="evil"):
            Checkpoint(place, place).load_sync()

    @pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
    def test_links_and_devices_are_refused(self, place, kind):
        member = tarfile.TarInfo("link")
        member.type, member.linkname = kind, "/etc/passwd"
        self.write_tar(place, member)
        with pytest.raises(CheckpointCorruptError, match="link"):
            Checkpoint(place, place).load_sync()


@settings(max_examples=50)
@given(st.binary(max_size=2000), st.integers(0, 3000))
def test_any_cut_is_seen(tmp_path_factory, data, cut):
    place = tmp_path_factory.mktemp("cut") / "c"
    Checkpoint(place).save_sync(data)
    whole = place.read_bytes()
    place.write_bytes(whole[:cut])
    loaded = Checkpoint(place, place)
    if cut >= len(whole):
        assert loaded.load_sync().read_bytes() == data
    elif cut == 0:
        assert loaded.load_sync() is None
    else:
        with pytest.raises(CheckpointCorruptError):
            loaded.load_sync()


def test_latest_checkpoint_is_the_newest_or_the_largest_by_a_key(tmp_path):
    assert latest_checkpoint(tmp_path) is None
    for number in (1, 3, 2):
        (tmp_path / f"run{number}").mkdir()
        (tmp_path / f"run{number}" / "last.ckpt").write_text("x")
    assert latest_checkpoint(tmp_path, key=lambda path: path.parent.name).parent.name == "run3"
    assert latest_checkpoint(tmp_path) is not None

"""What a task gives is kept as it was: no later write, by whomever, changes what others are given."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from drawloom import FlyteDirectory, FlyteFile, task, workflow
from drawloom.context import FileAccessProvider, StorageError, check_snapshot, is_snapshot
from literals import DrawloomError


@pytest.fixture
def access(tmp_path):
    return FileAccessProvider(tmp_path / "sandbox", str(tmp_path / "raw"))


def test_equal_content_has_one_address_and_other_content_another(tmp_path, access):
    (tmp_path / "a.txt").write_text("1")
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "a.txt").write_text("1")
    one = access.keep(tmp_path / "a.txt")
    assert access.keep(tmp_path / "d" / "a.txt") == one
    (tmp_path / "a.txt").write_text("2")
    two = access.keep(tmp_path / "a.txt")
    assert (Path(one).read_text(), Path(two).read_text()) == ("1", "2")
    assert is_snapshot(one)
    assert access.keep(one) == one
    assert [name for name in os.listdir(tmp_path / "raw" / "sha256") if name.startswith(".")] == []


def test_a_folder_is_kept_with_its_empty_folders(tmp_path, access):
    (tmp_path / "d" / "in" / "empty").mkdir(parents=True)
    (tmp_path / "d" / "in" / "x*").write_text("1")
    kept = access.keep(tmp_path / "d", is_multipart=True)
    assert sorted(str(p.relative_to(kept)) for p in Path(kept).rglob("*")) == ["in", "in/empty", "in/x*"]
    check_snapshot(kept)
    assert access.keep(tmp_path / "d", is_multipart=True) == kept


@pytest.mark.parametrize("change", ["append", "replace", "add", "remove"])
def test_a_snapshot_that_was_changed_is_not_given_to_anybody(tmp_path, access, change):
    (tmp_path / "d").mkdir()
    for name in "ab":
        (tmp_path / "d" / name).write_text(name)
    kept = Path(access.keep(tmp_path / "d", is_multipart=True))
    file = kept / "a"
    if change == "append":
        file.chmod(0o600)
        file.open("a").close()
        check_snapshot(kept)
        with file.open("a") as stream:
            stream.write("more")
    elif change == "replace":
        file.unlink()
        file.write_text("z")
    elif change == "add":
        (kept / "c").write_text("c")
    else:
        file.unlink()
    with pytest.raises(StorageError, match="changed after a task gave it"):
        check_snapshot(kept)


def test_many_at_once_make_one_snapshot(tmp_path, access):
    source = tmp_path / "big"
    source.write_bytes(os.urandom(3_000_000))
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: access.keep(source), range(24)))
    assert len(made) == 1
    assert Path(made.pop()).read_bytes() == source.read_bytes()


def test_a_folder_that_holds_the_raw_data_is_refused(tmp_path):
    access = FileAccessProvider(tmp_path / "s", str(tmp_path / "d" / "raw"))
    (tmp_path / "d").mkdir()
    with pytest.raises(StorageError, match="holds the raw data"):
        access.keep(tmp_path / "d", is_multipart=True)


SHARED: list[Path] = []


@task
def write(text: str) -> FlyteFile:
    SHARED[0].write_text(text)
    return FlyteFile(str(SHARED[0]))


@task(cache=True, cache_version="1")
def write_cached(text: str) -> FlyteFile:
    SHARED[0].write_text(text)
    return FlyteFile(str(SHARED[0]))


@task
def write_folder(text: str) -> FlyteDirectory:
    folder = SHARED[0].parent / "folder"
    folder.mkdir(exist_ok=True)
    (folder / "f").write_text(text)
    return FlyteDirectory(str(folder))


@task
def read(file: FlyteFile) -> str:
    return Path(file).read_text()


@task
def read_folder(folder: FlyteDirectory) -> str:
    return (Path(folder) / "f").read_text()


@task
def append_by_open(file: FlyteFile) -> FlyteFile:
    with file.open("a") as stream:
        stream.write("+")
    return file


@task
def append_by_path(file: FlyteFile) -> str:
    os.chmod(file, 0o600)
    with open(file, "a") as stream:
        stream.write("+")
    return "done"


@workflow
def two_writers() -> tuple[str, str]:
    first = write(text="1")
    second = write(text="2")
    _ = first >> second
    return read(file=first), read(file=second)


@workflow
def two_folders() -> tuple[str, str]:
    first = write_folder(text="1")
    second = write_folder(text="2")
    _ = first >> second
    return read_folder(folder=first), read_folder(folder=second)


@workflow
def siblings() -> tuple[str, str]:
    made = write(text="1")
    changed = append_by_open(file=made)
    return read(file=changed), read(file=made)


@workflow
def a_writer_by_path() -> str:
    made = write(text="1")
    done = append_by_path(file=made)
    late = read(file=made)
    _ = done >> late
    return late


@pytest.fixture
def shared(tmp_path):
    SHARED[:] = [tmp_path / "shared.txt"]


@pytest.mark.usefixtures("shared")
def test_two_tasks_that_write_one_path_are_read_as_they_were():
    assert tuple(two_writers()) == ("1", "2")
    assert tuple(two_folders()) == ("1", "2")


@pytest.mark.usefixtures("shared")
def test_the_cache_gives_the_content_that_was_cached():
    assert read(file=write_cached(text="1")) == "1"
    assert read(file=write_cached(text="2")) == "2"
    assert read(file=write_cached(text="1")) == "1"
    assert SHARED[0].read_text() == "2"


@pytest.mark.usefixtures("shared")
def test_a_consumer_that_appends_changes_a_copy():
    assert tuple(siblings()) == ("1+", "1")


@pytest.mark.usefixtures("shared")
def test_a_consumer_that_writes_past_the_reference_is_found_out():
    with pytest.raises(DrawloomError, match="changed after a task gave it"):
        a_writer_by_path()

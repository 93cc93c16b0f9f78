"""Raw data: local without any library, remote through fsspec, whole files or none."""

import asyncio
import io
import random
import sys
from pathlib import Path

import pytest

from drawloom.context.storage import (
    FileAccessProvider,
    StorageError,
    file_tail,
    is_remote,
    join,
    local_path,
    random_name,
    scheme_of,
)


@pytest.fixture
def access(tmp_path):
    return FileAccessProvider(tmp_path / "sandbox", str(tmp_path / "raw"))


@pytest.mark.parametrize(
    ("path", "scheme", "remote"),
    [
        ("/a/b", "file", False),
        ("a/b", "file", False),
        ("file:///a", "file", False),
        ("s3://b/k", "s3", True),
        ("S3://b/k", "s3", True),
        ("https://h/p?q=1", "https", True),
        ("c:/x", "file", False),
        ("abfs://c@a/x", "abfs", True),
        ("", "file", False),
    ],
)
def test_the_scheme_decides_what_is_remote(path, scheme, remote):
    assert scheme_of(path) == scheme
    assert is_remote(path) is remote


def test_names_do_not_follow_the_users_seed():
    random.seed(1)
    first = random_name()
    random.seed(1)
    assert random_name() != first
    assert len(first) == 32


@pytest.mark.parametrize(
    ("parts", "joined"),
    [(("a/", "/b/", "c"), "a/b/c"), (("s3://b", "", "k"), "s3://b/k"), (("/", "a"), "/a"), ((), "")],
)
def test_parts_are_joined_by_one_slash(parts, joined):
    assert join(*parts) == joined


def test_the_tail_of_an_address_has_no_query():
    assert file_tail("https://h/p.csv?sig=1") == "p.csv"
    assert file_tail("/a/b/") == "b"


def test_file_addresses_are_percent_decoded():
    assert str(local_path("file:///a%20b")) == "/a b"


def test_nothing_is_made_before_the_first_write(tmp_path, access):
    assert access.get_random_remote_path("x.txt").startswith(str(tmp_path / "raw"))
    assert list(tmp_path.iterdir()) == []


def test_a_file_goes_up_and_comes_down(tmp_path, access):
    source = tmp_path / "x.txt"
    source.write_text("hé")
    address = access.put_raw_data(source)
    assert address.startswith(access.raw_output_prefix)
    assert address.endswith("/x.txt")
    back = access.get_data(address, access.get_random_local_path("y.txt"))
    assert Path(back).read_text() == "hé"
    assert access.read_bytes(address) == "hé".encode()


def test_a_folder_goes_up_and_comes_down(tmp_path, access):
    source = tmp_path / "d"
    (source / "in").mkdir(parents=True)
    (source / "in" / "f").write_text("1")
    address = access.put_raw_data(source)
    back = access.get_data(address, tmp_path / "back", True)
    assert (tmp_path / "back" / "in" / "f").read_text() == "1"
    assert access.list_folder(back) == [(str(tmp_path / "back" / "in"), True)]


def test_a_missing_or_wrong_source_says_what_is_there(tmp_path, access):
    with pytest.raises(StorageError, match="there is no file here"):
        access.put_raw_data(tmp_path / "nope")
    (tmp_path / "d").mkdir()
    with pytest.raises(StorageError, match="a folder"):
        access.get_data(str(tmp_path / "d"), tmp_path / "o")


def test_no_part_of_a_file_is_left_when_the_copy_fails(tmp_path, access, monkeypatch):
    source = tmp_path / "x"
    source.write_text("1")
    target = tmp_path / "t" / "x"
    monkeypatch.setattr("pathlib.Path.replace", lambda self, other: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(StorageError, match="the copy failed"):
        access.put_data(source, target)
    assert list((tmp_path / "t").iterdir()) == []


def test_a_remote_path_without_fsspec_names_the_cure(access, monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(StorageError, match="need a library that is not installed"):
        access.read_bytes("nosuchscheme1://b/k")


def test_storage_loads_no_remote_library_for_local_work():
    import subprocess

    code = (
        "import sys; sys.path[:0] = ['src']\n"
        "from drawloom.context.storage import FileAccessProvider\n"
        "assert 'fsspec' not in sys.modules"
    )
    from pathlib import Path

    root = Path(__file__).resolve().parents[3]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root)


def test_a_custom_path_replaces_the_bucket_or_the_name():
    remote = FileAccessProvider("/tmp/x", "s3://bucket/a/b")
    assert remote.generate_new_custom_path(alt="other", stem="n.csv") == "s3://other/a/b/n.csv"
    assert remote.generate_new_custom_path(stem="n.csv").endswith("/n.csv")
    assert remote.generate_new_custom_path().startswith("s3://bucket/a/b/")


@pytest.mark.parametrize(("read", "block"), [(1, 5), (3, None), (10_000, 1)])
@pytest.mark.parametrize("text", [True, False], ids=["text", "bytes"])
def test_a_stream_is_copied_piece_by_piece(access, read, block, text):
    asked = []
    base = io.StringIO if text else io.BytesIO

    class Stream(base):
        def read(self, size=-1):
            asked.append(size)
            return super().read(size)

    stream = Stream("grüße" * 100 if text else b"x" * 500)
    options = {"read_chunk_size_bytes": read, "block_size": block, "encoding": "latin-1"}
    address = asyncio.run(access.async_put_raw_data(stream, "up", "a.txt", **options))
    assert address == f"{access.raw_output_prefix}up/a.txt"
    assert access.read_bytes(address) == ("grüße".encode("latin-1") * 100 if text else b"x" * 500)
    assert set(asked) == {read}


def test_a_stream_that_cannot_be_written_says_why(access):
    for encoding in ("ascii", "no-such-encoding"):
        with pytest.raises(StorageError, match=f"cannot be written as {encoding}"):
            access.put_raw_data(io.StringIO("grüße"), "up", "a.txt", encoding=encoding)
    for option in ({"block_size": 0}, {"read_chunk_size_bytes": -1}):
        with pytest.raises(StorageError, match=f"{next(iter(option))} is not positive"):
            access.put_raw_data(io.BytesIO(b"x"), "up", "a.txt", **option)
    assert not access.exists(f"{access.raw_output_prefix}up/a.txt")

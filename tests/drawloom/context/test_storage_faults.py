"""Stores that fail: whatever happens, nothing half-written has a final name, retries end, and the error is one of ours."""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path

import pytest

from drawloom.context import FileAccessProvider, StorageError
from drawloom.context.storage import S3, object_store
from s3_server import BUCKET, KEYS, Fault, Proxy, s3_server

BODY = os.urandom(300_000)
LITERAL_NAMES = [
    "plain.txt",
    "a b.txt",
    "x*?.csv",
    "q[1]{2}.txt",
    "per%20cent",
    "ümlaut",
    "hash#tag",
    "amp&=+;.txt",
    ".hidden",
]


@pytest.fixture(scope="module")
def server():
    with s3_server() as address:
        yield address


@pytest.fixture(params=["obstore", "fsspec"])
def library(request, monkeypatch):
    """Each fault is tried with both ways to Amazon's store."""
    from drawloom.context.storage import drivers

    drivers._store.cache_clear()
    if request.param == "fsspec":
        monkeypatch.setattr(drivers, "NATIVE", frozenset())
    yield request.param
    drivers._store.cache_clear()


@pytest.fixture
def proxy(server):
    made = Proxy(server)
    yield made
    made.close()


def access_to(address, tmp_path, **options):
    settings = S3(endpoint=address, retries=2, backoff=dt.timedelta(seconds=0.01), **KEYS, **options)
    return FileAccessProvider(tmp_path / "sandbox", f"s3://{BUCKET}/{tmp_path.name}", data_config=settings)


@pytest.fixture
def direct(server, tmp_path, library):
    return access_to(server, tmp_path)


@pytest.fixture
def faulty(proxy, tmp_path, library):
    return access_to(proxy.address, tmp_path)


@pytest.mark.parametrize("name", LITERAL_NAMES)
def test_a_name_is_a_name_and_never_a_pattern(direct, tmp_path, name):
    source = tmp_path / "source" / name
    source.parent.mkdir()
    source.write_bytes(BODY)
    (source.parent / "x1.csv").write_bytes(b"another that a pattern would match")
    address = direct.put_raw_data(source)
    assert address.endswith(name)
    assert direct.exists(address)
    assert direct.read_bytes(address) == BODY
    back = direct.get_data(address, tmp_path / "back" / name)
    assert os.listdir(tmp_path / "back") == [name]
    assert Path(back).read_bytes() == BODY


def test_a_folder_of_such_names_comes_back_whole(direct, tmp_path):
    for name in LITERAL_NAMES:
        (tmp_path / "f" / "in*side").mkdir(parents=True, exist_ok=True)
        (tmp_path / "f" / "in*side" / name).write_text(name)
    address = direct.put_raw_data(tmp_path / "f")
    direct.get_data(address, tmp_path / "back", is_multipart=True)
    assert sorted(os.listdir(tmp_path / "back" / "in*side")) == sorted(LITERAL_NAMES)
    assert direct.find(address) == sorted(f"in*side/{name}" for name in LITERAL_NAMES)
    assert [(where.rpartition("/")[2], folder) for where, folder in direct.list_folder(address)] == [("in*side", True)]


def test_what_is_not_there_is_said(direct, tmp_path):
    address = f"s3://{BUCKET}/no/such"
    assert direct.exists(address) is False
    for call in (
        lambda: direct.read_bytes(address),
        lambda: direct.get_data(address, tmp_path / "x"),
        lambda: direct.get_data(address, tmp_path / "y", is_multipart=True),
        lambda: direct.list_folder(address),
        lambda: direct.open(address, "rb").read(),
    ):
        with pytest.raises((StorageError, FileNotFoundError)) as caught:
            call()
        assert isinstance(caught.value, StorageError), call
    assert not (tmp_path / "x").exists()
    assert not (tmp_path / "y").exists()


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_server_that_fails_for_a_while_is_asked_again(faulty, proxy, tmp_path, method):
    source = tmp_path / "s.bin"
    source.write_bytes(BODY)
    address = faulty.put_raw_data(source) if method == "GET" else f"s3://{BUCKET}/{tmp_path.name}/again"
    proxy.faults.append(Fault(lambda m, p: m == method, times=1, status=503))
    if method == "GET":
        assert Path(faulty.get_data(address, tmp_path / "b.bin")).read_bytes() == BODY
    else:
        faulty.put_data(source, address)
        assert faulty.read_bytes(address) == BODY
    assert proxy.faults[0].seen == 1


@pytest.mark.parametrize("status", [500, 403])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_server_that_fails_for_ever_ends_in_one_error(faulty, proxy, tmp_path, method, status):
    source = tmp_path / "s.bin"
    source.write_bytes(BODY)
    address = faulty.put_raw_data(source)
    proxy.faults.append(Fault(lambda m, p: m in {method, "HEAD"}, status=status))
    begun = time.monotonic()
    with pytest.raises(StorageError) as caught:
        if method == "GET":
            faulty.get_data(address, tmp_path / "down" / "b.bin")
        else:
            faulty.put_data(source, f"s3://{BUCKET}/{tmp_path.name}/never")
    assert time.monotonic() - begun < 60
    assert "secret-of-the-test" not in str(caught.value)
    assert os.listdir(tmp_path / "down") == [] if method == "GET" else True
    proxy.faults.clear()
    assert not faulty.exists(f"s3://{BUCKET}/{tmp_path.name}/never")


@pytest.mark.parametrize("times", [1, None])
def test_an_answer_that_is_cut_short_is_never_taken_for_the_whole(faulty, proxy, tmp_path, times):
    source = tmp_path / "s.bin"
    source.write_bytes(BODY)
    address = faulty.put_raw_data(source)
    proxy.faults.append(Fault(lambda m, p: m == "GET", times=times, cut_answer=1000))
    try:
        found = Path(faulty.get_data(address, tmp_path / "down" / "b.bin")).read_bytes()
    except StorageError:
        assert os.listdir(tmp_path / "down") == []
    else:
        assert found == BODY
        assert times == 1


def test_a_folder_that_is_cut_short_leaves_nothing(faulty, proxy, tmp_path):
    for number in range(5):
        (tmp_path / "f").mkdir(exist_ok=True)
        (tmp_path / "f" / f"{number}.bin").write_bytes(BODY)
    address = faulty.put_raw_data(tmp_path / "f")
    proxy.faults.append(Fault(lambda m, p: m == "GET" and "/3.bin" in p, cut_answer=1000))
    with pytest.raises(StorageError):
        faulty.get_data(address, tmp_path / "down" / "f", is_multipart=True)
    assert os.listdir(tmp_path / "down") == []


def test_an_upload_that_is_cut_short_leaves_no_object(faulty, proxy, tmp_path):
    source = tmp_path / "s.bin"
    source.write_bytes(BODY)
    address = f"s3://{BUCKET}/{tmp_path.name}/cut"
    proxy.faults.append(Fault(lambda m, p: m == "PUT", cut_request=1000))
    with pytest.raises(StorageError):
        faulty.put_data(source, address)
    proxy.faults.clear()
    assert not faulty.exists(address)


def test_a_slow_server_is_waited_for(faulty, proxy, tmp_path):
    proxy.faults.append(Fault(delay=0.3))
    address = faulty.write_bytes(f"s3://{BUCKET}/{tmp_path.name}/slow", b"1")
    assert faulty.read_bytes(address) == b"1"


def test_a_server_that_hangs_is_left(proxy, tmp_path, monkeypatch):
    from drawloom.context.storage import drivers

    monkeypatch.setattr(object_store, "TIMEOUT", dt.timedelta(seconds=0.5))
    drivers._store.cache_clear()
    proxy.faults.append(Fault(delay=30))
    access = access_to(proxy.address, tmp_path)
    begun = time.monotonic()
    with pytest.raises(StorageError):
        access.read_bytes(f"s3://{BUCKET}/hangs")
    assert time.monotonic() - begun < 20
    drivers._store.cache_clear()


def test_an_exception_while_writing_leaves_no_object(direct, tmp_path):
    address = f"s3://{BUCKET}/{tmp_path.name}/broken"
    for size in (10, 30_000_000):
        with pytest.raises(KeyError), direct.open(address, "wb") as stream:
            stream.write(b"x" * size)
            raise KeyError
        assert not direct.exists(address)


def test_what_was_written_is_read_back_in_pieces(direct, tmp_path):
    address = f"s3://{BUCKET}/{tmp_path.name}/lines.txt"
    with direct.open(address, "w", newline="\n") as stream:
        stream.writelines(f"zeile {number} ü\n" for number in range(1000))
    with direct.open(address, "r") as stream:
        assert stream.readline() == "zeile 0 ü\n"
        assert sum(1 for _ in stream) == 999
    with direct.open(address, "rb") as stream:
        stream.seek(6)
        assert stream.read(1) == b"0"


def test_keys_never_show(direct, tmp_path):
    assert "secret-of-the-test" not in repr(S3(**KEYS)) + repr(direct)
    assert "key-of-the-test" not in repr(S3(**KEYS))


def test_an_endpoint_that_was_given_is_the_one_that_is_asked(proxy, tmp_path, library, monkeypatch):
    monkeypatch.setenv("FLYTE_AWS_ENDPOINT", proxy.address)
    monkeypatch.setenv("FLYTE_AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("FLYTE_AWS_SECRET_ACCESS_KEY", "b")
    access = FileAccessProvider(tmp_path / "sandbox", f"s3://{BUCKET}/{tmp_path.name}")
    address = access.write_bytes(f"s3://{BUCKET}/{tmp_path.name}/by-environment", b"1")
    assert access.read_bytes(address) == b"1"
    assert access.get_filesystem("s3").exists(address)
    assert len(proxy.requests) >= 2


def test_a_folder_of_a_store_is_listed_and_crawled(direct, tmp_path):
    from drawloom import FlyteDirectory
    from drawloom.context import using

    for name in ("a.txt", "in/b*.txt", "in/deep/c.txt"):
        (tmp_path / "f" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "f" / name).write_text(name)
    address = direct.put_raw_data(tmp_path / "f")
    with using(file_access=direct):
        folder = FlyteDirectory.from_source(address)
        assert [name for _, name in folder.crawl()] == ["a.txt", "in/b*.txt", "in/deep/c.txt"]
        assert [name for _, name in folder.crawl(maxdepth=2, topdown=False)] == ["in/b*.txt", "a.txt"]
        assert [list(row) for _, row in folder.crawl(maxdepth=1, detail=True)] == [["a.txt"]]
        names = [entry.remote_source.rpartition("/")[2] for entry in FlyteDirectory.listdir(folder)]
        assert names == ["a.txt", "in"]
        assert Path(folder).joinpath("in", "b*.txt").read_text() == "in/b*.txt"

"""Settings of stores act, wherever they are given: in code, in a configuration file, in flytekit's classes, in the environment."""

from __future__ import annotations

import asyncio

import pytest

import drawloom
from drawloom import storage
from drawloom.context import FileAccessProvider, StorageError, file_access, shown, use_storage
from drawloom.context.storage import storage_settings
from drawloom.flytekit.configuration import DataConfig, S3Config
from drawloom.local.config import ConfigError

ENDPOINT = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def _as_before():
    yield
    use_storage()
    drawloom.init()


def test_init_says_how_stores_are_reached(tmp_path):
    drawloom.init(storage=storage.S3(endpoint=ENDPOINT, region="eu-x", raw_data_path=str(tmp_path)))
    assert storage_settings("s3").endpoint == ENDPOINT
    assert storage_settings("gs").schemes == {"gs", "gcs"}
    drawloom.init()
    assert storage_settings("s3").endpoint is None


def test_a_configuration_file_says_it_too(tmp_path):
    (tmp_path / "c.yaml").write_text(
        "storage:\n  type: minio\n  connection:\n    endpoint: http://127.0.0.1:9\n    access-key: me\n    secret-key: mine\n"
    )
    drawloom.init_from_config(str(tmp_path / "c.yaml"))
    found = storage_settings("s3")
    assert (found.endpoint, found.access_key_id, found.secret_access_key) == (ENDPOINT, "me", "mine")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("storage:\n  type: floppy\n", "not a known store"),
        ("storage:\n  connection:\n    endpont: x\n", "no key 'endpont'"),
        ("storage:\n  type: gcs\n  connection:\n    secret-key: x\n", "takes no secret_access_key"),
        ("storage:\n  connection: 3\n", "is not a mapping"),
    ],
)
def test_what_a_configuration_file_cannot_mean_is_refused(tmp_path, text, what):
    (tmp_path / "c.yaml").write_text(text)
    with pytest.raises(ConfigError, match=what):
        drawloom.init_from_config(str(tmp_path / "c.yaml"))


def test_flytekits_settings_act_and_do_not_show_keys():
    config = DataConfig(s3=S3Config(endpoint=ENDPOINT, access_key_id="me", secret_access_key="mine"))
    assert "mine" not in repr(config)
    access = FileAccessProvider(data_config=config)
    fs = access.get_filesystem("s3")
    assert fs.endpoint_url == ENDPOINT
    assert (fs.key, fs.secret) == ("me", "mine")


def test_anonymous_acts():
    assert file_access().get_filesystem("s3", anonymous=True).anon is True
    assert file_access().get_filesystem("s3").anon is False


def test_other_settings_than_these_are_refused():
    with pytest.raises(TypeError, match="data_config is a Storage"):
        FileAccessProvider(data_config="s3")


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("https://u:p@host/x.csv?X-Amz-Signature=abc#f", "https://host/x.csv?…"),
        ("ftp://me:pw@host/x", "ftp://host/x"),
        ("s3://b/what?.csv", "s3://b/what?.csv"),
        ("/a?b", "/a?b"),
    ],
)
def test_an_address_is_shown_without_what_is_secret(address, text):
    assert shown(address) == text


def test_an_error_shows_no_signature():
    with pytest.raises(StorageError) as caught:
        file_access().read_bytes("http://127.0.0.1:9/x?token=hidden")
    shown_text = "".join([str(caught.value), repr(caught.value.__cause__)])
    assert "hidden" not in shown_text


def test_a_missing_driver_names_the_extra(monkeypatch):
    import sys

    from drawloom.context.storage import drivers

    drivers._store.cache_clear()
    for name in ("obstore", "gcsfs", "adlfs"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr(drivers, "NATIVE", frozenset())
    for scheme, extra in (("gs", "gcs"), ("abfs", "azure")):
        with pytest.raises(StorageError) as caught:
            file_access().read_bytes(f"{scheme}://b/k")
        assert f"drawloom[{extra}]" in caught.value.fix
    drivers._store.cache_clear()


def test_legal_addresses_of_other_drivers_are_taken_from_the_whole_address():
    fs = file_access().get_filesystem_for_path("memory://a/b")
    assert fs.protocol == "memory"
    access = file_access()
    access.write_bytes("memory://store/x*.txt", b"1")
    assert access.find("memory://store") == ["x*.txt"]
    assert access.read_bytes("memory://store/x*.txt") == b"1"


def test_the_functions_move_bytes_by_address(tmp_path):
    source = tmp_path / "s.txt"
    source.write_bytes(b"abc")

    async def pieces():
        address = await storage.put(source)
        assert await storage.exists(address)
        back = await storage.get(address, f"{tmp_path}/")
        streamed = await storage.put_stream(b"xyz", to_path=str(tmp_path / "deep" / "z"))
        return back, streamed, [part async for part in storage.get_stream(streamed, chunk_size=2)]

    back, streamed, parts = asyncio.run(pieces())
    assert back == str(tmp_path / "s.txt")
    assert streamed.endswith("/deep/z")
    assert parts == [b"xy", b"z"]


@pytest.mark.parametrize("mode", ["w", "wb", "x", "a", "r+", "w+b"])
def test_a_failed_block_leaves_a_local_file_as_it_was(tmp_path, mode):
    path = tmp_path / "f"
    if mode != "x":
        path.write_text("before")
    with pytest.raises(KeyError), file_access().open(path, mode) as stream:
        stream.write(b"after" if "b" in mode else "after")
        raise KeyError
    assert sorted(p.name for p in tmp_path.iterdir()) == ([] if mode == "x" else ["f"])
    assert mode == "x" or path.read_text() == "before"


def test_appending_keeps_what_other_names_of_the_file_hold(tmp_path):
    (tmp_path / "one").write_text("a")
    (tmp_path / "two").hardlink_to(tmp_path / "one")
    with file_access().open(tmp_path / "two", "a") as stream:
        stream.write("b")
    assert ((tmp_path / "one").read_text(), (tmp_path / "two").read_text()) == ("a", "ab")


@pytest.mark.parametrize("mode", ["q", "rw", "rbt", "", "rr"])
def test_a_mode_that_does_not_exist_is_refused(tmp_path, mode):
    with pytest.raises(StorageError, match="not a mode"):
        file_access().open(tmp_path / "f", mode)


def test_links_out_of_a_folder_and_loops_are_named(tmp_path):
    access = file_access()
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "ok").write_text("1")
    (tmp_path / "f" / "inside").symlink_to(tmp_path / "f" / "ok")
    assert access.find(access.put_raw_data(tmp_path / "f")) == ["inside", "ok"]
    for name, target, what in (
        ("out", tmp_path / "elsewhere", "leads nowhere"),
        ("out", "/etc/hostname", "leads out of the folder"),
        ("loop", "loop", "leads"),
        ("up", ".", "leads to a folder above it"),
    ):
        link = tmp_path / "f" / name
        link.symlink_to(target)
        with pytest.raises(StorageError, match=what) as caught:
            access.put_raw_data(tmp_path / "f")
        assert name in str(caught.value)
        link.unlink()


def test_a_folder_is_not_copied_into_itself(tmp_path):
    (tmp_path / "f" / "in").mkdir(parents=True)
    with pytest.raises(StorageError, match="into itself"):
        file_access().put_data(tmp_path / "f", tmp_path / "f" / "in" / "raw", True)
    assert list((tmp_path / "f" / "in").iterdir()) == []

"""Empty folders in stores that have objects only: they come back, are listed, and nobody sees how they are kept."""

import urllib.request
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drawloom import FlyteDirectory
from drawloom.context import FileAccessProvider, FlyteContextManager
from drawloom.context.storage import S3, drivers
from drawloom.context.storage.empty_folders import EMPTY, marks, parted
from drawloom.io import Dir
from s3_server import BUCKET, KEYS, s3_server
from typeengine import Engine


@pytest.fixture(scope="module")
def server():
    with s3_server() as address:
        yield address


@pytest.fixture(params=["obstore", "fsspec", "memory"])
def access(request, server, tmp_path, monkeypatch):
    drivers._store.cache_clear()
    if request.param == "fsspec":
        monkeypatch.setattr(drivers, "NATIVE", frozenset())
    prefix = (
        f"memory://{tmp_path.name}" if request.param == "memory" else f"s3://{BUCKET}/{request.param}{tmp_path.name}"
    )
    made = FileAccessProvider(tmp_path / "sandbox", prefix, data_config=S3(endpoint=server, retries=0, **KEYS))
    with FlyteContextManager.with_context(FlyteContextManager.current_context().with_file_access(made)):
        yield made
    drivers._store.cache_clear()
    if request.param == "memory":
        made.get_filesystem("memory").rm(f"/{tmp_path.name}", recursive=True)


TREES = {
    "one beside files": ["a.txt", "b/c.txt", "d/"],
    "in each other": ["a/b/c/", "a/d/"],
    "below a folder with files": ["a/b.txt", "a/c/", "a/e/f.txt"],
    "files without bytes": ["a/empty.txt", "a/none.txt", "b/"],
    "nothing at all": [],
}


def make(root, names):
    root.mkdir()
    for name in names:
        if name.endswith("/"):
            (root / name).mkdir(parents=True)
            continue
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("" if "e.txt" in name or "empty" in name else name)


def below(root):
    return {
        path.relative_to(root).as_posix(): path.read_text() if path.is_file() else None
        for path in Path(root).rglob("*")
    }


@pytest.mark.parametrize("names", TREES.values(), ids=TREES)
def test_a_folder_comes_back_with_its_empty_folders(access, tmp_path, names):
    make(tmp_path / "tree", names)
    codec = Engine().codec(FlyteDirectory)
    back = codec.decode(codec.encode(FlyteDirectory(str(tmp_path / "tree"))))
    assert below(back.download()) == below(tmp_path / "tree")


def test_what_is_empty_is_listed_as_a_folder_and_no_file_of_ours_is_seen(access, tmp_path):
    make(tmp_path / "tree", ["a.txt", "b/c.txt", "d/", "e/f/"])
    address = access.put_data(tmp_path / "tree", access.get_random_remote_directory(), True)
    remote, local = FlyteDirectory(address), FlyteDirectory(str(tmp_path / "tree"))

    def listed(folder):
        return [(Path(str(one.remote_source or one.path)).name, type(one)) for one in FlyteDirectory.listdir(folder)]

    assert listed(remote) == listed(local)
    assert [name for _, name in remote.crawl()] == ["a.txt", "b/c.txt"]
    assert [file.name for file in Dir(path=address).walk_sync()] == ["a.txt", "c.txt"]
    assert access.find(address) == ["a.txt", "b/c.txt"]
    assert FlyteDirectory.listdir(FlyteDirectory(access.join(address, "d"))) == []
    assert access.is_folder(access.join(address, "d"))


@pytest.mark.parametrize("library", ["obstore", "fsspec"])
def test_objects_that_stand_for_folders_are_read_as_such(server, tmp_path, monkeypatch, library):
    """As the consoles of stores make them: of no bytes, their names ending with a slash."""
    drivers._store.cache_clear()
    if library == "fsspec":
        monkeypatch.setattr(drivers, "NATIVE", frozenset())
    for key, body in {"d/": b"", "d/a/": b"", "d/b/": b"", "d/b/c.txt": b"c", "d/e.txt": b"", "d/f/g/": b""}.items():
        where = f"{server}/{BUCKET}/{library}{tmp_path.name}/{key}"
        plain = {"Content-Type": "application/octet-stream"}
        request = urllib.request.Request(where, method="PUT", data=body, headers=plain)
        urllib.request.urlopen(request, timeout=10).close()
    access = FileAccessProvider(tmp_path / "sandbox", data_config=S3(endpoint=server, retries=0, **KEYS))
    address = f"s3://{BUCKET}/{library}{tmp_path.name}/d"
    got = access.get_data(address, tmp_path / "got", True)
    assert below(got) == {"a": None, "b": None, "b/c.txt": "c", "e.txt": "", "f": None, "f/g": None}
    assert access.find(address) == ["b/c.txt", "e.txt"]
    drivers._store.cache_clear()


PARTS = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3).map("/".join)


@settings(max_examples=200)
@given(st.sets(PARTS), st.sets(PARTS))
def test_marks_stand_for_exactly_the_folders_that_have_nothing_else(files, folders):
    found, kept = parted([*files, *marks(folders)])
    assert sorted(found) == sorted(files)
    assert kept == sorted(folder for folder in folders if not any(o.startswith(f"{folder}/") for o in files | folders))
    assert not any(EMPTY in name for name in (*found, *kept))

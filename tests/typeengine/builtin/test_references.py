"""Files and folders: what is copied, under which address it travels, what a task gets."""

import copy
import dataclasses
import os
import pathlib
import pickle
from typing import Annotated, Dict, List, Optional, TypeVar, Union

import pydantic
import pytest

from drawloom.context import ExecutionMode, ExecutionState, FileAccessProvider, using
from literals import parse, pb
from typeengine import BatchSize, Engine, FileExt, FlyteDirectory, FlyteFile, TypeTransformerFailedError
from typeengine.builtin.flyte2_files import Dir, File, HashlibAccumulator

ENGINE = Engine()


@pytest.fixture
def raw(tmp_path):
    with using(file_access=FileAccessProvider(tmp_path / "s", str(tmp_path / "raw"))):
        yield str(tmp_path / "raw")


@pytest.fixture
def local_run(tmp_path, raw):
    state = ExecutionState(str(tmp_path), mode=ExecutionMode.LOCAL_TASK_EXECUTION)
    with using(execution=state):
        yield raw


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("hé")
    return path


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "d"
    (path / "in").mkdir(parents=True)
    (path / "a.txt").write_text("a")
    (path / "in" / "b.csv").write_text("b")
    return path


def uri(hint, value):
    return parse(pb.Literal, ENGINE.codec(hint).encode(value)).scalar.blob.uri


def there_and_back(hint, value):
    codec = ENGINE.codec(hint)
    return codec.decode(codec.encode(value))


def test_a_remote_address_travels_as_it_is(raw):
    assert uri(FlyteFile, FlyteFile("s3://b/k")) == "s3://b/k"
    assert uri(FlyteFile, "s3://b/k") == "s3://b/k"
    assert uri(FlyteDirectory, "s3://b/d/") == "s3://b/d/"


def test_a_local_file_is_copied_to_the_raw_data(raw, text):
    for value in (FlyteFile(str(text)), str(text), text):
        address = uri(FlyteFile, value)
        assert address.startswith(raw)
        assert address.endswith("/x.txt")
        assert pathlib.Path(address).read_text() == "hé"


def test_a_local_execution_too_takes_a_copy_of_a_file(local_run, text):
    made = {uri(FlyteFile, value) for value in (FlyteFile(str(text)), str(text), text)}
    assert len(made) == 1
    assert made.pop().startswith(local_run)


def test_a_target_is_where_the_copy_goes_and_false_means_none(raw, tmp_path, text):
    target = str(tmp_path / "out" / "y.txt")
    assert uri(FlyteFile, FlyteFile(str(text), remote_path=target)) == target
    assert pathlib.Path(target).read_text() == "hé"
    assert uri(FlyteFile, FlyteFile(str(text), remote_path=False)) == str(text)


def test_a_folder_is_copied_whole(raw, folder):
    address = uri(FlyteDirectory, FlyteDirectory(str(folder)))
    assert address.startswith(raw)
    assert (pathlib.Path(address) / "in" / "b.csv").read_text() == "b"


def test_a_local_execution_too_takes_a_copy_of_a_folder(local_run, folder):
    made = {uri(FlyteDirectory, value) for value in (FlyteDirectory(str(folder)), str(folder))}
    assert len(made) == 1
    assert made.pop().startswith(local_run)


@pytest.mark.parametrize(
    ("hint", "value", "words"),
    [
        (FlyteFile, "no/such", "there is no file"),
        (FlyteFile, pathlib.Path("no/such"), "there is no file"),
        (FlyteFile, FlyteFile("no/such"), "there is no file"),
        (FlyteFile, 5, "this is not a FlyteFile"),
        (FlyteFile, FlyteDirectory("s3://b"), "this is not a FlyteFile"),
        (FlyteDirectory, "no/such", "there is no folder"),
        (FlyteDirectory, FlyteFile("s3://b/k"), "this is not a FlyteDirectory"),
        (FlyteFile["csv"], FlyteFile["png"]("s3://b/k"), "the file format is another one"),
    ],
)
def test_what_is_no_such_file_is_refused(raw, hint, value, words):
    with pytest.raises(TypeTransformerFailedError, match=words):
        ENGINE.codec(hint).encode(value)


def test_a_local_address_that_is_gone_is_refused_when_read(raw, text):
    codec = ENGINE.codec(FlyteFile)
    data = codec.encode(text)
    os.remove(uri_of(data))
    with pytest.raises(TypeTransformerFailedError, match="there is no file"):
        codec.decode(data)


def uri_of(data):
    return parse(pb.Literal, data).scalar.blob.uri


def test_a_given_file_opens_reads_and_equals_the_one_written(raw, text):
    given = there_and_back(FlyteFile, FlyteFile(str(text)))
    assert pathlib.Path(given).read_text() == "hé"
    with given.open("r") as stream:
        assert stream.read() == "hé"
    assert there_and_back(FlyteFile, given) == given


def test_remote_content_is_fetched_once_when_the_path_is_asked_for(raw):
    fsspec = pytest.importorskip("fsspec")
    fsspec.filesystem("memory").pipe_file("memory://bucket/k.txt", b"remote")
    given = there_and_back(FlyteFile, FlyteFile("memory://bucket/k.txt"))
    assert not given.downloaded
    assert not os.path.exists(str(given.path))
    assert given.remote_source == "memory://bucket/k.txt"
    assert pathlib.Path(given).read_bytes() == b"remote"
    assert given.downloaded
    with given.open("rb") as stream:
        assert stream.read() == b"remote"
    assert uri(FlyteFile, given) == "memory://bucket/k.txt"


def test_a_remote_raw_prefix_gets_the_copies(tmp_path, text, folder):
    fsspec = pytest.importorskip("fsspec")
    with using(file_access=FileAccessProvider(tmp_path / "s", "memory://raw/data")):
        address = uri(FlyteFile, FlyteFile(str(text)))
        assert address.startswith("memory://raw/data/")
        assert fsspec.filesystem("memory").cat_file(address) == "hé".encode()
        given = there_and_back(FlyteDirectory, FlyteDirectory(str(folder)))
        assert sorted(found for _, found in given.crawl()) == ["a.txt", "in/b.csv"]
        assert sorted(str(entry.remote_source).rsplit("/", 1)[-1] for entry in FlyteDirectory.listdir(given)) == [
            "a.txt",
            "in",
        ]
        assert (pathlib.Path(given) / "in" / "b.csv").read_text() == "b"


def test_metadata_travels_with_a_file(raw):
    value = FlyteFile("s3://b/k", metadata={"a": "1"})
    assert there_and_back(FlyteFile, value).metadata == {"a": "1"}
    codec = ENGINE.codec(FlyteFile)
    assert codec.from_plain(codec.to_plain(value)).metadata == {"a": "1"}


def test_formats_are_classes_one_for_each():
    assert FlyteFile["csv"] is FlyteFile["csv"]
    assert FlyteFile[TypeVar("svg")].extension() == "svg"
    assert FlyteFile[Annotated[str, FileExt("tar.gz")]].extension() == "tar.gz"
    assert FlyteFile[None] is FlyteFile
    assert FlyteFile[""] is FlyteFile
    assert FlyteFile["csv"]["png"].extension() == "png"
    assert issubclass(FlyteFile["csv"], FlyteFile)
    assert ENGINE.codec(FlyteFile["csv"]).literal_type.blob.format == "csv"
    with pytest.raises(ValueError, match="names no format"):
        FlyteFile[Annotated[str, "x"]]


def test_files_are_equal_by_address_and_copies_too(text):
    one = FlyteFile(str(text))
    assert one == FlyteFile(str(text))
    assert one == str(text)
    assert hash(one) == hash(FlyteFile(str(text)))
    assert copy.deepcopy(one) == one
    assert pickle.loads(pickle.dumps(FlyteFile("s3://b/k"))) == FlyteFile("s3://b/k")
    assert FlyteFile("s3://b/k") != FlyteDirectory("s3://b/k")
    assert repr(FlyteFile("s3://b/k")) == "FlyteFile('s3://b/k')"


def test_new_files_and_folders_are_below_their_prefixes(local_run, tmp_path):
    assert FlyteFile.new_remote_file("n.csv").path.startswith(local_run)
    assert FlyteFile.new_remote_file("n.csv").path.endswith("n.csv")
    assert FlyteDirectory.new_remote("stem").path.startswith(local_run)
    assert str(FlyteFile.new("x/y.txt").path) == str(tmp_path / "x" / "y.txt")
    made = FlyteDirectory.new("made")
    assert os.path.isdir(made.path)
    assert str(made.new_file("f").path) == str(tmp_path / "made" / "f")
    assert made / "q" == tmp_path / "made" / "q"
    for call in (FlyteFile.new, FlyteDirectory.new):
        with pytest.raises(ValueError, match="relative path"):
            call("/abs")


def test_a_task_writes_into_a_new_file(raw):
    made = FlyteFile.new_remote_file("o.txt")
    with made.open("w") as stream:
        stream.write("1")
    assert pathlib.Path(there_and_back(FlyteFile, made)).read_text() == "1"


def test_a_local_folder_is_listed_and_crawled(folder):
    given = FlyteDirectory(str(folder))
    assert [os.path.basename(str(entry)) for entry in FlyteDirectory.listdir(given)] == ["a.txt", "in"]
    assert sorted(found for _, found in given.crawl()) == ["a.txt", "in/b.csv"]
    assert [found for _, found in given.crawl(maxdepth=1)] == ["a.txt"]


CSV = FlyteFile["csv"]


@dataclasses.dataclass
class Files:
    f: FlyteFile
    d: Optional[FlyteDirectory] = None
    fs: List[FlyteFile] = dataclasses.field(default_factory=list)
    by: Dict[str, CSV] = dataclasses.field(default_factory=dict)


class Model(pydantic.BaseModel):
    f: FlyteFile
    d: Optional[FlyteDirectory] = None
    fs: List[FlyteFile] = []


@pytest.mark.parametrize("build", [Files, Model])
def test_references_inside_records_travel_and_are_not_changed(raw, text, folder, build):
    value = build(f=FlyteFile(str(text)), d=FlyteDirectory(str(folder)), fs=[FlyteFile("s3://b/k")])
    before = copy.deepcopy(value)
    codec = ENGINE.codec(build)
    data = codec.encode(value)
    back = codec.decode(data)
    assert value == before
    assert pathlib.Path(back.f).read_text() == "hé"
    assert (pathlib.Path(back.d) / "a.txt").read_text() == "a"
    assert back.fs == value.fs
    assert codec.encode(codec.decode(codec.encode(back)))


def test_text_in_a_reference_field_is_taken_and_the_object_is_left_alone():
    value = Files("s3://b/k", "s3://b/d", ["s3://c/d"])
    codec = ENGINE.codec(Files)
    back = codec.decode(codec.encode(value))
    assert value == Files("s3://b/k", "s3://b/d", ["s3://c/d"])
    assert back == Files(FlyteFile("s3://b/k"), FlyteDirectory("s3://b/d"), [FlyteFile("s3://c/d")])


def test_a_union_of_file_and_folder_looks_at_what_is_there(raw, text, folder):
    hint = Union[FlyteFile, FlyteDirectory]
    assert type(there_and_back(hint, str(text))) is FlyteFile
    assert type(there_and_back(hint, str(folder))) is FlyteDirectory
    assert type(there_and_back(Union[FlyteFile, str], "s3://b/k")) is str


def test_a_path_like_is_neither_checked_nor_copied(raw):
    codec = ENGINE.codec(os.PathLike)
    assert codec.decode(codec.encode("no/such")).path == "no/such"
    assert uri(os.PathLike, pathlib.Path("a/b")) == "a/b"


def test_a_batch_size_is_a_note_only(raw, folder):
    assert there_and_back(Annotated[FlyteDirectory, BatchSize(3)], str(folder)).crawl()
    assert BatchSize(3) == BatchSize(3)
    assert repr(FileExt("x")) == "FileExt('x')"


# --- Flyte 2 --------------------------------------------------------------------------------------------------------


def test_flyte_2s_file_keeps_format_and_hash_and_copies_nothing(raw):
    value = File(path="s3://b/x.txt", format="csv", hash="h")
    back = there_and_back(File, value)
    assert back == value
    assert back.name == "x.txt"
    with pytest.raises(TypeTransformerFailedError):
        ENGINE.codec(File).encode("s3://b/x")
    with pytest.raises(TypeTransformerFailedError):
        ENGINE.codec(Dir).encode(value)


def test_flyte_2s_file_from_here_is_hashed_and_copied_where_the_raw_data_is_remote(tmp_path, raw, text):
    made = File.from_local_sync(text, hash_method=HashlibAccumulator.from_hash_name("sha256"))
    assert made.path.startswith(raw)
    assert made.path != str(text)
    assert len(made.hash) == 64
    assert File.from_local_sync(text, str(tmp_path / "o" / "z.txt")).path == str(tmp_path / "o" / "z.txt")
    pytest.importorskip("fsspec")
    with using(file_access=FileAccessProvider(tmp_path / "s", "memory://raw/two")):
        remote = File.from_local_sync(text, hash_method="known")
        assert remote.path.startswith("memory://raw/two/")
        assert remote.hash == "known"
        assert remote.exists_sync()
        assert pathlib.Path(remote.download_sync()).read_text() == "hé"


async def read_all(file):
    async with file.open("rb") as stream:
        return await stream.read()


def test_flyte_2s_file_opens_both_ways(raw, text):
    import asyncio

    made = File.from_local_sync(text)
    with made.open_sync("rb") as stream:
        assert stream.read() == "hé".encode()
    assert asyncio.run(read_all(made)) == "hé".encode()


def test_flyte_2s_new_file_is_hashed_as_it_is_written(raw):
    made = File.new_remote("f.bin", hash_method=HashlibAccumulator.from_hash_name("md5"))
    with made.open_sync("wb") as stream:
        stream.write(b"x")
    assert made.hash == "9dd4e461268c8034f5c8564e155c67a6"
    assert pathlib.Path(made.path).read_bytes() == b"x"


def test_flyte_2s_dir_is_walked(raw, folder):
    given = Dir.from_local_sync(folder, dir_cache_key="k")
    assert given.hash == "k"
    assert sorted(file.name for file in given.walk_sync()) == ["a.txt", "b.csv"]
    assert [file.name for file in given.list_files_sync()] == ["a.txt"]
    assert given.get_file_sync("a.txt").name == "a.txt"
    assert given.get_file_sync("zz") is None
    assert Dir.empty().is_empty
    assert list(Dir.empty().walk_sync()) == []
    assert there_and_back(Dir, Dir.empty()).is_empty


async def lines_of(file):
    async with file.open("r") as stream:
        first = await stream.readline()
        return [first, *[line async for line in stream]]


def test_flyte_2s_stream_gives_lines(raw, tmp_path):
    import asyncio

    (tmp_path / "l.txt").write_text("a\nb\nc\n")
    assert asyncio.run(lines_of(File.from_local_sync(tmp_path / "l.txt"))) == ["a\n", "b\n", "c\n"]


def test_references_are_equal_when_content_and_format_are():
    for kind in (FlyteFile, FlyteDirectory):
        assert kind("/a") == kind("/a")
        assert kind("/a") != kind["pdf"]("/a")
        assert kind["jpg"]("/a") == kind[".jpg"]("/a")
        assert kind["jpg"]("/a") != kind["png"]("/a")
        assert len({kind["jpg"]("/a"), kind[".jpg"]("/a"), kind("/a")}) == 2
    assert FlyteFile("/a") != FlyteDirectory("/a")

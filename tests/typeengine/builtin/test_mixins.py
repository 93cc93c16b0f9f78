"""Classes with mashumaro's mixins and of dataclasses-json that hold files, folders, schemas and datasets."""

import dataclasses
import pathlib
from typing import List, Optional

import pydantic
import pytest
from dataclasses_json import DataClassJsonMixin, dataclass_json
from mashumaro import DataClassDictMixin
from mashumaro.mixins.json import DataClassJSONMixin

from drawloom.context import FileAccessProvider, using
from strategies.typed import exactly_equal
from typeengine import Engine, FlyteDirectory, FlyteFile, FlyteSchema, StructuredDataset, kwtypes
from typeengine.builtin.flyte2_files import Dir, File

ENGINE = Engine()
TABLE = FlyteSchema[kwtypes(a=int)]


@dataclasses.dataclass
class Json(DataClassJSONMixin):
    f: FlyteFile
    d: Optional[FlyteDirectory] = None
    s: Optional[FlyteSchema] = None
    t: Optional[TABLE] = None
    sd: Optional[StructuredDataset] = None
    many: List[FlyteFile] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class AsDict(DataClassDictMixin):
    s: FlyteSchema
    sd: StructuredDataset


@dataclasses.dataclass
class OfFlyte2(DataClassJSONMixin):
    f: File
    d: Optional[Dir] = None


@dataclass_json
@dataclasses.dataclass
class Decorated:
    f: FlyteFile
    s: Optional[FlyteSchema] = None


@dataclasses.dataclass
class Inherited(DataClassJsonMixin):
    inner: Decorated
    sd: Optional[StructuredDataset] = None


FILE, SCHEMA = FlyteFile("s3://b/k"), FlyteSchema(remote_path="s3://b/s")
DATASET = StructuredDataset(uri="s3://b/d", file_format="parquet")
VALUES = [
    Json(FILE, FlyteDirectory("s3://b/d"), SCHEMA, TABLE(remote_path="s3://b/t"), DATASET, [FILE]),
    Json(FILE),
    AsDict(SCHEMA, DATASET),
    OfFlyte2(File(path="s3://b/k"), Dir(path="s3://b/d")),
    Inherited(Decorated(FILE, SCHEMA), DATASET),
]


@pytest.mark.parametrize("dialect", ["v1", "v2"])
@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_they_travel(value, dialect):
    codec = ENGINE.clone(dialect=dialect).codec(type(value))
    back = codec.decode(codec.encode(value))
    assert exactly_equal(back, value)
    assert codec.encode(back) == codec.encode(value)


def test_mashumaro_itself_writes_and_reads_schemas_and_datasets():
    value = AsDict(SCHEMA, DATASET)
    assert value.to_dict() == {"s": {"remote_path": "s3://b/s"}, "sd": {"uri": "s3://b/d", "file_format": "parquet"}}
    assert AsDict.from_dict(value.to_dict()) == value


class Checked(pydantic.BaseModel):
    f: FlyteFile
    n: int = 0

    @pydantic.field_validator("n")
    @classmethod
    def _any(cls, n):
        return n


@dataclasses.dataclass
class CheckedClass:
    f: FlyteFile

    def __post_init__(self):
        assert self.f


@pytest.mark.parametrize("build", [Checked, CheckedClass])
def test_a_local_file_in_a_class_that_checks_is_copied_once_and_written_as_peers_do(build, tmp_path):
    source = tmp_path / "x.txt"
    source.write_text("hé")
    with using(file_access=FileAccessProvider(tmp_path / "s", str(tmp_path / "raw"))):
        codec = ENGINE.codec(build)
        tree = codec.to_plain(build(f=FlyteFile(str(source))))
        assert not [key for key in tree if key.startswith("drawloom")]
        assert len(list((tmp_path / "raw").rglob("x.txt"))) == 1
        assert pathlib.Path(codec.from_plain(tree).f).read_text() == "hé"

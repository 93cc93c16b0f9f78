"""Every public member of the peers' classes of data is here with its parameters, or is left out for a reason.

The table `tests/goldens/peers/data_members.tsv` has the members of flytekit 1.16.31 and of Flyte 2's SDK 2.12.1, with the names
of their parameters; `-` is a field.
"""

import inspect
from pathlib import Path

import pytest

from drawloom import FlyteDirectory, FlyteFile, FlyteSchema, StructuredDataset, storage
from drawloom.context import FileAccessProvider
from drawloom.io import DataFrame, Dir, File
from typeengine import HashFunction, StructuredDatasetTransformerEngine, TypeTransformerFailedError

TABLE = Path(__file__).parents[1] / "goldens" / "peers" / "data_members.tsv"
ROWS = [line.split("\t") for line in TABLE.read_text().splitlines()[1:]]
HERE = {
    "FlyteFile": FlyteFile("f"), "FlyteDirectory": FlyteDirectory("d"), "FlyteSchema": FlyteSchema(), "File": File(path="f"),
    "Dir": Dir(path="d"), "StructuredDataset": StructuredDataset(uri="u"), "DataFrame": DataFrame(uri="u"),
    "FileAccessProvider": FileAccessProvider(),
    "StructuredDatasetTransformerEngine": StructuredDatasetTransformerEngine(), "storage": storage,
}  # fmt: skip
_HOOK = "a hook for pydantic and mashumaro by the peer's own name; the classes have those that the libraries call"
_TYPE_ENGINE = "converting is the type engine's: TypeEngine has the method for every type"
_UPLOADS = "values are uploaded when they are given, never later"
_OWN = "an inner part of the peer"
_PARTS = "the store chooses the size of parts and how many go at once"
LEFT_OUT = {
    ("FlyteFile", "serialize_flyte_file"): _HOOK,
    ("FlyteFile", "deserialize_flyte_file"): _HOOK,
    ("FlyteDirectory", "serialize_flyte_dir"): _HOOK,
    ("FlyteDirectory", "deserialize_flyte_dir"): _HOOK,
    ("FlyteSchema", "serialize_flyte_schema"): _HOOK,
    ("FlyteSchema", "deserialize_flyte_schema"): _HOOK,
    ("StructuredDataset", "serialize_structured_dataset"): _HOOK,
    ("StructuredDataset", "deserialize_structured_dataset"): _HOOK,
    ("DataFrame", "serialize_dataframe"): _HOOK,
    ("DataFrame", "deserialize_dataframe"): _HOOK,
    ("File", "pre_init"): _HOOK,
    ("Dir", "pre_init"): _HOOK,
    **{(kind, "lazy_uploader"): _UPLOADS for kind in ("File", "Dir", "DataFrame")},
    **{(kind, "schema_match"): _OWN for kind in ("File", "Dir", "DataFrame")},
    **{(kind, "set_literal"): _OWN for kind in ("StructuredDataset", "DataFrame")},
    **{
        ("StructuredDatasetTransformerEngine", name): _TYPE_ENGINE
        for name in (
            "assert_type", "async_to_literal", "dict_to_structured_dataset", "from_binary_idl", "from_generic_idl",
            "async_to_python_value", "get_literal_type", "guess_python_type",
        )
    },
    ("FileAccessProvider", "get_async_filesystem_for_path"): "async methods of the provider do not need one",
}  # fmt: skip
OTHERWISE = {
    ("FlyteSchema", "__class_getitem__"): {"fmt"},
    **dict.fromkeys(
        (("File", "open"), ("File", "open_sync")), {"block_size", "cache_type", "cache_options", "compression"}
    ),
    ("storage", "put"): {"batch_size", "chunk_size", "max_concurrency"},
    ("storage", "put_stream"): {"size_hint", "chunk_size", "max_concurrency"},
}
"""Parameters that are not named here: options that are handed on under their names, and sizes, which the store chooses."""


@pytest.mark.parametrize(("kind", "member", "parameters"), ROWS, ids=[f"{row[0]}.{row[1]}" for row in ROWS])
def test_a_member_is_here_or_left_out_for_a_reason(kind, member, parameters):
    owner = HERE[kind]
    if (kind, member) in LEFT_OUT:
        assert not hasattr(owner, member)
        return
    assert hasattr(owner, member)
    found = getattr(owner if member == "__init__" else inspect.unwrap(owner), member)
    if parameters in ("-", "") or not callable(found):
        return
    there = inspect.signature(found).parameters
    missing = set(parameters.split(", ")) - there.keys()
    assert missing == OTHERWISE.get((kind, member), set()) - there.keys()


def test_the_engine_of_datasets_writes_opens_and_goes_through_parts(tmp_path):
    import pandas as pd

    from drawloom.context import FlyteContextManager
    from literals import pb
    from typeengine import StructuredDatasetDecoder

    engine, context = StructuredDatasetTransformerEngine(), FlyteContextManager.current_context()
    frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
    dataset = StructuredDataset(dataframe=frame, uri=str(tmp_path / "it"))
    literal = engine.encode(context, dataset, pd.DataFrame, "file", "parquet", pb.StructuredDatasetType())
    written = literal.scalar.structured_dataset
    assert engine.open_as(context, written, pd.DataFrame, written.metadata).equals(frame)
    with pytest.raises(TypeTransformerFailedError, match="no parts"):
        engine.iter_as(context, written, pd.DataFrame, written.metadata)

    class Rows:
        """What a handler of one's own gives."""

    class InParts(StructuredDatasetDecoder):
        def decode(self, ctx, flyte_value, current_task_metadata):
            return iter([1, 2])

    engine.register_for_protocol(InParts(Rows, None, "parquet"), "/", default_for_type=True)
    with pytest.raises(ValueError, match="is registered"):
        engine.register_for_protocol(InParts(Rows, None, "parquet"), "/")
    assert list(engine.iter_as(context, written, Rows, written.metadata)) == [1, 2]


def test_a_table_is_written_with_its_columns_where_it_is_told_with_its_hash(tmp_path):
    import asyncio

    import pandas as pd

    frame, place = pd.DataFrame({"a": [1]}), str(tmp_path / "it")
    made = DataFrame.from_local_sync(frame, {"a": int}, place, "h")
    assert (made.literal.uri, made.hash) == (place, "h")
    assert [column.name for column in made.literal.metadata.structured_dataset_type.columns] == ["a"]
    assert DataFrame.from_local_sync(frame, hash_method=HashFunction(lambda f: str(len(f)))).hash == "1"
    with pytest.raises(TypeTransformerFailedError, match="column 'b'"):
        DataFrame.from_local_sync(frame, {"b": int})

    async def parts():
        table = await DataFrame.from_local(frame)
        return [part async for part in table.open(pd.DataFrame).iter()]

    (part,) = asyncio.run(parts())
    assert part.equals(frame)


def test_numbers_that_are_none_are_refused(tmp_path):
    (tmp_path / "f").write_text("x")
    for wrong in (0, -1, "2"):
        with pytest.raises(TypeTransformerFailedError, match="1 or more"):
            File.from_local_sync(str(tmp_path / "f"), chunk_size=wrong)
        with pytest.raises(TypeTransformerFailedError, match="1 or more"):
            Dir.from_local_sync(str(tmp_path), batch_size=wrong)
    assert Dir.from_existing_remote("s3://b/d", dir_cache_key="k").hash == "k"

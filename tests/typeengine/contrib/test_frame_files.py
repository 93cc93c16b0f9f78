"""What the handlers of all libraries of frames share: each says of a file that is damaged what it should be, and where it is."""

from __future__ import annotations

import importlib
import inspect

import pytest

from literals import pb
from typeengine import StructuredDataset, StructuredDatasetTransformerEngine, TypeTransformerFailedError
from typeengine.builtin.structured_dataset import StructuredDatasetDecoder, StructuredDatasetEncoder
from typeengine.contrib.frame_files import FrameDecoder, FrameEncoder, check_distinct

LIBRARIES = ["arrow", "duckdb", "geopandas", "pandas", "polars", "polars_csv"]


def handlers(kind):
    for library in LIBRARIES:
        module = importlib.import_module(f"typeengine.contrib.{library}")
        for _, each in inspect.getmembers(module, inspect.isclass):
            if issubclass(each, kind) and each.__module__ == module.__name__:
                yield each


def registered():
    assert [*handlers(FrameDecoder)]  # which registers them
    for frame_type, protocols in StructuredDatasetTransformerEngine.DECODERS.items():
        for formats in protocols.values():
            for handler in formats.values():
                if isinstance(handler, FrameDecoder):
                    yield pytest.param(
                        handler,
                        id=f"{frame_type.__module__.split('.')[0]}-{frame_type.__name__}-{handler.supported_format}",
                    )


def test_every_handler_of_a_library_is_made_of_the_two_classes():
    for shared, plain in ((FrameEncoder, StructuredDatasetEncoder), (FrameDecoder, StructuredDatasetDecoder)):
        of_plain = {
            each
            for each in handlers(plain)
            if plain is StructuredDatasetDecoder or not issubclass(each, StructuredDatasetDecoder)
        }
        assert of_plain == {*handlers(shared)}


@pytest.mark.parametrize("handler", [*registered()])
def test_data_in_no_format_say_what_they_should_be(handler, tmp_path):
    (tmp_path / "00000").write_bytes(b"PAR1 is not all\x00\xff")
    (tmp_path / ".csv").write_bytes(b"")
    message = pb.StructuredDataset(uri=str(tmp_path))
    with pytest.raises(TypeTransformerFailedError) as caught:
        handler.decode(None, message, pb.StructuredDatasetMetadata())
    error = caught.value
    assert error.what in {f"the data is not {word}" for word in ("Parquet", "GeoParquet", "an Arrow file", "CSV")}
    assert error.where == str(tmp_path)
    assert error.what.endswith(error.expected)
    assert error.got
    assert "check that the file is complete" in error.fix


def test_two_columns_of_one_name_are_refused_by_the_second():
    check_distinct(["a", "b", 1])
    with pytest.raises(TypeTransformerFailedError, match="two columns have one name") as caught:
        check_distinct(["a", "b", "c", "b"])
    assert caught.value.where == "column 'b'"


def test_a_handler_that_does_not_say_how_to_write_cannot_be_made():
    class Lacking(FrameEncoder):
        pass

    with pytest.raises(TypeError, match="write"):
        Lacking(StructuredDataset)

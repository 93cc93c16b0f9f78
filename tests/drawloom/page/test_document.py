"""What a page is made from: the record, read; values by type; nothing that is not in the record."""

import json
import re

import pytest

from drawloom.page.document import RunReader, bundle_document
from drawloom.page.html import page
from drawloom.page.values import LONGEST, shown_value
from literals import pb

from .conftest import HOSTILE


def test_a_run_has_its_nodes_their_times_and_its_failure_with_the_trail(runs):
    shown = RunReader(runs / "bad").document()
    assert shown["state"] == "FAILED"
    assert "too many" in shown["detail"]
    assert any("n1.case0/n0" in step for step in shown["trail"])
    nodes = {node["address"]: node for node in shown["nodes"]}
    assert nodes["n0/n1"]["name"] == "map square"
    assert [each["state"] for each in nodes["n1.case0/n0"]["attempts"]] in (
        ["FAILED", "FAILED"],
        ["RETRYING", "FAILED"],
    )
    assert all(node["started"] >= shown["started"] - 1 for node in nodes.values())
    assert shown["resume"]["needed"]
    assert shown["resume"]["command"] == "drawloom resume bad"


def test_values_are_those_of_the_record_and_inputs_are_what_flowed(runs):
    reader = RunReader(runs / "good")

    def data(address, side):
        return {name: value["data"] for name, value in reader.values(address)[side].items()}

    assert data("n0", "inputs") == {"n": 2}
    assert data("n0", "outputs") == {"o0": 1}
    assert data("n0/n0", "outputs") == {"o0": [0, 1]}
    assert data("n0/n1", "outputs") == {"o0": [0, 1]}
    assert data("n0/n1[1]", "outputs") == {"o0": 1}
    assert data("n0/n1", "inputs") == {"x": [0, 1]}
    assert data("n0/n1[1]", "inputs") == {"x": 1}
    assert data("n0/n2", "inputs") == {"xs": [0, 1]}
    assert data("n1.case0/n0", "inputs") == {"n": 1, "name": HOSTILE}
    assert data("n1", "outputs") == {"o0": f"{HOSTILE} 1"}
    assert reader.document()["outputs"]["o0"]["data"] == f"{HOSTILE} 1"


@pytest.mark.parametrize("address", ["", "nope", "n9/n1", "n1.case7/n0", "n0/n1[99]", "/", "[0]", ".else/"])
def test_an_address_that_is_not_there_has_no_values(runs, address):
    found = RunReader(runs / "good").values(address)
    assert set(found) == {"inputs", "outputs"}


def blob(path):
    return pb.Literal(scalar=pb.Scalar(blob=pb.Blob(uri=str(path)))).SerializeToString()


def test_files_images_and_tables_are_shown_as_such(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    (tmp_path / "a.txt").write_text("text")
    pq.write_table(pa.table({"<b>": [1, 2, 3]}), tmp_path / "t.parquet")
    assert shown_value(blob(tmp_path / "a.png"))["source"].startswith("data:image/png;base64,")
    assert shown_value(blob(tmp_path / "a.txt")) | {"uri": ""} == {"type": "", "show": "file", "uri": "", "size": 4}
    assert shown_value(blob("s3://bucket/key"))["size"] is None
    table = pb.Literal(scalar=pb.Scalar(structured_dataset=pb.StructuredDataset(uri=str(tmp_path / "t.parquet"))))
    shown = shown_value(table.SerializeToString())
    assert (shown["columns"], shown["rows"], shown["total"]) == (["<b>"], [["1"], ["2"], ["3"]], 3)


def test_long_and_broken_values_are_said_to_be_so():
    text = pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(string_value="x" * 3 * LONGEST)))
    shown = shown_value(text.SerializeToString())
    assert len(shown["data"]) == LONGEST
    assert shown["cut"] > 3 * LONGEST
    assert shown_value(b"\xff\xff")["data"] == "(not readable)"


def test_no_value_ends_the_script_that_it_stands_in(runs):
    text = page(HOSTILE, {"mode": "page", "document": RunReader(runs / "good").whole()})
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL).group(1)
    assert json.loads(data)["document"]["outputs"]["o0"]["data"] == f"{HOSTILE} 1"
    assert "<img" not in data
    assert "<title>&lt;/script&gt;" in text
    assert not re.search(r'(?:src|href)=["\']?https?:', text)


def test_a_bundle_has_a_picture_of_each_workflow():
    from compiler import compile_bundle
    from drawloom.interpreter import load

    from .conftest import greeting

    shown = bundle_document(load(compile_bundle([greeting]).bundle))
    assert [each["title"].partition("@")[0].rpartition(".")[2] for each in shown["pictures"]] == ["greeting", "sums"]

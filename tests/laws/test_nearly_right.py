"""Every reader on a few inputs that are nearly right, and on those that once broke a promise; `make fuzz` has the rest."""

import io
import zipfile

import numpy as np
import pytest
from scipy import sparse

import fuzz
from drawloom.interpreter.tasks.outcome import load_entity
from literals import DrawloomError

COUNT = 60
BROKE = [
    ("literals", bytes.fromhex("1a1a0a160a01621206 0a040a0208020a01611206 0a040a0208010a00".replace(" ", ""))),
    (
        "literals",
        bytes.fromhex(
            "12310a020a000a2b0a294a120a040a022a00120a08005a060a046e6f6e654a130a060a040a02080112090801 5a050a03696e74".replace(
                " ", ""
            )
        ),
    ),
    ("literals", b"\x82\x80\x80\x80\x80\x80\x00"),
    ("literals", b"\x12\x88\x80\x80\x80\x80\x80\x00\n\x06\n\x04\n\x02 \x01"),
    ("elements of lists", b"\n\x0c\t6\x07\x08~\xef\xbf\xbd\xef\xbf<\xbd"),
    ("elements of lists", b"\n\x1f\x1a\x1d\n\x12\x82\xa6item_0\x01\xe6item_1\xa1a\x12\x07msgpack"),
    ("attributes of literals", b"\x12\x00\x1a\x0c\n\n\n\x08\n\x062\x04\x08\x80\xa3\x05"),
    ("attributes of literals", b"\n\x1f\x1a\x1d\n\x12\x82\xa6item_0\x01\xe6item_1\xa1a\x12\x07msgpack"),
    ("texts of literals", b"2.5.5"),
    ("texts of literals", b"null"),
    ("texts of literals", b"[" * 20_000),
    ("futures.pb", b'\n\x04\n\x02n0"\xdc\x03\n-'),
    ("error.pb", b"\n\x08\n\x04USER\x12\x02\x9a\x06\x0eno\x18\x01"),
    ("configuration", b"': t&\xd9\x0faa'"),
    (
        "zip archives",
        bytes.fromhex(
            "504b0304140000000800af31815d2dfa91e1080000003c00000001004b4c4a4e24170100504b0304140000000800af31815d00000000020000000000000003000000622f630300504b01021403140000000800af31815d2dfa91e1080000003c00000001000000000000000000000080010000000061504b01021403140000000800af31815d000000000200000000000000030000000000000000000000800127000000622f63504b05060000000002000200600000004a0000000000"
        ),
    ),
    ("dynamic jobs", b"\x93\x91\xc4\x01\xff\x90\x90"),
]


@pytest.fixture(scope="module")
def readers(tmp_path_factory):
    """All readers, in a folder of their own."""
    return fuzz.readers(tmp_path_factory.mktemp("fuzz"))


def test_inputs_that_are_nearly_right_give_a_value_or_our_error_in_time_and_memory(readers):
    for name, reader in readers.items():
        counts, broken = fuzz.fuzz(reader, f"short {name}", count=COUNT)
        assert counts.total() == COUNT
        assert not broken, name


@pytest.mark.parametrize(("name", "data"), BROKE)
def test_what_broke_a_promise_once_does_not_any_more(readers, name, data):
    for number in range(len(fuzz.VALUES)):
        assert fuzz.tried(readers[name], data, number) in {"value", "refused"}


HEADERS = {
    "more elements than there are": b"\x93NUMPY\x01\x00v\x00" + b"{'descr': '<i8', 'fortran_order': False, 'shape': (9999999999,), }".ljust(117) + b"\n",
    "fewer than none": b"\x93NUMPY\x01\x00v\x00" + b"{'descr': '<i8', 'fortran_order': False, 'shape': (-1, 99999), }".ljust(117) + b"\n",
    "a long header": b"\x93NUMPY\x02\x00\xff\xff\xff\x7f{'descr'",
    "another version": b"\x93NUMPY\x01\xd8:\xe2\x00v\x00{'descr': '<U2', 'fortran_order': False, 'shape': (2,), }".ljust(127) + b"\n",
}  # fmt: skip


@pytest.mark.parametrize("name", HEADERS)
def test_what_a_header_of_numpy_claims_is_not_made_room_for(readers, name):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for part in ("data", "mask", "fill_value", "hard", "indices", "indptr", "format", "shape"):
            archive.writestr(f"{part}.npy", HEADERS[name])
    for reader, data in ((".npy", HEADERS[name]), (".npz", packed.getvalue()), ("sparse .npz", packed.getvalue())):
        assert fuzz.tried(readers[reader], data, 0, traced=True) == "refused"


def test_an_archive_of_numpy_that_unpacks_to_very_much_is_refused_and_none_is_written(readers, tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        made = io.BytesIO()
        np.save(made, np.zeros(4_000_000))
        archive.writestr("data.npy", made.getvalue())
    for reader in (".npz", "sparse .npz"):
        assert fuzz.tried(readers[reader], packed.getvalue(), 0, traced=True) == "refused"
    codec = fuzz.ENGINE.codec(sparse.csr_matrix)
    ones = sparse.csr_matrix(np.ones((700, 700)))
    assert (codec.from_plain(codec.to_plain(ones)) != ones).nnz == 0


def test_a_reader_that_lets_a_foreign_error_out_takes_long_or_much_memory_is_found():
    def foreign(data, _):
        return data.decode("ascii")

    def much(data, _):
        return [bytes(200) for _ in range(len(data) * 2000)]

    assert fuzz.tried(fuzz.Reader([], fuzz.of_bytes, foreign), b"\xff", 1).startswith("foreign: UnicodeDecodeError")
    assert fuzz.tried(fuzz.Reader([], fuzz.of_bytes, much), b"abcd", 1, traced=True).startswith("memory")


@pytest.mark.parametrize(
    ("resolver", "args"),
    [
        ("os.path", ["x"]), ("subprocess.Popen", ["x"]), ("builtins.int", ["x"]), ("nowhere", ["x"]), ("", []),
        ("compiler.default_task_resolver", []),
        ("compiler.default_task_resolver", ["task-module", "", "task-name", "x"]),
        ("compiler.default_task_resolver", ["task-module", "..", "task-name", "x"]),
        ("compiler.default_task_resolver", ["task-module", "os", "task-name", "sep"]),
        ("compiler.default_task_resolver", ["task-module", "os", "task-name", "\0"]),
        ("compiler.default_task_resolver", ["task-module", "os", "name", "sep"]),
    ],
)  # fmt: skip
def test_loader_arguments_that_name_no_entity_are_our_error(resolver, args):
    with pytest.raises(DrawloomError):
        load_entity(resolver, args)

"""Every reader on a few inputs that are nearly right, and on those that once broke a promise; `make fuzz` has the rest."""

import pytest

import fuzz
from drawloom.interpreter.tasks.outcome import load_entity
from literals import DrawloomError

COUNT = 60
BROKE = [
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

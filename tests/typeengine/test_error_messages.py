"""Every mistake has one clear message: what, where with its path, expected, got, what to do. Whole messages are goldens.

`DRAWLOOM_UPDATE_GOLDENS=1 pytest tests/typeengine/test_error_messages.py` writes them anew; review the difference as text.
"""

import os
from pathlib import Path

import pytest

import bad_inputs
from drawloom.context import FileAccessProvider, using
from literals import DrawloomError
from typeengine import Engine
from typeengine.json.literals_from_json import json_to_literal

FOLDER = Path(__file__).parent / "errors"
UPDATE = os.environ.get("DRAWLOOM_UPDATE_GOLDENS") == "1"
ENGINE = Engine()


def attempt(direction, hint, value):
    codec = ENGINE.codec(hint)
    if direction == "type":
        return codec.literal_type
    if direction == "write":
        return codec.encode(value)
    if direction == "json":
        return codec.decode(json_to_literal(value, codec.literal_type, "x"))
    return codec.decode(value.SerializeToString())


@pytest.mark.parametrize(
    ("name", "direction", "hint", "value"), bad_inputs.ROWS, ids=[row[0] for row in bad_inputs.ROWS]
)
def test_the_message_is_the_golden_one(name, direction, hint, value, tmp_path):
    names = dict(vars(bad_inputs))
    given = eval(hint, names), eval(value, names) if value else None
    with (
        using(file_access=FileAccessProvider(tmp_path / "s", str(tmp_path / "raw"))),
        pytest.raises(DrawloomError) as caught,
    ):
        attempt(direction, *given)
    error = caught.value
    text = f"{error}\n"
    golden = FOLDER / f"{name}.err"
    if UPDATE:
        golden.write_text(text)
    assert golden.read_text() == text
    assert len(text.splitlines()) <= 6
    assert error.what
    assert len(error.got) <= 120 + len(" of type bad_inputs.Something")


def test_there_are_enough_of_them():
    assert len(bad_inputs.ROWS) >= 120
    names = [row[0] for row in bad_inputs.ROWS]
    assert len(set(names)) == len(names)


def test_no_golden_is_left_over():
    assert {path.stem for path in FOLDER.glob("*.err")} == {row[0] for row in bad_inputs.ROWS}

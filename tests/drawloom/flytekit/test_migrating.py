"""The table of docs/migrating.md against the code: every public name of flytekit 1.16.31, in the state that it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import drawloom
from drawloom import flytekit

ROOT = Path(__file__).parents[3]
ROW = re.compile(r"^\| `(\w+)` \| (same|better|refused) \| (.*) \|$", re.MULTILINE)
ROWS = {
    name: (state, note)
    for name, state, note in ROW.findall((ROOT / "docs" / "migrating.md").read_text(encoding="utf-8"))
}
PEER = (Path(__file__).parent / "flytekit_names.txt").read_text(encoding="utf-8").split()


def test_the_table_has_every_public_name_and_no_other():
    assert sorted(ROWS) == sorted(PEER)


def test_what_is_better_or_refused_says_how():
    assert [name for name, (state, note) in ROWS.items() if state != "same" and not note.strip()] == []


@pytest.mark.parametrize("name", PEER)
def test_a_name_is_in_the_state_that_the_table_says(name):
    if ROWS[name][0] == "refused":
        with pytest.raises((AttributeError, ImportError, drawloom.DrawloomError)) as caught:
            getattr(flytekit, name)
        assert name in str(caught.value)
    else:
        assert getattr(flytekit, name) is not None

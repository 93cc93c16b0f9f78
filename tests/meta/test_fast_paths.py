"""Wherever the code has a second, faster way to do a thing, it says of what, and which test holds the two together.

The marker is a sentence in a docstring or a comment: "Fast path of `dotted.name` … Law: `tests/….py`." Its reason stands there too.
"""

from __future__ import annotations

import importlib
import re

import pytest

from meta import _source

MARKER = re.compile(r"[Ff]ast path of `([\w.]+)`(.*?)\. Laws?:\s+`(tests/[\w/]+\.py)`")
SIGNS = re.compile(r"\bonly faster\b|\bfaster way\b|def (quick|column)\(")
"""What a file has that goes another way for speed; `fast path` in a file's text is a marker, or belongs to one."""


def _text(name: str) -> str:
    lines = _source.modules()[name].read_text(encoding="utf-8").splitlines()
    return " ".join(re.sub(r"^\s*# ", "", line).strip() for line in lines)


MARKED = {name: MARKER.findall(_text(name)) for name in _source.modules()}


@pytest.mark.parametrize(
    ("module", "twin", "law"),
    [(name, twin, law) for name, found in MARKED.items() for twin, _, law in found],
)
def test_a_fast_path_names_its_slow_twin_and_its_law(module, twin, law):
    names = twin.split(".")
    for cut in range(len(names), 0, -1):
        try:
            found = importlib.import_module(".".join(names[:cut]))
        except ImportError:
            continue
        for name in names[cut:]:
            found = getattr(found, name)
        break
    assert found is not None, twin
    assert "def test_" in (_source.ROOT / law).read_text(encoding="utf-8")


def test_what_goes_another_way_for_speed_is_marked():
    unmarked = [name for name, found in MARKED.items() if not found and SIGNS.search(_text(name))]
    assert unmarked == []


def test_a_marker_is_written_as_the_others_are():
    odd = [name for name, found in MARKED.items() if len(re.findall(r"Fast path of", _text(name))) != len(found)]
    assert odd == []

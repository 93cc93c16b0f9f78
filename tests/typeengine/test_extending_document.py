"""The examples of docs/extending.md run as they stand."""

import re
from pathlib import Path

import pytest

from typeengine import default_engine
from typeengine.testing import check_transformer

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "extending.md"


@pytest.fixture(scope="module")
def names():
    blocks = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert len(blocks) == 4
    space = {"__name__": "extending_document"}
    before = default_engine().registry
    for block in blocks:
        exec(block, space)
    yield space
    default_engine()._registry, default_engine()._codecs, default_engine()._classes = before, {}, {}


def test_the_one_line_works_also_inside_other_types(names):
    engine, money = names["engine"], names["Money"]
    for hint, value in ((money, money(5)), (list[money], [money(1050)]), (money | None, money(7))):
        check_transformer(engine, hint, [value])


def test_the_transformer_keeps_the_laws(names):
    names["test_temperatures_travel"]()


def test_the_transformer_is_twenty_lines(names):
    source = re.search(r"class TemperatureTransformer.*?\n\n\n", DOCUMENT.read_text(), re.DOTALL).group()
    assert len(source.strip().splitlines()) <= 20


def test_the_plug_in_registers(names):
    from typeengine import Engine

    engine = Engine()
    names["register"](engine)
    check_transformer(engine, names["Money"], [names["Money"](5)])

"""A task's decks: what is on them, and where the page lies, in a graph, alone, and in a container."""

from __future__ import annotations

import asyncio
import warnings
from typing import Annotated, NamedTuple

import pytest

import running
from drawloom import current_context, task, workflow
from drawloom.context import Deck
from drawloom.flytekit.core.utils import timeit
from drawloom.flytekit.deck import DeckField
from drawloom.interpreter import FlyteRecoverableException
from drawloom.interpreter.tasks.container import main
from literals import pack_map


class Shout:
    """A renderer of the user's."""

    def to_html(self, value):
        return f"<b>{value}!</b>"


@task(enable_deck=True)
def noted(a: int, b: Annotated[str, Shout()] = "hey") -> str:
    Deck("mine", "<i>mine</i>")
    with timeit("the step"):
        current_context().default_deck.append("<i>default</i>")
    return f"<{a}>{b}"


@task(enable_deck=True)
async def waiting(a: int) -> int:
    await asyncio.sleep(0)
    Deck("mine", "<i>mine</i>")
    return a


@task(enable_deck=True, retries=1)
def failing(a: int) -> int:
    Deck("mine", f"<i>{a}</i>")
    raise FlyteRecoverableException("no")


@task
def plain(a: int) -> int:
    assert not current_context().enable_deck
    Deck("mine", "x")
    return a


@workflow
def both(a: int) -> str:
    waiting(a=a)
    plain(a=a)
    return noted(a=a)


def names():
    return [deck.name for deck in current_context().decks]


class Switch(NamedTuple):
    options: dict
    decks: list[str]


ALL = ["Timeline", "Source Code", "Dependencies", "Input", "Output"]
SWITCHES = [
    Switch({}, []),
    Switch({"enable_deck": True}, ALL),
    Switch({"enable_deck": False}, []),
    Switch({"enable_deck": True, "deck_fields": ()}, []),
    Switch({"enable_deck": True, "deck_fields": (DeckField.OUTPUT, "Input")}, ["Input", "Output"]),
    Switch({"enable_deck": False, "deck_fields": (DeckField.OUTPUT,)}, []),
    Switch({"enable_deck": True, "deck_fields": (DeckField.TIMELINE, DeckField.DEPENDENCIES)}, ALL[0:1] + ALL[2:3]),
]


@pytest.mark.parametrize("switch", SWITCHES, ids=lambda switch: str(switch.options))
def test_the_switch_and_the_fields_say_which_tabs_there_are(switch):
    def switched(a: int) -> int:
        assert current_context().enable_deck is bool(switch.options.get("enable_deck"))
        return a

    made = task(**switch.options)(switched)
    assert made(a=1) == 1
    assert names() == switch.decks


def test_disable_deck_is_the_old_switch():
    def switched(a: int) -> int:
        return a

    for value, decks in ((False, ALL), (True, [])):
        with pytest.warns(FutureWarning, match="disable_deck was deprecated"):
            made = task(disable_deck=value)(switched)
        made(a=1)
        assert names() == decks


def test_code_outside_sees_the_decks_of_the_task_that_ran_last():
    assert noted(a=1) == "<1>hey"
    assert names() == ["Timeline", "mine", "default", *ALL[1:]]
    plain(a=1)
    assert names() == ["mine"]


def test_the_page_of_each_attempt_lies_with_the_record(tmp_path):
    result = running.outcome(both, running.quiet(run_dir=tmp_path / "run"), a=7)
    assert running.value(both, result) == "<7>hey"
    pages = {path.relative_to(tmp_path / "run").as_posix() for path in (tmp_path / "run").rglob("deck.html")}
    assert len(pages) == 2, "the task without the switch has none"
    assert all(page.startswith("decks/n") and page.endswith("/1/deck.html") for page in pages)
    text = "\n".join((tmp_path / "run" / page).read_text() for page in sorted(pages))
    for shown in ("<i>mine</i>", "<i>default</i>", "the step", "<b>hey!</b>", "&lt;7&gt;hey", "def noted(", "protobuf"):
        assert shown in text


def test_an_attempt_that_fails_leaves_its_page_too(tmp_path):
    @workflow
    def broken(a: int) -> int:
        return failing(a=a)

    result = running.outcome(broken, running.quiet(run_dir=tmp_path / "run"), a=3)
    assert result.error is not None
    pages = sorted((tmp_path / "run" / "decks").rglob("deck.html"))
    assert [page.parent.name for page in pages] == ["1", "2"]
    assert all("<i>3</i>" in page.read_text() and ">Output<" not in page.read_text() for page in pages)


@pytest.mark.parametrize(("name", "tabs"), [("noted", True), ("waiting", True), ("plain", False), ("failing", True)])
def test_a_container_writes_the_page_beside_its_outputs(name, tabs, tmp_path):
    inputs = tmp_path / "inputs.pb"
    codec = noted.python_interface.input_codecs["a"]
    inputs.write_bytes(pack_map({"a": codec.encode(5)}))
    out = tmp_path / "out"
    assert main([
        "--inputs", str(inputs), "--output-prefix", str(out), "--raw-output-data-prefix", str(tmp_path / "raw"),
        "--checkpoint-path", "", "--prev-checkpoint", "", "--resolver", "compiler.default_task_resolver", "--",
        "task-module", __name__, "task-name", name,
    ]) == 0  # fmt: skip
    page = out / "deck.html"
    assert page.exists() is tabs
    if tabs:
        assert "<i>" in page.read_text()
    assert (out / "error.pb").exists() is (name == "failing")


def test_a_renderer_that_fails_costs_its_tab_only():
    class Broken:
        def to_html(self, value):
            raise RuntimeError("cannot show")

    def shown(a: Annotated[int, Broken()]) -> int:
        return a

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert task(enable_deck=True)(shown)(a=1) == 1
    assert "RuntimeError" in next(deck.html for deck in current_context().decks if deck.name == "Input")

"""Pictures: what is in them, that every tool reads them, that a run's states are on them."""

import datetime as dt
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from compiler import compile_bundle
from drawloom import conditional, map_task, task, wait_for_input, workflow
from drawloom.interpreter import load
from drawloom.ir import EntityIndex
from drawloom.pictures.drawing import LAYOUT_LIMIT, PictureError, png, svg
from drawloom.pictures.graph import Arrow, Box, Picture, Standing, picture_of, seconds_text, short_name
from drawloom.pictures.text import COLOURS, dot, mermaid

HOSTILE = '"]; end <script>alert(1)</script> & \\ `#` \x00\x1b[31m \ud800'


@task
def load_numbers(n: int) -> list[int]:
    return [*range(n)]


@task
def square(x: int) -> int:
    return x * x


@task
def total(xs: list[int]) -> int:
    return sum(xs)


@task
def small(n: int) -> str:
    return f"small {n}"


@task
def large(n: int) -> str:
    return f"large {n}"


@task
def clean_up(n: int):
    pass


@workflow
def sums(n: int) -> int:
    return total(xs=map_task(square)(x=load_numbers(n=n)))


@workflow(on_failure=clean_up)
def main(n: int = 5) -> str:
    s = sums(n=n)
    return conditional("size").if_(s > 10).then(large(n=s)).elif_(s > 5).then(small(n=s)).else_().fail("none")


@workflow
def gated() -> int:
    return square(x=wait_for_input("answer", timeout=dt.timedelta(minutes=1), expected_type=int))


def graph(entity, **options):
    program = load(compile_bundle([entity]).bundle)
    index = EntityIndex(dict(program.tasks), dict(program.workflows), dict(program.plans))
    return picture_of(program.find(entity.name), index, **options)


def boxes(shown):
    return {box.address: (box.kind, box.label, box.note) for box in shown.boxes}


def test_a_picture_has_a_box_for_each_node_and_types_on_its_arrows():
    shown = graph(main)
    assert boxes(shown) == {
        "inputs": ("inputs", "n: int", ""),
        "outputs": ("outputs", "o0: str", ""),
        "n0": ("workflow", "sums", ""),
        "n1": ("branch", "size", ""),
        "n1.case0/n0": ("task", "large", "if sums.o0 > 10"),
        "n1.case1/n1": ("task", "small", "elif sums.o0 > 5"),
        "n1.else": ("fail", "fail: none", "else"),
        "fn0": ("task", "clean_up", "on failure"),
    }
    assert shown.arrows == [
        Arrow("inputs", "n0", "n: int"),
        Arrow("n0", "n1", "n: int"),
        Arrow("n1", "outputs", "o0: str"),
    ]


def test_depth_unfolds_sub_workflows_under_the_addresses_of_a_run():
    shown = boxes(graph(main, depth=1))
    assert shown["n0/n1"] == ("array", "map square", "")
    assert shown["n0/n2"] == ("task", "total", "")


def test_gates_say_what_they_wait_for():
    assert ("gate", "answer", "waits for answer: int") in boxes(graph(gated)).values()


def test_states_of_a_run_find_their_boxes():
    stand = {
        "n0": Standing("SUCCEEDED", 1.5),
        "n0/n1[0]": Standing("SUCCEEDED", 1.0),
        "n0/n1[1]": Standing("FAILED", 1.0),
        "n0/n0": Standing("FAILED", 0.004, 3),
    }
    shown = {box.address: (box.state, box.caption) for box in graph(main, depth=1, standings=stand).boxes}
    assert shown["n0"] == ("SUCCEEDED", "succeeded · 1.5 s")
    assert shown["n0/n1"] == ("NOT STARTED", "1 failed, 1 succeeded · not started")
    assert shown["n0/n0"] == ("FAILED", "failed · 4 ms · attempt 3")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.004, "4 ms"), (2.51, "2.5 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")]
)
def test_times_are_read_as_people_say_them(seconds, text):
    assert seconds_text(seconds) == text


def test_a_map_has_the_name_of_its_task():
    assert short_name("pkg.wf.map_square_6b3bd0353da5de6e84d7982921ead2b3-arraynode") == "square"


def hostile():
    kinds = ["task", "workflow", "plan", "branch", "array", "gate", "fail"]
    made = [Box(f"n{HOSTILE}{i}", "", HOSTILE, kind, HOSTILE, HOSTILE) for i, kind in enumerate(kinds)]
    return Picture(HOSTILE, made, [Arrow(made[0].address, made[1].address, HOSTILE)])


def test_text_of_a_program_never_is_markup_of_a_picture():
    text = mermaid(hostile())
    assert "<script" not in text
    assert all(line.count('"') % 2 == 0 for line in text.splitlines()[2:])
    drawn = ET.fromstring(svg(hostile()))
    assert {element.tag.rpartition("}")[2] for element in drawn.iter()} <= {
        "svg",
        "style",
        "rect",
        "g",
        "title",
        "text",
        "path",
    }
    assert not any(
        name.startswith("on") or name.endswith("href") for element in drawn.iter() for name in element.attrib
    )


def test_dot_text_quotes_every_name():
    for line in dot(hostile()).splitlines():
        assert re.sub(r'"(\\.|[^"\\])*"', "", line).isascii()
        assert '"' not in re.sub(r'"(\\.|[^"\\])*"', "", line)


def test_every_state_has_a_colour():
    from drawloom.interpreter import State

    assert {state.value for state in State} | {"NOT STARTED"} == set(COLOURS)


def test_png_is_an_image_with_every_box_painted():
    data = png(graph(main))
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    drawn = svg(graph(main))
    for word in ("sums", "if sums.o0 &gt; 10", "fail: none", "n: int"):
        assert word in drawn


def test_pictures_are_the_same_every_time():
    assert svg(graph(main)) == svg(graph(main))
    assert mermaid(graph(main)) == mermaid(graph(main))


def test_a_picture_that_is_too_large_is_refused_with_what_to_do():
    many = Picture("many", [Box(f"n{i}", "", "t", "task") for i in range(LAYOUT_LIMIT + 1)], [])
    with pytest.raises(PictureError, match="drawloom page"):
        svg(many)


def test_the_built_scripts_belong_to_their_sources():
    import hashlib

    root = Path(__file__).parents[3]
    lines = (root / "web" / "digests.txt").read_text().splitlines()
    sources = {f"web/src/{path.name}" for path in (root / "web" / "src").iterdir()}
    assert sources | {"web/package-lock.json", "web/build.mjs"} <= {line.split("  ")[1] for line in lines}
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((root / name).read_bytes()).hexdigest() == digest, f"{name}: run `npm run build` in web/"


def test_the_lock_of_the_scripts_names_no_registry():
    root = Path(__file__).parents[3]
    packages = json.loads((root / "web" / "package-lock.json").read_text())["packages"]
    assert all("integrity" in each and "resolved" not in each for name, each in packages.items() if name)


def test_notebooks_show_workflows_bundles_and_runs():
    from IPython.core.interactiveshell import InteractiveShell

    from drawloom.interpreter import run

    shell = InteractiveShell.instance()
    compiled = compile_bundle([main])
    for shown in (main, compiled):
        data, _ = shell.display_formatter.format(shown)
        assert data["text/html"].startswith("<div><svg")
        assert data["text/vnd.mermaid"].startswith("flowchart TD")
        assert "sums" in data["image/svg+xml"]
    result = run(load(compile_bundle([sums]).bundle), {"n": b"\n\x04\n\x02\x08\x03"})
    data, _ = shell.display_formatter.format(result)
    assert "SUCCEEDED" in data["text/html"]
    assert "<script" not in data["text/html"]

"""Graphs of different shapes in a browser: at every width the page is as wide as the screen, names are inside their boxes, and one trunk
leaves a box for all arrows from it.
"""

import re

import pytest

from drawloom import conditional, map_task, task, workflow
from drawloom.page.document import RunReader
from drawloom.page.html import page

from .conftest import recorded

WIDTHS = (390, 800, 1440)


@task
def add(a: int, b: int) -> int:
    return a + b


@task
def numbers(n: int) -> list[int]:
    return [*range(n)]


@task
def total(numbers_of_a_name_that_is_much_longer_than_there_is_room_for: list[int]) -> int:
    return sum(numbers_of_a_name_that_is_much_longer_than_there_is_room_for)


@workflow
def inner(n: int) -> int:
    return total(numbers_of_a_name_that_is_much_longer_than_there_is_room_for=numbers(n=n))


@workflow
def wide(n: int) -> int:
    sums = [add(a=n, b=n) for _ in range(25)]
    return total(numbers_of_a_name_that_is_much_longer_than_there_is_room_for=sums)


@workflow
def branches(n: int) -> int:
    arm = conditional("a choice").if_((n > 0) & (n < 1000)).then(inner(n=n)).else_().then(add(a=n, b=n))
    return add(a=arm, b=inner(n=n))


@workflow
def maps(n: int) -> list[int]:
    return map_task(add)(a=numbers(n=n), b=numbers(n=n))


SHAPES = {"wide": wide, "branches": branches, "maps": maps}


@pytest.fixture
def opened(chromium, tmp_path):
    """A page of a run of a shape, on a screen of a width."""
    pages = []

    def at(shape, width):
        recorded(tmp_path, shape, SHAPES[shape], n=3)
        file = tmp_path / f"{shape}.html"
        file.write_text(page(shape, {"mode": "page", "document": RunReader(tmp_path / shape).whole()}))
        pages.append(chromium.new_page(viewport={"width": width, "height": 800}))
        pages[-1].goto(file.as_uri())
        pages[-1].wait_for_selector(".picture svg")
        return pages[-1]

    yield at
    for each in pages:
        each.close()


OVER = "document.documentElement.scrollWidth - innerWidth"
OUTSIDE = """() => [...document.querySelectorAll('svg g.node')].filter(node => {
  const box = node.querySelector('rect').getBoundingClientRect();
  return [...node.querySelectorAll('text')].some(text => {
    const drawn = text.getBoundingClientRect();
    return drawn.left < box.left || drawn.right > box.right;
  });
}).map(node => node.textContent)"""
IN_VIEW = """address => {
  const box = document.querySelector(`[data-at="${address}"]`).getBoundingClientRect();
  const frame = document.querySelector('.picture').getBoundingClientRect();
  return box.left >= frame.left - 1 && box.right <= frame.right + 1;
}"""


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_page_is_as_wide_as_its_screen(opened, shape, width):
    view = opened(shape, width)
    assert view.evaluate(OUTSIDE) == []
    for tab in ("graph", "timeline", "values"):
        view.get_by_role("tab", name=tab).click()
        assert view.evaluate(OVER) <= 0, tab


@pytest.mark.parametrize("width", [390, 1440])
def test_what_is_wider_than_its_place_is_first_seen_at_the_inputs(opened, width):
    view = opened("wide", width)
    view.wait_for_function("document.querySelector('.picture').scrollLeft > 0 || document.querySelector('rect.io')")
    first, frame = view.locator("rect.io").first.bounding_box(), view.locator(".picture").bounding_box()
    assert frame["x"] <= first["x"]
    assert first["x"] + first["width"] <= frame["x"] + frame["width"]


def test_a_box_that_is_chosen_stays_in_view_beside_its_inspector(opened):
    view = opened("wide", 1440)
    last = view.locator("[data-at='n24']")
    last.click()
    view.wait_for_selector(".inspector")
    view.wait_for_function(IN_VIEW, arg="n24", timeout=5000)


def test_one_trunk_leaves_a_box_for_all_arrows_from_it(opened):
    drawn = opened("wide", 1440).locator(".picture svg").inner_html()
    starts = [re.match(r"M([\d.]+) ([\d.]+)", path)[0] for path in re.findall(r'<path class="e" d="([^"]+)"', drawn)]
    assert len(starts) == 25 + 25 + 1
    assert len(set(starts)) == 1 + 25 + 1, "of the inputs, of each task, of the sum"


def test_a_long_label_is_cut_and_whole_in_its_title(opened):
    view = opened("branches", 1440)
    label = view.locator("svg text.l", has_text="numbers_of").first
    whole = label.locator("title").text_content()
    assert whole.startswith("numbers_of_a_name_that_is_much_longer_than")
    assert label.text_content() == f"{whole}{whole[:39]}…"

"""The page in a browser: what is on it, that nothing in a value runs, that it asks nobody, keyboard, axe, thousands of nodes."""

import threading
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from benchmarks.page import FILTER, many

from drawloom.page.document import RunReader, bundle_document
from drawloom.page.html import page
from drawloom.page.server import RunServer

from .conftest import HOSTILE, greeting, recorded

SERIOUS = {"serious", "critical"}


class Opened:
    """A page with what went wrong on it and what it asked for."""

    def __init__(self, browser, address, scheme="light"):
        self.page = browser.new_page(color_scheme=scheme, viewport={"width": 1280, "height": 800})
        self.wrong, self.asked = [], []
        self.page.on("console", lambda message: self.wrong.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(address)
        self.page.wait_for_selector("html[data-ready]")

    def serious(self):
        found = Axe().run(self.page).response["violations"]
        return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found if each["impact"] in SERIOUS]


@pytest.fixture
def bad_page(runs, tmp_path):
    file = tmp_path / "bad.html"
    file.write_text(page("bad", {"mode": "page", "document": RunReader(runs / "bad").whole()}))
    return file


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_run_is_looked_at_by_eye_and_by_keyboard(chromium, bad_page, scheme):
    opened = Opened(chromium, bad_page.as_uri(), scheme)
    view = opened.page
    view.locator("[data-at='n1.case0/n0']").click()
    inspector = view.get_by_label("Node", exact=True)
    assert "too many" in inspector.inner_text()
    assert HOSTILE in inspector.inner_text()
    assert opened.serious() == []
    view.keyboard.press("Escape")
    assert inspector.count() == 0
    view.keyboard.press("/")
    view.keyboard.type("n0/n1[")
    assert "5 of" in view.get_by_role("status").inner_text()
    view.get_by_role("listbox", name="nodes").focus()
    view.keyboard.press("j")
    view.keyboard.press("ArrowDown")
    assert "n0/n1[1]" in inspector.inner_text()
    assert opened.serious() == []
    view.get_by_role("tab", name="values").click()
    assert opened.serious() == []
    assert view.title() == "bad"
    assert opened.wrong == []
    assert opened.asked == [bad_page.as_uri()]
    view.close()


def test_a_bundle_is_a_page_with_each_workflow(chromium, tmp_path):
    from compiler import compile_bundle
    from drawloom.interpreter import load

    file = tmp_path / "bundle.html"
    file.write_text(page("b", {"mode": "page", "document": bundle_document(load(compile_bundle([greeting]).bundle))}))
    opened = Opened(chromium, file.as_uri())
    opened.page.wait_for_selector("svg")
    assert opened.page.locator("article").count() == 2
    assert opened.serious() == []
    assert opened.asked == [file.as_uri()]
    opened.page.close()


def test_the_runs_of_a_machine_are_searched_compared_and_followed(chromium, runs):
    server = RunServer(runs)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        opened = Opened(chromium, server.address)
        view = opened.page
        view.get_by_role("option", name="good").click()
        view.wait_for_selector("h1:has-text('good')")
        view.get_by_role("button", name="compare with").click()
        view.get_by_role("option", name="bad").click()
        view.wait_for_selector("h1:has-text('Two runs')")
        view.get_by_label("only nodes that ended differently").check()
        assert "n1.case0/n0" in view.get_by_role("listbox", name="compared").inner_text()
        assert opened.serious() == []
        recorded(runs, "later", greeting, n=1, name="x")
        view.wait_for_selector("text=later", timeout=10_000)
        view.get_by_label("Search").fill("later")
        assert view.get_by_role("listbox", name="runs").get_by_role("option").count() == 1
        assert opened.wrong == []
        assert {address.partition("/")[2].partition("/")[2].partition("/")[0] for address in opened.asked} == {
            f"127.0.0.1:{server.server_port}"
        }
        view.close()
    finally:
        server.shutdown()
        server.server_close()


def test_ten_thousand_nodes_are_shown_and_filtered_while_one_looks(chromium, tmp_path):
    file = tmp_path / "many.html"
    file.write_text(page("many", {"mode": "page", "document": many(10_000)}))
    begin = time.perf_counter()
    opened = Opened(chromium, file.as_uri())
    view = opened.page
    view.wait_for_selector("canvas")
    assert time.perf_counter() - begin < 20, "seconds to the first graph, on a machine that does much else"
    view.get_by_role("tab", name="timeline").click()
    assert view.get_by_role("option").count() < 100, "rows out of view do not exist"
    spent = view.evaluate(FILTER, "n999")
    assert view.get_by_role("status").inner_text() == "11 of 10,000 nodes"
    assert spent < 2000, "milliseconds to filter, on a machine that does much else"
    view.close()

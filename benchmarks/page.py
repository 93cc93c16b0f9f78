"""How quick the page of a run with many nodes is in headless Chromium: `python -m benchmarks.page`.

First paint is the browser's own figure (first-contentful-paint). A filter is timed from the input's event to the second frame
after it, when what it left is on the screen. A scroll moves the list of nodes by 300 rows, frame by frame; its figure is the
longest frame. Medians; the page is opened anew for each first paint and each scroll.
"""

import argparse
import contextlib
import datetime as dt
import os
import pathlib
import shutil
import statistics
import tempfile

from drawloom.page.html import page

PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"
FILTER = """async (text) => {
    const input = document.querySelector("input"), begin = performance.now();
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, text);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.now() - begin;
}"""
SCROLL = """async () => {
    const list = document.querySelector("[role=listbox]");
    let at = list; while (at && at.scrollHeight <= at.clientHeight) at = at.parentElement;
    let worst = 0, last = performance.now();
    for (let step = 0; step < 60; step++) {
        (at || document.scrollingElement).scrollTop += 120;
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        worst = Math.max(worst, now - last);
        last = now;
    }
    return worst;
}"""


def many(count):
    """The document of a run with `count` nodes in a lattice."""
    node = {
        "entity": "wf.step",
        "name": "step",
        "state": "SUCCEEDED",
        "detail": "",
        "caller": "",
        "group": "",
        "attempts": [],
    }
    nodes = [{**node, "address": f"n{i}", "started": 1.0 + i / 1000, "ended": 1.001 + i / 1000} for i in range(count)]
    boxes = [
        {
            "address": f"n{i}",
            "parent": "",
            "label": f"step {i}",
            "kind": "task",
            "entity": "",
            "caption": "",
            "state": "SUCCEEDED",
        }
        for i in range(count)
    ]
    arrows = [{"source": f"n{i}", "target": f"n{i + 100}", "label": ""} for i in range(count - 100)]
    return {
        "kind": "run", "name": "many", "entity": "wf", "state": "SUCCEEDED", "started": 1.0, "ended": 12.0, "detail": "",
        "nodes": nodes, "pictures": [{"title": "many", "boxes": boxes, "arrows": arrows}], "inputs": {}, "outputs": {},
        "trail": [], "resume": {"needed": False, "kept": 0, "again": [], "command": ""}, "decks": [], "values": {},
    }  # fmt: skip


def browser_path():
    """Chromium on this machine, or None."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextlib.contextmanager
def opened(browser, address):
    view = browser.new_page(viewport={"width": 1280, "height": 800})
    view.goto(address)
    view.wait_for_selector("html[data-ready]")
    view.wait_for_selector("canvas")
    yield view
    view.close()


def measure(browser, address, rounds):
    """(first paint, filter, worst frame of a scroll) in milliseconds: medians of `rounds`, four times `rounds`, and `rounds`."""
    paints, filters, frames = [], [], []
    for at in range(rounds):
        with opened(browser, address) as view:
            paints.append(view.evaluate(PAINT))
            view.get_by_role("tab", name="timeline").click()
            frames.append(view.evaluate(SCROLL))
            filters += [view.evaluate(FILTER, f"n{text}") for text in (999, at, "9", "")]
    return tuple(map(statistics.median, (paints, filters, frames)))


def main():
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nodes", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        file = pathlib.Path(folder, "many.html")
        file.write_text(page("many", {"mode": "page", "document": many(given.nodes)}))
        browser = started.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
        paint, filtered, frame = measure(browser, file.as_uri(), given.rounds)
        load = f"{os.getloadavg()[0]:.1f} processes wanted the {os.cpu_count()} processors"
        print(f"{dt.datetime.now(dt.timezone.utc):%Y-%m-%d}, Chromium {browser.version}, {load}")
        print(
            f"{given.nodes:,} nodes: first paint {paint / 1000:.2f} s, filter {filtered:.0f} ms, worst frame of a scroll {frame:.0f} ms"
        )
        browser.close()


if __name__ == "__main__":
    main()

import shutil

import pytest

from compiler import compile_bundle
from drawloom import conditional, map_task, task, workflow
from drawloom.interpreter import FlyteRecoverableException, RunOptions, load, run

HOSTILE = "</script><img src=x onerror=\"document.title='owned'\"><b>&amp;"


@task
def numbers(n: int) -> list[int]:
    return [*range(n)]


@task
def square(x: int) -> int:
    return x * x


@task
def total(xs: list[int]) -> int:
    return sum(xs)


@task(retries=1)
def greet(n: int, name: str) -> str:
    if n > 3:
        raise FlyteRecoverableException(f"too many for {name}")
    return f"{name} {n}"


@task
def nobody(n: int) -> str:
    return "nobody"


@workflow
def sums(n: int) -> int:
    return total(xs=map_task(square)(x=numbers(n=n)))


@workflow
def greeting(n: int, name: str) -> str:
    s = sums(n=n)
    return conditional("size").if_(s > 0).then(greet(n=s, name=name)).else_().then(nobody(n=s))


def recorded(root, called, entity, **inputs):
    """A run of an entity in a folder of its own."""
    compiled = compile_bundle([entity])
    options = RunOptions(run_dir=root / called, name=called, raise_errors=False)
    run(load(compiled.bundle), inputs, entity=entity.name, entities=compiled.entities, options=options)
    return root / called


@pytest.fixture
def runs(tmp_path):
    root = tmp_path / "runs"
    recorded(root, "good", greeting, n=2, name=HOSTILE)
    recorded(root, "bad", greeting, n=5, name=HOSTILE)
    return root


@pytest.fixture(scope="module")  # while a browser is open, its event loop runs in the thread of the tests
def chromium():
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium here: `.ci/run` installs it, or `apt-get install chromium`")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()

"""The documentation: its blocks run as printed, one after the other, in one empty folder; every public name is on a page."""

import importlib
import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable

import pytest

from docs._blocks import DOCS, ROOT, follow
from drawloom.exports.public_names import NAMES, SUBMODULES

PAGES = [
    "index.md",
    "tutorial.md",
    "flyte2.md",
    *sorted(f"howto/{path.name}" for path in (DOCS / "howto").glob("*.md")),
]


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_followed_from_top_to_bottom(name, tmp_path):
    follow(DOCS / name, tmp_path)


@pytest.mark.timeout(400)
def test_the_project_does_what_its_page_says(tmp_path):
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    follow(DOCS / "project.md", tmp_path / "examples" / "growers")
    page = (tmp_path / "examples" / "growers" / "first.html").read_text(encoding="utf-8")
    assert "Accuracy by smoothing" in page


def test_a_promise_that_is_not_kept_is_noticed(tmp_path):
    page = tmp_path / "page.md"
    for wrong in ("$ python -c 'print(1)'\n2", "$ python -c 'exit(1)'", "$ python -c 'print(1)'  # fails"):
        page.write_text(f"```console\n{wrong}\n```\n")
        with pytest.raises(AssertionError):
            follow(page, tmp_path)


def of_modules() -> list[str]:
    """The names of the modules below drawloom, but for the peers' own."""
    modules = {
        short: importlib.import_module(f"drawloom.{short}")
        for short in SUBMODULES
        if short not in {"flyte", "flytekit"}
    }
    return [f"{short}.{name}" for short, module in modules.items() for name in getattr(module, "__all__", ())]


def missing(text: str, names: Iterable[str] = NAMES) -> list[str]:
    return [name for name in names if not re.search(rf"`{re.escape(name)}`", text)]


def test_every_public_name_is_on_a_page():
    pages = "\n".join(path.read_text(encoding="utf-8") for path in DOCS.rglob("*.md"))
    assert missing(pages) == []
    assert len(of_modules()) > 100
    assert missing(pages, of_modules()) == []
    assert missing("`task` and `workflow`") == [name for name in NAMES if name not in {"task", "workflow"}]


@pytest.mark.parametrize("generator", ["gen_reference", "gen_options", "gen_messages", "gen_plots"])
def test_a_generated_page_is_that_of_the_code(generator):
    done = subprocess.run([sys.executable, f"tools/{generator}.py", "--check"], cwd=ROOT, check=False, timeout=100)
    assert done.returncode == 0, f"run `python tools/{generator}.py`"


def test_every_page_is_in_the_navigation():
    listed = set(re.findall(r": ([a-z0-9_/]+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE))
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    assert listed == {page for page in pages if not page.startswith("decisions/")}


@pytest.mark.timeout(400)
@pytest.mark.skipif(
    importlib.util.find_spec("material") is None, reason="the site's theme is not installed: `make docs` brings it"
)
def test_the_site_asks_nobody_for_anything(tmp_path):
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=380,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    asked = set()
    for path in tmp_path.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        asked |= {*re.findall(r'<(?:script|img|iframe)[^>]*\ssrc="(https?:[^"]*)"', text)}
        asked |= {*re.findall(r'<link(?![^>]*rel="canonical")[^>]*\shref="(https?:[^"]*)"', text)}
    assert asked == set()

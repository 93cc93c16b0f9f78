"""The documentation: its blocks run as printed, one after the other, in one empty folder; every public name is on a page."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs._blocks import BLOCK, DOCS, ROOT, follow, run
from drawloom.exports.public_names import NAMES

PAGES = [
    "index.md",
    "tutorial.md",
    "flyte2.md",
    *sorted(f"howto/{path.name}" for path in (DOCS / "howto").glob("*.md")),
]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_followed_from_top_to_bottom(name, tmp_path):
    follow(DOCS / name, tmp_path)


def test_a_promise_that_is_not_kept_is_noticed(tmp_path):
    page = tmp_path / "page.md"
    for wrong in ("$ python -c 'print(1)'\n2", "$ python -c 'exit(1)'", "$ python -c 'print(1)'  # fails"):
        page.write_text(f"```console\n{wrong}\n```\n")
        with pytest.raises(AssertionError):
            follow(page, tmp_path)


MISTAKES = {
    "no annotation": ("def double(n: int) -> int:", "def double(n) -> int:", "annotation"),
    "missing input": ("double(n=double(n=n))", "double(n=double())", "n"),
    "wrong type": ("def main(n: int = 3)", 'def main(n: str = "3")', "int"),
    "unknown name": ("double(n=double(n=n))", "double(m=double(n=n))", "m"),
    "no output": ("return double(n=double(n=n))", "double(n=double(n=n))", "main"),
}


@pytest.mark.timeout(400)
def test_a_newcomer_with_the_wheel_alone(tmp_path):
    """Build, install, follow the tutorial's start, break it in five common ways, look, compare, resume."""
    wheel, site, work = tmp_path / "wheel", tmp_path / "site", tmp_path / "work"
    work.mkdir()
    for command in (
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheel)],
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", str(site), "PLACE"],
    ):
        made = [str(next(wheel.glob("*.whl"))) if word == "PLACE" else word for word in command]
        done = subprocess.run(made, cwd=ROOT, capture_output=True, text=True, check=False, timeout=200)
        assert done.returncode == 0, done.stderr

    def drawloom(line: str) -> tuple[int, str]:
        return run(f"drawloom {line}", work, site)

    where = run("python -c 'import drawloom; print(drawloom.__file__)'", work, site)[1].strip()
    assert Path(where).is_relative_to(site)
    blocks = BLOCK.findall((DOCS / "tutorial.md").read_text(encoding="utf-8"))
    files = {title: text for language, title, text in blocks if language == "python"}
    for name in ("first.py", "careful.py"):
        (work / name).write_text(files[name])
    assert "o0 = 16" in drawloom("run first.py main --n 4")[1]
    for what, (right, wrong, word) in MISTAKES.items():
        assert right in files["first.py"]
        (work / "broken.py").write_text(files["first.py"].replace(right, wrong))
        code, said = drawloom("run broken.py main")
        assert code in {1, 2}, f"{what}: {said}"
        assert word in said, f"{what}: {said}"
        assert "Traceback" not in said, f"{what}: {said}"
    assert drawloom("run careful.py main --n 3 --name attempt")[0] == 1
    (work / "ready").touch()
    code, said = drawloom("resume attempt")
    assert (code, "o0 = 10" in said) == (0, True), said
    assert drawloom("page attempt -o attempt.html")[0] == 0
    assert "<script" in (work / "attempt.html").read_text(encoding="utf-8")
    assert drawloom("show attempt --format mermaid")[1].startswith("flowchart TD")
    drawloom("compile first.py -o old.pb")
    (work / "first.py").write_text(files["first.py"].replace("n: int = 3", "n: int"))
    drawloom("compile first.py -o new.pb")
    assert "`n`" in drawloom("diff old.pb new.pb")[1]


def missing(text: str) -> list[str]:
    return [name for name in NAMES if not re.search(rf"`{re.escape(name)}`", text)]


def test_every_public_name_is_on_a_page():
    assert missing("\n".join(path.read_text(encoding="utf-8") for path in DOCS.rglob("*.md"))) == []
    assert missing("`task` and `workflow`") == [name for name in NAMES if name not in {"task", "workflow"}]


@pytest.mark.parametrize("generator", ["gen_reference", "gen_options", "gen_messages"])
def test_a_generated_page_is_that_of_the_code(generator):
    done = subprocess.run([sys.executable, f"tools/{generator}.py", "--check"], cwd=ROOT, check=False, timeout=100)
    assert done.returncode == 0, f"run `python tools/{generator}.py`"


def test_every_page_is_in_the_navigation():
    listed = set(re.findall(r": ([a-z0-9_/]+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE))
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    assert listed == {page for page in pages if not page.startswith("decisions/")}


@pytest.mark.skipif(
    importlib.util.find_spec("material") is None, reason="the site's theme is not installed: `make docs` brings it"
)
def test_the_site_asks_nobody_for_anything(tmp_path):
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=110,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    asked = set()
    for path in tmp_path.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        asked |= {*re.findall(r'<(?:script|img|iframe)[^>]*\ssrc="(https?:[^"]*)"', text)}
        asked |= {*re.findall(r'<link(?![^>]*rel="canonical")[^>]*\shref="(https?:[^"]*)"', text)}
    assert asked == set()

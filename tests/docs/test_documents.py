"""The documentation: its blocks run as printed, one after the other, in one empty folder; every public name is on a page."""

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from drawloom.exports.public_names import NAMES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
BLOCK = re.compile(r'```(python|console)(?: title="([^"]+)")?\n(.*?)```', re.DOTALL)
FAILS = "  # fails"


def run(line: str, folder: Path, source: Path = ROOT / "src") -> tuple[int, str]:
    """A command of a block: python is that of this test, drawloom the one below `source`."""
    words = shlex.split(line)
    start = {"drawloom": [sys.executable, "-m", "drawloom"], "python": [sys.executable]}
    environment = {
        **os.environ, "PYTHONPATH": str(source), "NO_COLOR": "1", "COLUMNS": "200", "DRAWLOOM_HOME": str(folder / ".home"),
    }  # fmt: skip
    done = subprocess.run(
        [*start.get(words[0], words[:1]), *words[1:]], cwd=folder, env=environment, capture_output=True, text=True,
        check=False, stdin=subprocess.DEVNULL, timeout=100,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def matches(promised: str, output: str) -> bool:
    """Whether a promised line begins a line of the output; `…` stands for anything."""
    pattern = ".*".join(re.escape(part) for part in promised.split("…"))
    return any(re.match(pattern, line) for line in output.splitlines())


@pytest.mark.parametrize("name", ["index.md", "tutorial.md", "flyte2.md"])
def test_a_page_can_be_followed_from_top_to_bottom(name, tmp_path):
    blocks = BLOCK.findall((DOCS / name).read_text(encoding="utf-8"))
    assert blocks
    for language, title, text in blocks:
        if language == "python":
            assert title, f"a block without the name of its file:\n{text}"
            (tmp_path / title).write_text(text)
            continue
        output, line = "", ""
        for each in text.splitlines():
            if each.startswith("$ "):
                line = each[2:]
                code, output = run(line.removesuffix(FAILS), tmp_path)
                assert (code != 0) == line.endswith(FAILS), f"{line}\n{output}"
                assert "Traceback (most recent call last)" not in output
            else:
                assert matches(each, output), f"{line}\npromised: {each}\n{output}"


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


def test_every_public_name_is_on_a_page():
    pages = "\n".join(path.read_text(encoding="utf-8") for path in DOCS.glob("*.md"))
    missing = [name for name in NAMES if not re.search(rf"`{re.escape(name)}`", pages)]
    assert missing == []


def test_the_reference_is_that_of_the_code():
    done = subprocess.run([sys.executable, "tools/gen_reference.py", "--check"], cwd=ROOT, check=False, timeout=100)
    assert done.returncode == 0, "run `python tools/gen_reference.py`"


def test_every_page_is_in_the_navigation():
    listed = set(re.findall(r": ([a-z0-9_]+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE))
    assert listed == {path.name for path in DOCS.glob("*.md")}


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

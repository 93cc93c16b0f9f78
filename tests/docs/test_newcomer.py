"""What somebody does who has the README, the tutorial, and a fresh environment with the wheel in it: nothing else is used."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from docs._blocks import BLOCK, DOCS, ROOT
from edited import edit

MISTAKES = {
    "a parameter without annotation": ("def double(n: int) -> int:", "def double(n) -> int:", "annotation"),
    "a missing input": ("double(n=double(n=n))", "double(n=double())", "`n`"),
    "a value of another type": ("def main(n: int = 3)", 'def main(n: str = "3")', "str"),
    "a misspelt input": ("double(n=double(n=n))", "double(m=double(n=n))", "`m`"),
    "a forgotten return": ("return double(n=double(n=n))", "double(n=double(n=n))", "main"),
}
"""What is changed in the tutorial's first program, into what, and a word that the error has to have."""


@pytest.fixture(scope="module")
def programs(tmp_path_factory) -> Path:
    """The programs of a fresh environment with the wheel in it: `drawloom`, `python`."""
    folder = tmp_path_factory.mktemp("newcomer")
    wheels, fresh = folder / "wheels", folder / "venv"
    venv.create(fresh, with_pip=False, symlinks=True)
    _done([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)])
    [wheel] = wheels.glob("*.whl")
    python = fresh / "bin" / "python"
    _done(
        [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-deps", "--no-index", str(wheel)]
    )
    # What the wheel depends on is taken from the environment of the tests, for a test has no network. As a mere folder of the
    # path: its own .pth files, by which the checkout is installed there, are not read, so drawloom is the wheel's.
    [site] = fresh.glob("lib/python*/site-packages")
    (site / "of_the_tests.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    return fresh / "bin"


def _done(command: list[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=110)
    assert done.returncode == 0, done.stderr


class Newcomer:
    """Somebody at a terminal, in an empty folder, with an empty home and nothing else in the environment."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.folder, self.home = programs, folder / "work", folder / "home"
        self.folder.mkdir()
        self.home.mkdir()

    def types(self, line: str) -> tuple[int, str]:
        """A command: its exit code, and all that it printed."""
        words = shlex.split(line)
        environment = {
            "PATH": f"{self.programs}:{os.defpath}",
            "HOME": str(self.home),
            "NO_COLOR": "1",
            "COLUMNS": "200",
        }
        program = str(self.programs / words[0]) if (self.programs / words[0]).exists() else words[0]
        done = subprocess.run(
            [program, *words[1:]], cwd=self.folder, env={**environment, "LC_ALL": "C.UTF-8"}, capture_output=True,
            text=True, check=False, stdin=subprocess.DEVNULL, timeout=100,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def gets(self, line: str, wanted: str) -> None:
        """A command that ends well and prints something."""
        code, said = self.types(line)
        assert (code, wanted in said) == (0, True), f"{line}\n{said}"


@pytest.fixture
def newcomer(programs, tmp_path) -> Newcomer:
    return Newcomer(programs, tmp_path)


def of_the_tutorial() -> dict[str, str]:
    """The files of the tutorial by their names."""
    blocks = BLOCK.findall((DOCS / "tutorial.md").read_text(encoding="utf-8"))
    return {title: text for language, title, text in blocks if language == "python"}


@pytest.mark.timeout(400)
def test_the_wheel_brings_what_is_used(newcomer):
    newcomer.gets("python -c 'import drawloom; print(drawloom.__file__)'", str(newcomer.programs.parent))
    newcomer.gets("drawloom --version", "drawloom")
    code, said = newcomer.types("drawloom doctor")
    assert code == 0, said
    licences = {
        path.name
        for path in newcomer.programs.parent.glob("lib/*/site-packages/drawloom-*/licenses/**/*")
        if path.is_file()
    }
    assert licences == {"LICENSE", "ELK-LICENSE.txt", "DejaVu-LICENSE.txt", "preact-LICENSE.txt"}


@pytest.mark.timeout(400)
def test_a_newcomer_starts_a_project(newcomer):
    newcomer.gets("drawloom init shop", "shop: 6 files")
    newcomer.gets("drawloom run shop/shop/workflows.py report --numbers 1 --numbers 5", "o0 = mean 3, spread 4")
    newcomer.gets("python -m pytest -q -p no:cacheprovider shop", "2 passed")
    readme = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert readme is not None
    edit(newcomer.folder / "hello.py", readme[1])
    newcomer.gets("python hello.py", "HELLO, ADA!!!")


@pytest.mark.timeout(400)
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_newcomer_breaks_it_reads_and_mends(newcomer, mistake):
    right, wrong, word = MISTAKES[mistake]
    whole = of_the_tutorial()["first.py"]
    program = newcomer.folder / "first.py"
    assert right in whole
    edit(program, whole.replace(right, wrong))
    code, said = newcomer.types("drawloom run first.py main")
    assert code in {1, 2}, said
    assert "Traceback" not in said
    assert re.match("error: ", said), said
    assert word in said, said
    # Where, what to do, and where there is more.
    line = 1 + whole[: whole.index(right)].count("\n")
    places = [int(number) for number in re.findall(r"first\.py:(\d+)", said)]
    assert places, said
    assert min(abs(number - line) for number in places) <= 2, said
    assert "to fix: " in said, said
    asked = re.search(r"drawloom explain (E\d+)", said)
    assert asked is not None, said
    newcomer.gets(asked[0], asked[1])
    edit(program, whole)
    newcomer.gets("drawloom run first.py main --n 4", "o0 = 16")


@pytest.mark.timeout(400)
def test_a_newcomer_looks_compares_and_goes_on(newcomer):
    files = of_the_tutorial()
    for name in ("first.py", "careful.py"):
        edit(newcomer.folder / name, files[name])
    code, said = newcomer.types("drawloom run careful.py main --n 3 --name attempt")
    assert code == 1
    assert "go on with: drawloom resume attempt" in said
    newcomer.gets("drawloom runs", "FAILED")
    newcomer.gets("drawloom page attempt -o attempt.html", "attempt.html")
    page = (newcomer.folder / "attempt.html").read_text(encoding="utf-8")
    assert "nobody has made the file" in page
    assert re.search(r"elkjs [\d.]+, Copyright .*EPL-2.0; source: https://", page), (
        "the licence of what is passed on with the page"
    )
    (newcomer.folder / "ready").touch()
    newcomer.gets("drawloom resume attempt", "o0 = 10")
    newcomer.gets("drawloom show attempt --format mermaid", "flowchart TD")
    newcomer.gets("drawloom compile first.py -o old.pb", "old.pb")
    edit(newcomer.folder / "first.py", files["first.py"].replace("n: int = 3", "n: int"))
    code, said = newcomer.types("drawloom diff old.pb first.py")
    assert (code, "input `n` has no default any more" in said) == (1, True), said
    assert [path.name for path in newcomer.home.iterdir()] == [".drawloom"]

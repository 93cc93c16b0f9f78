"""The tests on each supported Python, with the oldest and the newest of every dependency and extra.

`python tools/matrix.py [--python 3.10 ...] [--age oldest|newest] [--tests PATH ...]`. Each cell has an environment of its own in
`build/matrix`: for the oldest, uv takes the lowest version that the bounds in `pyproject.toml` allow and that has wheels for
that Python; what only the tests need is the newest. Prints what was installed for each bound, and how the tests ended. A bound that no
Python can be given as it stands is wrong and is said to be so. Interpreters are those of this machine, pyenv's among them.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

try:
    import tomllib
except ImportError:  # before Python 3.11; the development environment has it from pytest's own needs
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "matrix"
OURS = ("build-backend", "test", "dev", "mutants", "release", "ray")
"""Extras that are for those who work on drawloom; and ray, whose wheels come long after a Python does."""
NOT_HERE = ("tests/meta", "tests/docs", "tests/bench", "tests/typing", "tests/examples", "tests/compat/test_plugins.py",
            "tests/literals/test_idl.py")  # fmt: skip
"""Tests of the tree and of its documents, which do not depend on what is installed, counts of one Python, and what is held against
one version of Flyte's IDL."""
AGES = ("oldest", "newest")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def project() -> dict:
    """`[project]` of pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def bounds(about: dict) -> dict[str, str]:
    """The stated lower bound of each dependency, by its name; those of extras for users among them."""
    stated = list(about["dependencies"])
    for extra, needs in about["optional-dependencies"].items():
        stated += needs if extra not in OURS else []
    found: dict[str, str] = {}
    for each in stated:
        name = _NAME.match(each)[0].lower()
        found[name] = re.search(r">=([\d.]+)", each)[1]
    return found


def tools(about: dict, stated: dict[str, str], age: str) -> list[str]:
    """What the tests need besides: for the oldest without bounds on what is a dependency, which is there already."""
    needs = about["optional-dependencies"]["test"]
    own = [each for each in needs if not each.startswith("drawloom")]
    return [each for each in own if age == "newest" or _NAME.match(each)[0].lower() not in stated]


def pythons(about: dict) -> list[str]:
    """The Pythons that the classifiers name."""
    found = [each.rpartition(" :: ")[2] for each in about["classifiers"] if "Python :: 3." in each]
    return sorted(found, key=lambda each: int(each.partition(".")[2]))


def interpreter(version: str) -> str | None:
    """An interpreter of this machine: pyenv's newest of that version, or one on the path; None where there is none."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    kept = sorted(root.glob(f"{version}.*"), key=lambda path: int(path.name.rpartition(".")[2]), reverse=True)
    candidates = [str(each / "bin" / "python") for each in kept] + [shutil.which(f"python{version}") or ""]
    for each in filter(None, candidates):
        asked = subprocess.run([each, "-c", "import sys; print(*sys.version_info[:2], sep='.')"], capture_output=True, text=True, check=False)  # fmt: skip
        if asked.stdout.strip() == version:
            return each
    return None


def uv(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run uv."""
    return subprocess.run(
        [sys.executable, "-m", "uv", *arguments], cwd=ROOT, check=check, text=True, capture_output=not check
    )


def installed(about: dict, python: str, age: str) -> Path:
    """The environment of a cell, made anew."""
    folder = BUILD / f"{Path(python).parent.parent.name}-{age}"
    extras = ",".join(each for each in about["optional-dependencies"] if each not in OURS)
    uv("venv", "--quiet", "--clear", "--seed", "--python", python, str(folder))  # with pip, which containers install by
    here = ["--python", str(folder / "bin" / "python"), "--quiet"]
    pins = folder / "pins.txt"
    way = "lowest-direct" if age == "oldest" else "highest"
    chosen = [f"--extra={each}" for each in extras.split(",")]
    uv("pip", "compile", "pyproject.toml", *chosen, "--resolution", way, "--only-binary", ":all:", "--no-header",
       "--no-annotate", "--output-file", str(pins), *here)  # fmt: skip
    uv("pip", "install", "-r", str(pins), *here)
    stated = bounds(about)
    own = [line for line in pins.read_text(encoding="utf-8").splitlines() if line.partition("==")[0].lower() in stated]
    (folder / "own.txt").write_text("\n".join(own) + "\n", encoding="utf-8")
    needed = [*tools(about, stated, age), "hatchling", "editables"]
    uv("pip", "install", "--only-binary", ":all:", "-c", str(folder / "own.txt"), *needed, *here)
    uv("pip", "install", "--no-deps", "--no-build-isolation", "-e", ".", *here)
    return folder


def main() -> int:
    """The command."""
    about = project()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", nargs="+", default=pythons(about), help="only these, such as 3.10")
    parser.add_argument("--age", choices=AGES, help="only this one")
    parser.add_argument("--tests", nargs="+", help="only these tests")
    parser.add_argument("--workers", default="auto")
    given = parser.parse_args()
    chosen = given.tests or ["tests", *(f"--ignore={each}" for each in NOT_HERE)]
    stated = bounds(about)
    wrong, reached = [], {name: set() for name in stated}
    for version in given.python:
        python = interpreter(version)
        if python is None:
            print(f"{version}: not run, for there is no interpreter of it on this machine", flush=True)
            wrong.append(version)
            continue
        for age in [given.age] if given.age else AGES:
            folder = installed(about, python, age)
            own = dict(line.split("==") for line in (folder / "own.txt").read_text(encoding="utf-8").split())
            print(f"{version} {age}: " + ", ".join(f"{name} {own[name]}" for name in sorted(own)), flush=True)
            for name in own if age == "oldest" else ():
                reached[name.lower()].add((own[name] + ".").startswith(stated[name.lower()] + "."))
            command = [str(folder / "bin" / "python"), "-m", "pytest", "-q", "-n", given.workers, *chosen]
            around = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
            ended = subprocess.run(command, cwd=ROOT, env=around, check=False).returncode
            print(f"{version} {age}: {'passed' if ended == 0 else 'FAILED'}", flush=True)
            if ended:
                wrong.append(f"{version} {age}")
    for name, found in reached.items():
        if found and True not in found:
            print(f"the bound {name}>={stated[name]} is that of no environment: none of these Pythons can be given it")
    print(f"did not pass: {', '.join(wrong) or 'none'}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())

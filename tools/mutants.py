"""Mutation testing: changes one place of the source at a time, and sees whether a test notices.

The mutations are cosmic-ray's; sampling and running are here, for cosmic-ray runs every mutation of a file with one command and
has no sample over packages (docs/decisions/0032-a-driver-for-mutants.md). A mutant lives in a copy of the checkout under
`build/mutants`, so that the source itself is never touched.

    python tools/mutants.py [--sample 300] [--seed 11] [--package drawloom.ir]

The share of mutants killed is printed by package; survivors are written to `build/mutants/survivors.md` as diffs. One that no test can
tell from the original is listed with its reason in `tools/mutants_equivalent.txt`, and is not counted.
"""

from __future__ import annotations

import argparse
import compileall
import contextlib
import dataclasses
import difflib
import functools
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time

import cosmic_ray.plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

ROOT = pathlib.Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "mutants"
COPY = FOLDER / "checkout"
EQUIVALENT = pathlib.Path(__file__).with_name("mutants_equivalent.txt")

PACKAGES = {
    "literals": ("src/literals", ["tests/literals tests/conformance", "tests/typeengine tests/laws/test_values.py tests/drawloom/ir"]),
    "drawloom.ir": ("src/drawloom/ir", ["tests/drawloom/ir tests/conformance", "tests/compiler tests/laws tests/drawloom/interpreter/program"]),
    "typeengine.builtin": ("src/typeengine/builtin", ["tests/typeengine", "tests/laws tests/literals tests/drawloom/actions"]),
    "compiler.graph": ("src/compiler/graph", ["tests/compiler", "tests/laws tests/drawloom/interpreter tests/compat"]),
    "drawloom.interpreter": (
        "src/drawloom/interpreter",
        [
            "tests/drawloom/interpreter/nodes tests/drawloom/interpreter/program tests/drawloom/interpreter/tasks tests/drawloom/interpreter/cache",
            "tests/drawloom/interpreter/scheduling tests/drawloom/interpreter/record tests/drawloom/interpreter/test_ways.py",
            "tests/drawloom/actions tests/laws/test_running.py tests/drawloom/cli tests/drawloom/interpreter",
        ],
    ),
}  # fmt: skip
"""Package -> its source, and the tests run against a mutant of it, the likely and fast ones first."""

MARGIN = 60.0
"""Seconds that a stage may take beyond three times what it takes over the original; then the mutant hangs, and is killed."""


@dataclasses.dataclass(frozen=True)
class Mutant:
    """One change: an operator of cosmic-ray, and which of the places in the file that it fits."""

    package: str
    path: str
    line: int
    operator: str
    occurrence: int

    def mutated(self) -> str:
        """The file's text with the change."""
        source = (COPY / self.path).read_text(encoding="utf-8")
        return mutate_code(source, cosmic_ray.plugins.get_operator(self.operator)(), self.occurrence) or source

    def diff(self) -> list[str]:
        """What changes, as a unified diff with one line of context."""
        source = (COPY / self.path).read_text(encoding="utf-8")
        lines = difflib.unified_diff(
            source.splitlines(), self.mutated().splitlines(), self.path, self.path, "", "", 1, ""
        )
        return list(lines)

    def key(self) -> str:
        """How a mutant is named in the list of equivalent ones: without line numbers, which move."""
        changed = [line[1:].strip() for line in self.diff()[2:] if line[0] in "+-"]
        return f"{self.path}: {' => '.join(changed)}"


def _in_annotation(node: object) -> bool:
    """Inside an annotation or an import, which no run evaluates."""
    while (parent := getattr(node, "parent", None)) is not None:
        if parent.type in {"import_from", "import_name"} or (parent.type == "annassign" and parent.children[1] is node):
            return True
        if parent.type == "tfpdef" and parent.children[-1] is node:
            return True
        if (
            parent.type == "funcdef"
            and "->" in parent.children
            and parent.children[parent.children.index("->") + 1] is node
        ):
            return True
        node = parent
    return False


def candidates(package: str) -> dict[tuple[str, tuple[int, int]], list[Mutant]]:
    """Every mutant of a package by the place that it changes, so that a place with many operators weighs as one."""
    found: dict[tuple[str, tuple[int, int]], list[Mutant]] = {}
    operators = [
        (name, cosmic_ray.plugins.get_operator(name))
        for name in sorted(cosmic_ray.plugins.operator_names())
        if "Variable" not in name
    ]
    for path in sorted((COPY / PACKAGES[package][0]).rglob("*.py")):
        if "_pb" in path.parts:
            continue
        relative = path.relative_to(COPY).as_posix()
        nodes = list(ast_nodes(get_ast(path.read_text(encoding="utf-8"))))
        for name, operator in operators:
            occurrence = 0
            for node in nodes:
                for start, _ in operator().mutation_positions(node):
                    if not _in_annotation(node):
                        found.setdefault((relative, start), []).append(
                            Mutant(package, relative, start[0], name, occurrence)
                        )
                    occurrence += 1
    return found


def sample(packages: list[str], count: int, seed: int) -> list[Mutant]:
    """The same mutants for the same source and seed, as many of one package as of another."""
    chosen = []
    for package in packages:
        generator = random.Random(f"{seed} {package}")
        places = candidates(package)
        picked = generator.sample(sorted(places), min(len(places), count // len(packages)))
        chosen += [generator.choice(places[place]) for place in picked]
    random.Random(seed).shuffle(chosen)  # so that a run that is stopped has seen something of every package
    return chosen


def _copy() -> None:
    """The files of the checkout as they are, without what git does not know."""
    shutil.rmtree(COPY, ignore_errors=True)
    files = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in files.stdout.splitlines():
        if (ROOT / name).is_file():
            (COPY / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, COPY / name)
    # Compiled once here, and never by a mutant's run, which would leave its own behind.
    compileall.compile_dir(COPY / "src", quiet=2)


def _passes(tests: str, seconds: float) -> bool:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "no:randomly",
        "--timeout=60",
        "--tb=no",
        *tests.split(),
    ]
    environment = {
        **os.environ,
        "DRAWLOOM_LAWS": "mutants",
        "PYTHONPATH": str(COPY / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    process = subprocess.Popen(
        command, cwd=COPY, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        return process.wait(timeout=seconds) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        # A mutant may leave children behind; the session is ours alone.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _survives(mutant: Mutant) -> bool:
    target = COPY / mutant.path
    original = target.read_bytes()
    # A compiled file is told from its source by whole seconds and size, which a mutant may share.
    for compiled in (target.parent / "__pycache__").glob(f"{target.stem}.*"):
        compiled.unlink()
    for tests in PACKAGES[mutant.package][1]:
        seconds = _limit(tests)
        target.write_text(mutant.mutated(), encoding="utf-8")
        try:
            if not _passes(tests, seconds):
                return False
        finally:
            target.write_bytes(original)
    return True


@functools.cache
def _limit(tests: str) -> float:
    """How long a stage may take: it is run over the original once, and has to pass there."""
    started = time.monotonic()
    if not _passes(tests, 3600):
        sys.exit(f"the original does not pass: {tests}")
    return 3 * (time.monotonic() - started) + MARGIN


def _equivalent() -> set[str]:
    """The keys of `mutants_equivalent.txt`: a line each, the reason in the comment above."""
    lines = EQUIVALENT.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def main() -> int:
    """Print the shares; 1 when fewer were killed than `--least` says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--package", choices=PACKAGES, action="append")
    parser.add_argument("--least", type=float, default=0.85, help="the share that has to be killed")
    given = parser.parse_args()
    packages = given.package or list(PACKAGES)
    equivalent = _equivalent()
    _copy()
    mutants = [mutant for mutant in sample(packages, given.sample, given.seed) if mutant.key() not in equivalent]
    survivors: list[Mutant] = []
    done = dict.fromkeys(packages, 0)
    report = FOLDER / "survivors.md"
    report.write_text("", encoding="utf-8")
    for number, mutant in enumerate(mutants, 1):
        alive = _survives(mutant)
        done[mutant.package] += 1
        print(
            f"{number}/{len(mutants)} {'SURVIVED' if alive else 'killed  '} {mutant.path}:{mutant.line} {mutant.operator}",
            flush=True,
        )
        if alive:
            survivors.append(mutant)
            with report.open("a", encoding="utf-8") as file:
                file.write(
                    f"## {mutant.path}:{mutant.line}\n\n```diff\n"
                    + "\n".join(mutant.diff())
                    + f"\n```\n\n`{mutant.key()}`\n\n"
                )
    for package in packages:
        killed = done[package] - sum(mutant.package == package for mutant in survivors)
        print(f"{package:24} {killed:4} of {done[package]:4} killed  {killed / max(1, done[package]):.0%}")
    share = 1 - len(survivors) / max(1, len(mutants))
    print(f"{'in all':24} {len(mutants) - len(survivors):4} of {len(mutants):4} killed  {share:.0%}")
    return 0 if share >= given.least else 1


if __name__ == "__main__":
    sys.exit(main())

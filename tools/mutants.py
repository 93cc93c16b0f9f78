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
import ast
import compileall
import concurrent.futures
import contextlib
import dataclasses
import difflib
import functools
import itertools
import json
import os
import pathlib
import queue
import random
import shutil
import signal
import subprocess
import sys

import cosmic_ray.plugins
import coverage
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

ROOT = pathlib.Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "mutants"
COPY = FOLDER / "checkout"
COVERING = FOLDER / "covering"
EQUIVALENT = pathlib.Path(__file__).with_name("mutants_equivalent.txt")

PACKAGES = {
    "literals": "src/literals",
    "drawloom.ir": "src/drawloom/ir",
    "typeengine.builtin": "src/typeengine/builtin",
    "compiler.graph": "src/compiler/graph",
    "drawloom.interpreter": "src/drawloom/interpreter",
}
TESTS = "tests/literals tests/conformance tests/typeengine tests/laws tests/drawloom tests/compiler tests/compat"

MARGIN = 60.0
"""Seconds that tests may take beyond three times what they take over the original; then the mutant hangs, and is killed."""

STAGES = (10.0, 120.0)
"""Seconds of tests, as they were measured, that are run against a mutant: some of every file first, then more. One that is still
alive is counted as a survivor, though a test that was not reached might have noticed it."""


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
    """Inside an annotation, an import or `@final`, which change no run."""
    if getattr(node, "type", "") == "decorator" and node.get_code().strip() == "@final":
        return True
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
    for path in sorted((COPY / PACKAGES[package]).rglob("*.py")):
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


def _run(
    checkout: pathlib.Path, tests: list[str], seconds: float, options: tuple[str, ...] = (), **environment: str
) -> bool:
    """Whether these tests pass in that copy."""
    listed = checkout / "tests.txt"
    listed.write_text("\n".join(tests), encoding="utf-8")
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "--timeout=60", "--tb=no", *options, f"@{listed}"
    ]  # fmt: skip
    process = subprocess.Popen(
        command,
        cwd=checkout,
        env={
            **os.environ,
            "DRAWLOOM_LAWS": "mutants",
            "PYTHONPATH": f"{checkout / 'src'}{os.pathsep}{pathlib.Path(__file__).parent}",
            "PYTHONDONTWRITEBYTECODE": "1",
            **environment,
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
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


class CoveringTests:
    """Which tests run a line of the original, and the seconds of each: measured once, over all tests."""

    def __init__(self, jobs: int) -> None:
        shutil.rmtree(COVERING, ignore_errors=True)
        COVERING.mkdir(parents=True)
        options = ("-p", "covering_tests", "-n", str(jobs))
        _run(COPY, TESTS.split(), 7200, options, COVERING_TESTS=str(COVERING), COVERING_SOURCE=str(COPY / "src"))
        combined = coverage.Coverage(data_file=str(COVERING / "lines"), config_file=False)
        combined.combine([str(COVERING)])
        self._data = combined.get_data()
        self._seconds: dict[str, float] = {}
        for path in COVERING.glob("seconds.*.json"):
            self._seconds |= json.loads(path.read_text(encoding="utf-8"))
        if not self._seconds:
            sys.exit(f"no test of the original passes: run pytest in {COPY}")

    @functools.cache  # noqa: B019 - there is one of these, for as long as the process runs
    def _by_line(self, path: str) -> dict[int, set[str]]:
        found = self._data.contexts_by_lineno(str(COPY / path))
        return {line: {test for test in tests if test in self._seconds} for line, tests in found.items()}

    def of(self, mutant: Mutant) -> set[str]:
        """The tests that run the innermost statement that holds the line; for one that runs on import, those of the file."""
        by_line = self._by_line(mutant.path)
        tree = ast.parse((COPY / mutant.path).read_text(encoding="utf-8"))
        around = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.stmt) and node.lineno <= mutant.line <= (node.end_lineno or node.lineno)
        ]
        for node in sorted(around, key=lambda node: (node.end_lineno or node.lineno) - node.lineno):
            lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            if found := set().union(*(by_line.get(line, set()) for line in lines)):
                return found
        return set().union(*by_line.values())

    def stages(self, mutant: Mutant) -> list[list[str]]:
        """The tests to run, quick ones first and the files in turn, so that the first ones are not all of one kind."""
        files: dict[str, list[str]] = {}
        for test in sorted(self.of(mutant), key=lambda test: (self._seconds[test], test)):
            files.setdefault(test.split("::")[0], []).append(test)
        tests = [test for turn in itertools.zip_longest(*files.values()) for test in turn if test]
        stages: list[list[str]] = []
        for limit in STAGES:
            stage: list[str] = []
            total = 0.0
            while tests and total < limit:
                stage.append(tests.pop(0))
                total += self._seconds[stage[-1]]
            stages += [sorted(stage)] if stage else []
        return stages

    def seconds(self, tests: list[str]) -> float:
        """How long these took over the original."""
        return sum(self._seconds[test] for test in tests)


def _survives(mutant: Mutant, checkout: pathlib.Path, covering: CoveringTests) -> bool:
    target = checkout / mutant.path
    original = target.read_bytes()
    # A compiled file is told from its source by whole seconds and size, which a mutant may share.
    for compiled in (target.parent / "__pycache__").glob(f"{target.stem}.*"):
        compiled.unlink()
    target.write_text(mutant.mutated(), encoding="utf-8")
    try:
        return all(
            _run(checkout, tests, 3 * covering.seconds(tests) + MARGIN, ("-x",)) for tests in covering.stages(mutant)
        )
    finally:
        target.write_bytes(original)


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
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many mutants are tried at once")
    given = parser.parse_args()
    packages = given.package or list(PACKAGES)
    equivalent = _equivalent()
    _copy()
    mutants = [mutant for mutant in sample(packages, given.sample, given.seed) if mutant.key() not in equivalent]
    covering = CoveringTests(given.jobs)
    checkouts: queue.SimpleQueue[pathlib.Path] = queue.SimpleQueue()
    for number in range(given.jobs):
        checkout = FOLDER / f"checkout-{number}"
        shutil.rmtree(checkout, ignore_errors=True)
        shutil.copytree(COPY, checkout)
        checkouts.put(checkout)

    def survives(mutant: Mutant) -> bool:
        checkout = checkouts.get()
        try:
            return _survives(mutant, checkout, covering)
        finally:
            checkouts.put(checkout)

    survivors: list[Mutant] = []
    done = dict.fromkeys(packages, 0)
    report = FOLDER / "survivors.md"
    report.write_text("", encoding="utf-8")
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        running = {pool.submit(survives, mutant): mutant for mutant in mutants}
        for number, future in enumerate(concurrent.futures.as_completed(running), 1):
            mutant, alive = running[future], future.result()
            done[mutant.package] += 1
            state = "SURVIVED" if alive else "killed  "
            print(f"{number}/{len(mutants)} {state} {mutant.path}:{mutant.line} {mutant.operator}", flush=True)
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

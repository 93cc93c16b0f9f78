"""Runs without end: `python tests/soak.py [--seconds N]` prints memory, threads and open files at the start, on the way and at the end.

Workflows and tasks of environments take turns, recorded and cached, with failures among them. After a tenth of the time everything
that is loaded or kept once is there; from then on memory may grow by a tenth, and threads and open files not at all.
"""

from __future__ import annotations

import argparse
import gc
import os
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]

import drawloom
from compiler import compile_bundle
from drawloom.interpreter import RunOptions, SqliteCache, load, run

GROWTH = 1.1
"""Times the memory that is in use once everything is loaded."""
SPARE = 8 << 20
"""Bytes that an allocator keeps or gives back as it likes."""

env = drawloom.TaskEnvironment("soak")


@drawloom.task(cache=True, cache_version="1")
def inc(n: int) -> int:
    """One more, cached."""
    return n + 1


@drawloom.task
def fails(n: int) -> int:
    """Every fifth time."""
    if n % 5 == 0:
        raise ValueError(f"{n} is one of five")
    return n


@drawloom.workflow
def wf(n: int) -> int:
    """Both."""
    return fails(n=inc(n=n))


@env.task
async def double(n: int) -> int:
    """Twice, in a loop."""
    return 2 * n


def usage() -> tuple[int, int, int]:
    """Bytes of memory in use, threads, open files."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE"), threading.active_count(), len(os.listdir("/proc/self/fd"))


def soak(folder: Path, seconds: float) -> tuple[int, tuple[int, int, int], tuple[int, int, int]]:
    """Run for so long; how many runs there were, and what was in use after a tenth and at the end."""
    made = compile_bundle([wf])
    program, cache = load(made.data), SqliteCache(folder / "cache.db")
    begun = time.monotonic()
    settled: tuple[int, int, int] | None = None
    runs, shown = 0, begun
    while (now := time.monotonic()) < begun + seconds or settled is None:
        runs += 1
        record = folder / f"run-{runs}"
        options = RunOptions(run_dir=record, name=f"soak-{runs}", cache=cache, raise_errors=False)
        result = run(program, {"n": runs % 50}, entity=wf.name, entities=made.entities, options=options)
        assert (result.failure is None) is ((runs % 50 + 1) % 5 != 0)
        shutil.rmtree(record)
        if runs % 10 == 0:
            assert drawloom.run(double, n=runs).outputs()[0] == 2 * runs
        if settled is None and runs >= 200 and now > begun + seconds / 10:  # noqa: PLR2004 - each path was taken often
            settled = usage()
        if now > shown + max(1.0, seconds / 10):
            shown = now
            print(
                "{:8.0f} s {:9,} runs {:12,} bytes {:4} threads {:4} files".format(now - begun, runs, *usage()),
                flush=True,
            )
    return runs, settled, usage()


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1800.0)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        os.environ["DRAWLOOM_HOME"] = str(Path(folder) / "home")
        runs, first, last = soak(Path(folder), parser.parse_args().seconds)
    print(
        f"{runs:,} runs; memory {first[0]:,} -> {last[0]:,} bytes, threads {first[1]} -> {last[1]}, files {first[2]} -> {last[2]}"
    )
    return last[0] > first[0] * GROWTH + SPARE or last[1] > first[1] or last[2] > first[2]


if __name__ == "__main__":
    sys.exit(main())

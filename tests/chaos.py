"""Records under fault, counted: `python tests/chaos.py [--sample N] [--kills N]` prints a table; `make chaos` does all of it.

The runs are those of `mixed_child.py`: tasks of environments that call workflows whose nodes are tasks of environments, started
either way. After each fault the run is gone on with, has to come to the right end, and nothing that the record had as ended may be
run again. Faults: `kill -9` before, in the middle of, and after each system call of the recorder; at random moments; a journal torn
at each byte, and each bit of it flipped; a disk that is full at each of many sizes; two processes on one run, and on one name.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]

from compiler import compile_bundle
from drawloom.errors import RunDirectoryError, RunInUseError, RunNameError
from drawloom.interpreter import read_run
from drawloom.interpreter.record.journal import JOURNAL, scan

spec = importlib.util.spec_from_file_location("mixed_child", HERE / "drawloom" / "actions" / "mixed_child.py")
mixed = importlib.util.module_from_spec(spec)
sys.modules["mixed_child"] = mixed
spec.loader.exec_module(mixed)

KINDS = ("main", "outer")
CALLS = ("open", "write", "fsync", "ftruncate", "replace", "mkdir", "unlink")
MOMENTS = ("before", "half", "after")
MAPPED = 3
CHANGED, REFUSED, LOST = 7, 8, 9


def armed(number, moment):
    """Have this process killed at the recorder's system call of this number; gives a counter of them."""
    count = [0]

    def watched(name, original):
        def call(*args, **more):
            frame, depth = sys._getframe(1), 0  # noqa: SLF001 - who calls decides
            while frame is not None and depth < 4 and frame.f_globals.get("__name__") in {"pathlib", "contextlib"}:
                frame, depth = frame.f_back, depth + 1
            if frame is None or not str(frame.f_globals.get("__name__")).startswith("drawloom.interpreter.record."):
                return original(*args, **more)
            count[0] += 1
            if count[0] != number:
                return original(*args, **more)
            if moment == "half" and name == "write":
                original(args[0], args[1][: len(args[1]) // 2])
            elif moment == "after":
                original(*args, **more)
            os.kill(os.getpid(), signal.SIGKILL)
            return None

        return call

    for name in CALLS:
        setattr(os, name, watched(name, getattr(os, name)))
    return count


def begun(work):
    """A child that ends with what `work()` gives."""
    child = os.fork()
    if child == 0:
        code = LOST
        try:
            code = work()
        finally:
            os._exit(code)
    return child


def forked(work):
    """The exit code of `work()` in a child; None if it was killed."""
    status = os.waitpid(begun(work), 0)[1]
    return None if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def going(kind, made):
    try:
        return 0 if mixed.start(kind, made) == mixed.RESULT else CHANGED
    except (RunInUseError, RunNameError):
        return REFUSED
    except RunDirectoryError as error:
        return REFUSED if "cannot be written" in error.what else LOST


def gone_on_with(kind, made, counts, *, is_whole=True):
    """Go on with the run after a fault, and count what went wrong."""
    recorded = (mixed.FOLDER / "run" / "run.json").exists()
    before, ended = mixed.calls(), mixed.ended_calls() if recorded else 0
    # What had ended is in the record, but for the calls of one `map` that were under way.
    counts["lost"] += is_whole and max(0, before - ended - MAPPED)
    code = forked(lambda: going(kind, made))
    counts["lost"] += code != 0
    counts["repeated"] += max(0, mixed.calls() - before - (mixed.CALLS - ended))
    counts["faults"] += 1


def clear():
    for path in mixed.FOLDER.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def kills_at_calls(kind, made, step):
    counts = Counter()
    for moment in MOMENTS:
        number = 1
        while True:
            clear()

            def work(number=number, moment=moment):
                armed(number, moment)
                return going(kind, made)

            code = forked(work)
            if code is not None:  # it came to its end: there are no more calls
                counts["lost"] += code != 0
                break
            counts["kills"] += 1
            gone_on_with(kind, made, counts)
            number += step
    return counts


def kills_at_random(kind, made, kills):
    counts = Counter()
    chance = random.Random(kind)
    for _ in range(kills):
        clear()
        counts["kills"] += not mixed.child(kind, made, chance.uniform(0.02, 0.3))
        gone_on_with(kind, made, counts)
    return counts


def torn_and_flipped(kind, made, step):
    """Every prefix and every flipped bit of a journal: what is read is a prefix of what was written, and never anything else."""
    counts = Counter()
    clear()
    assert forked(lambda: going(kind, made)) == 0
    folder = mixed.FOLDER / "run"
    path = folder / JOURNAL
    data = path.read_bytes()
    whole = read_run(folder).frames

    def look(damaged):
        path.write_bytes(damaged)
        with path.open("rb") as file:
            found = [frame for _, _, frame in scan(file)]
        counts["journals"] += 1
        counts["lost"] += found != whole[: len(found)]

    for place in range(0, len(data), step):
        look(data[:place])
        look(data[:place] + bytes(64))
        for bit in range(8):
            look(data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :])
    for place in range(0, len(data), max(1, len(data) // 40) * step):
        path.write_bytes(data[:place] + os.urandom(place % 30))
        gone_on_with(kind, made, counts, is_whole=False)
    return counts


def full_disks(kind, made, sizes):
    counts = Counter()
    for size in sizes:
        clear()

        def work(size=size):
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            return going(kind, made)

        counts["full"] += forked(work) == REFUSED
        gone_on_with(kind, made, counts)
    return counts


def many_at_once(kind, made, turns):
    """Three processes that start one name; then three that go on with one run: one does, the others are refused."""
    counts = Counter()
    for _ in range(turns):
        clear()
        for again in (False, True):
            if again:
                journal = mixed.FOLDER / "run" / JOURNAL
                journal.write_bytes(journal.read_bytes()[:-200])
            children = []
            for _ in range(3):
                children.append(begun(lambda: going(kind, made)))
            codes = [os.WEXITSTATUS(os.waitpid(child, 0)[1]) for child in children]
            counts["starts"] += 3
            # Who comes when the run has ended goes on with it, and runs nothing.
            counts["lost"] += codes.count(0) < 1 or set(codes) - {0, REFUSED} != set()
        counts["repeated"] += max(0, mixed.calls() - mixed.CALLS - 2)
    return counts


def chaos(folder, sample=1, kills=None):
    """All faults, each `sample`th of them; what was counted of each, printed as it is known."""
    os.environ["DRAWLOOM_HOME"] = str(folder / "home")
    mixed.FOLDER = folder / "work"
    mixed.FOLDER.mkdir(parents=True)
    made = compile_bundle([mixed.outer])
    total = Counter()
    for kind in KINDS:
        faults = {
            "kill -9 at each call of the recorder": lambda kind=kind: kills_at_calls(kind, made, sample),
            "kill -9 at random": lambda kind=kind: kills_at_random(kind, made, kills or max(2, 100 // sample)),
            "torn and flipped journals": lambda kind=kind: torn_and_flipped(kind, made, sample),
            "full disks": lambda kind=kind: full_disks(kind, made, range(200, 9000, 220 * sample)),
            "processes on one name and one run": lambda kind=kind: many_at_once(kind, made, max(2, 20 // sample)),
        }
        for fault, counted in faults.items():
            counts = counted()
            total += counts
            shown = ", ".join(f"{count:,} {what}" for what, count in sorted(counts.items()))
            print(f"{kind}: {fault}: {shown}", flush=True)
    return total


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=1, help="every so manieth fault only")
    parser.add_argument("--kills", type=int, help="at random moments, of each kind of run; 100 of the sample")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        total = chaos(Path(folder), given.sample, given.kills)
    wrong = total["lost"] + total["repeated"]
    print(f"lost or repeated: {wrong}")
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())

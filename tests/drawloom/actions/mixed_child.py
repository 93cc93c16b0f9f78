"""Runs that mix both kinds, killed while they go on: `mixed_child.py FOLDER KILLS main|outer`.

`main` is a task of an environment that calls workflows, whose nodes are tasks of environments; `outer` is a workflow that has
`main` as a node. Each call that calls nothing notes itself before it works. Prints a line for each kill that was looked at: how
many such calls had ended by the record, and how many were made after it until the end.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

import drawloom
from drawloom.interpreter import RunOptions, read_run, resume, run

FOLDER = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
LEAVES = {"mixed.leaf", f"{__name__}.plus"}
CALLS = 3 * (2 + 3) + 1
RESULT = sum(10 * (3 * (n + 2) + 3) for n in range(3)) + 1000

env = drawloom.TaskEnvironment("mixed")


def note(text):
    descriptor = os.open(FOLDER / "calls.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{text}\n".encode())
    os.close(descriptor)
    time.sleep(0.002)


@drawloom.task
def plus(n: int) -> int:
    note(f"plus {n}")
    return n + 1


@env.task
def leaf(n: int) -> int:
    note(f"leaf {n}")
    return n * 10


@env.task
def fan(n: int) -> int:
    return sum(drawloom.map(leaf, [n, n + 1, n + 2]))


@drawloom.workflow
def wf(n: int) -> int:
    return fan(n=plus(n=plus(n=n)))


@env.task
def main(count: int) -> int:
    return sum(wf(n=n) for n in range(count)) + leaf(100)


@drawloom.task
def same(n: int) -> int:
    return n


@drawloom.workflow
def outer(count: int) -> int:
    return same(n=main(count=count))


def calls():
    path = FOLDER / "calls.log"
    return len(path.read_text().splitlines()) if path.exists() else 0


def start(what, made):
    record = FOLDER / "run"
    is_there = (record / "run.json").exists()
    if what == "main":
        if is_there:
            return drawloom.resume(record).outputs()[0]
        runner = drawloom.with_runcontext(name="mine", run_base_dir=record, copy_style="none", version="1")
        return runner.run(main, count=3).outputs()[0]
    if is_there:
        result = resume(record, entities=made.entities)
    else:
        options = RunOptions(run_dir=record, name="mine")
        result = run(made.bundle, {"count": 3}, entity="outer", entities=made.entities, options=options)
    return result.literal("o0").scalar.primitive.integer


def ended_calls():
    frames = read_run(FOLDER / "run").frames
    entities = {frame["a"]: frame["e"] for frame in frames if frame["k"] == "ev" and frame["e"]}
    return len({frame["a"] for frame in frames if frame["k"] == "out" and entities.get(frame["a"]) in LEAVES})


def child(what, made, seconds=None):
    """Whether a child came to the right end before it was killed."""
    made_child = os.fork()
    if made_child == 0:
        code = 1
        try:
            code = 0 if start(what, made) == RESULT else 1
        finally:
            os._exit(code)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(made_child, signal.SIGKILL)
    _, status = os.waitpid(made_child, 0)
    assert status in {0, signal.SIGKILL}, status
    return status == 0


def clear():
    shutil.rmtree(FOLDER / "run")
    (FOLDER / "calls.log").unlink()


def go():
    from compiler import compile_bundle

    made = compile_bundle([outer])
    kills, what = int(sys.argv[2]), sys.argv[3]
    chance = random.Random(f"{kills}{what}")
    begun = time.monotonic()
    assert child(what, made)
    whole = time.monotonic() - begun
    clear()
    killed = since = 0
    while killed < kills:
        if child(what, made, chance.uniform(0.1, 1) * whole):
            clear()
            continue
        killed += 1
        since += 1
        if not (FOLDER / "run" / "run.json").exists() or since < 3:
            continue
        since = 0
        before, ended = calls(), ended_calls()
        assert child(what, made)
        again = calls() - before
        assert again <= CALLS - ended, (again, ended)
        print(ended, again, flush=True)
        clear()
    print("result", start(what, made))


if __name__ == "__main__":
    go()

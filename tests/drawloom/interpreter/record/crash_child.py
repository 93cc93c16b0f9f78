"""Runs one workflow with a record, and is killed while it does: `crash_child.py FOLDER` forks a child per kill.

Each task appends its name to a log before it works, so what runs again after a kill can be told from what does not.
Prints one line per kill: how many were finished at the kill, and whether any of them ran again. Ends with the result.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import List

from drawloom import dynamic, map_task, task, workflow
from drawloom.interpreter import RunOptions, read_run, resume, run

FOLDER = Path(sys.argv[1])


def log(name):
    descriptor = os.open(FOLDER / "calls.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{name}\n".encode())
    os.close(descriptor)
    time.sleep(0.002)


@task
def step(n: int, name: str) -> int:
    log(name)
    return n + 1


@task
def item(n: int) -> int:
    log(f"item {n}")
    return n * n


@task
def total(xs: List[int], name: str) -> int:
    log(name)
    return sum(xs)


@dynamic
def grow(n: int) -> int:
    log("grow")
    made = step(n=n, name="grown 0")
    for i in range(1, 5):
        made = step(n=made, name=f"grown {i}")
    return made


@workflow
def inner(n: int) -> int:
    return step(n=step(n=n, name="inner 0"), name="inner 1")


@workflow
def wf(n: int) -> int:
    chain = n
    for i in range(8):
        chain = step(n=chain, name=f"chain {i}")
    items = map_task(item)(n=list(range(12)))
    return total(xs=[chain, inner(n=n), total(xs=items, name="items"), grow(n=n)], name="all")


def calls():
    path = FOLDER / "calls.log"
    return path.read_text().splitlines() if path.exists() else []


def main():
    from compiler import compile_bundle
    from literals import pb

    made = compile_bundle([wf])
    inputs = {"n": pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=3)))}
    kills, style, durability = int(sys.argv[2]), sys.argv[3], sys.argv[4]
    chance = random.Random(f"{kills}{style}")
    record = FOLDER / "run"
    done = kill_count = 0
    while kill_count < kills:
        if done:  # it came to its end between two kills: begin again
            for name in ("run", "calls.log"):
                os.system(f"rm -rf '{FOLDER / name}'")
        child = os.fork()
        if child == 0:
            options = RunOptions(run_dir=record, durability=durability, max_parallelism=4)
            if (record / "run.json").exists():
                resume(record, entities=made.entities, options=RunOptions(durability=durability, max_parallelism=4))
            else:
                run(made.bundle, inputs, entity="wf", entities=made.entities, options=options)
            os._exit(0)
        time.sleep(chance.uniform(0.001, 0.05))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        done = status == 0
        kill_count += not done
        if not (record / "run.json").exists():
            continue
        if style == "power" and (record / "journal.wal").exists():
            journal = record / "journal.wal"
            data = journal.read_bytes()
            # What was synced is safe; the last write may be torn anywhere, or hold garbage.
            journal.write_bytes(data + bytes(chance.randrange(256) for _ in range(chance.randrange(30))))
        before = calls()
        finished = {f["a"] for f in read_run(record)[3] if f["k"] == "out"}
        result = resume_in_child(made, record, durability) if kill_count % 10 == 0 else None
        again = len(calls()) - len(before)
        if result is not None:
            done = True
            assert result == 0, result
            # 8 + 12 + 1 + 2 + 5 + 1 calls in all, and `grow` itself.
            assert again <= 30 - len(finished), (again, len(finished))
        print(len(finished), again, flush=True)
    final = (
        resume(record, entities=made.entities)
        if (record / "run.json").exists()
        else run(made.bundle, inputs, entity="wf", entities=made.entities)
    )
    print("result", final.literal("o0").scalar.primitive.integer)


def resume_in_child(made, record, durability):
    child = os.fork()
    if child == 0:
        result = resume(record, entities=made.entities, options=RunOptions(durability=durability))
        os._exit(0 if result.literal("o0").scalar.primitive.integer == 11 + 5 + 506 + 8 else 1)
    return os.waitpid(child, 0)[1]


if __name__ == "__main__":
    main()

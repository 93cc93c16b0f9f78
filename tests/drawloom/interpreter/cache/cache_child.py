"""One of many processes on one cache and one root of runs: `cache_child.py ROOT NUMBER`."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import List

from drawloom import map_task, task, workflow
from drawloom.interpreter import RunOptions, open_cache, run

ROOT = Path(sys.argv[1])


@task(cache=True, cache_version="1", cache_serialize=True)
def square(n: int) -> int:
    descriptor = os.open(ROOT / "calls.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{n}\n".encode())
    os.close(descriptor)
    time.sleep(0.001)
    return n * n


@task
def total(xs: List[int]) -> int:
    return sum(xs)


@workflow
def wf(xs: List[int]) -> int:
    return total(xs=map_task(square)(n=xs))


if __name__ == "__main__":
    from compiler import compile_bundle
    from literals import pb

    made = compile_bundle([wf])
    number = int(sys.argv[2])
    literals = [pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=n))) for n in range(20)]
    literals = literals[number:] + literals[:number]
    inputs = {"xs": pb.Literal(collection=pb.LiteralCollection(literals=literals))}
    cache = open_cache(ROOT / "cache.db")
    options = RunOptions(cache=cache, run_dir=ROOT / "runs" / str(number), max_parallelism=4)
    result = run(made.bundle, inputs, entity="wf", entities=made.entities, options=options)
    print(result.literal("o0").scalar.primitive.integer)

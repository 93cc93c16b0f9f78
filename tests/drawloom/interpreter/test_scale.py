"""Long chains, wide fans, large maps, many runs at once."""

from __future__ import annotations

import threading
import tracemalloc
from typing import List

from drawloom import map_task, task, workflow
from drawloom.interpreter import RunOptions, load, run
from literals import pb
from running import compiled, outcome, value

NODES = 10_000
ITEMS = 100_000


@task
def inc(n: int) -> int:
    return n + 1


@task
def total(xs: List[int]) -> int:
    return sum(xs)


@workflow
def chain(n: int) -> int:
    for _ in range(NODES):
        n = inc(n=n)
    return n


@workflow
def fan(n: int) -> int:
    return total(xs=[inc(n=n) for _ in range(NODES)])


@workflow
def mapped(xs: List[int]) -> int:
    return total(xs=map_task(inc, concurrency=8)(n=xs))


@workflow
def small(n: int) -> int:
    return total(xs=[inc(n=inc(n=n)), inc(n=n)])


def test_ten_thousand_nodes_in_a_row():
    result = outcome(chain, n=0)
    assert value(chain, result) == NODES
    assert len(result.nodes) == NODES


def test_ten_thousand_nodes_beside_each_other():
    assert value(fan, outcome(fan, n=1)) == 2 * NODES


def run_mapped(items):
    made = compiled(mapped)
    xs = mapped.python_interface.input_codecs["xs"].encode(list(range(items)))
    return run(load(made.bundle), {"xs": xs}, entity=mapped.name, entities=made.entities)


def test_a_hundred_thousand_items():
    result = run_mapped(ITEMS)
    assert value(mapped, result) == sum(range(ITEMS)) + ITEMS
    assert len(result.nodes) < 10  # no record is kept of each item that succeeded


def test_items_keep_their_literals_and_nothing_else():
    run_mapped(10)  # what is made once
    count = 12_000
    tracemalloc.start()
    run_mapped(count)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < count * 800  # inputs and outputs as bytes; no job, frame or context for each


def test_sixty_four_runs_at_once_do_not_mix():
    made = compiled(small)
    program = load(made.bundle)
    found = {}

    def one(n):
        literal = pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=n)))
        result = run(
            program, {"n": literal}, entity=small.name, entities=made.entities, options=RunOptions(max_parallelism=3)
        )
        found[n] = result.literal("o0").scalar.primitive.integer

    threads = [threading.Thread(target=one, args=(n,)) for n in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == {n: 2 * n + 3 for n in range(64)}

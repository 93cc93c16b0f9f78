"""Dask: delayed calls, run by its synchronous scheduler without types at the edges. Its graph is made in each run."""

import dask

from benchmarks.peers.calling import repeat


def inc(x):
    return x + 1


class Dask:
    def run(self, shape, size):
        if shape != "chain":
            raise ValueError("only the chain is compared")

        def once():
            value, step = 1, dask.delayed(inc)
            for _ in range(size):
                value = step(value)
            assert value.compute(scheduler="sync", optimize_graph=False) > size

        return repeat(once)


PEERS = {"dask": Dask}

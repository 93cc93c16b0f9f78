"""Hamilton: functions bound by their parameters' names, run in memory without types at the edges."""

import sys
import types

from hamilton import driver

from benchmarks.peers.calling import repeat

NAME = "bench_hamilton"


class Hamilton:
    def run(self, shape, size):
        if shape != "chain":
            raise ValueError("only the chain is compared")
        lines = ["def n0(x: int) -> int:\n    return x + 1\n"]
        lines += [f"def n{i}(n{i - 1}: int) -> int:\n    return n{i - 1} + 1\n" for i in range(1, size)]
        module = types.ModuleType(NAME)
        sys.modules[NAME] = module
        exec("\n".join(lines), vars(module))
        sys.setrecursionlimit(max(10_000, size * 20))  # it walks the graph by recursion
        dag, last = driver.Builder().with_modules(module).build(), f"n{size - 1}"
        return repeat(lambda: dag.execute([last], inputs={"x": 1}))


PEERS = {"hamilton": Hamilton}

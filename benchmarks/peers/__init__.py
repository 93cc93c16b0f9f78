"""How each peer is asked for the same thing; a peer's module is imported only in that peer's own interpreter.

A peer is a class that has a method for each group of figures that it can take part in:

- `values(case)` gives `(encode_n, decode_n)`: functions that convert n times; encoding ends and decoding starts with bytes.
  A third function is encoding with the peer's caches warm.
- `codec(kind)` gives `(make, parts)` for `timing.measure_firsts`: the first conversion of a type.
- `compile(shape, size)` and `run(shape, size)` give a function that compiles, or runs, n times.
- `subtasks(kind, size)` and `sleepers(kind, size)` give a function that runs n times.
- `memory(what, size)` gives `{part: bytes}`: what was held at most over what was held before; in a process of its own.

A peer that cannot do a case raises; the worker notes it.
"""

import importlib

MODULES = {
    "drawloom": "ours",
    "upb": "plain_upb",
    "raw": "raw_upb",
    "flytekit": "flytekit_1",
    "flyte": "flyte_2",
    "hamilton": "hamilton",
    "dask": "dask",
    "kfp": "kfp",
    "msgspec": "formats",
    "pydantic": "formats",
}


def peer(name):
    """The peer of that name, made; imports its library."""
    return importlib.import_module(f"benchmarks.peers.{MODULES[name]}").PEERS[name]()

"""Which figures are taken of which peer, and how often.

A figure's key is `GROUP/CASE` or `GROUP/CASE/SIZE`. `ALWAYS` ones are taken in every round, `ONCE` ones in the first round
only (a peer takes many seconds for them), `LARGE` ones only with `--large`, then once. Those of `FRESH` groups have a process each.
"""

from benchmarks.cases import cases

GROUPS = ("values", "codec", "compile", "run", "subtasks", "sleepers", "memory", "startup")
FRESH = ("memory",)
CONVERTERS = ("drawloom", "upb", "raw", "flytekit", "flyte")
YARDSTICKS = ("msgspec", "pydantic")
UNFIT = ("drawn", "interface", "pydantic")
"""Classes of cases that the yardsticks are not asked for."""
FIRSTS = "int list union dataclass pydantic"


def keys(group, names, *sizes):
    """One key for each name and size."""
    if not sizes:
        return [f"{group}/{name}" for name in names.split()]
    return [f"{group}/{name}/{size}" for name in names.split() for size in sizes]


ALWAYS = {
    "drawloom": [
        *keys("codec", FIRSTS),
        *keys("compile", "chain fan_out nested", 10, 100, 1000, 10_000, 50_000),
        *keys("run", "chain", 100, 1000, 10_000),
        *keys("run", "chain+called chain+fsync chain+cache-miss chain+cache-hit", 1000),
        *keys("run", "chain+disk", 1000, 10_000),
        *keys("run", "fan_out fan_out+sequential nested", 1000),
        *keys("run", "map", 1000, 10_000),
        *keys("subtasks", "await call aio", 200),
        *keys("subtasks", "gather map", 100),
        *keys("sleepers", "fan_out map async action_fan_out action_map action_async", 8),
        *keys("memory", "list_int list_bigint", 1_000_000),
        *keys("memory", "compile_chain compile_fan_out compile_nested", 10_000),
    ],
    "upb": keys("memory", "list_int list_bigint", 1_000_000),
    "flytekit": [
        *keys("codec", FIRSTS),
        *keys("compile", "chain", 10, 100, 1000),
        *keys("compile", "fan_out nested", 1000),
        *keys("run", "chain", 100, 1000),
        *keys("run", "chain+cache-hit fan_out nested map", 1000),
        *keys("sleepers", "fan_out map async", 8),
    ],
    "flyte": [
        *keys("codec", FIRSTS),
        *keys("run", "chain", 100, 1000),
        *keys("run", "fan_out map", 1000),
        *keys("subtasks", "await call aio", 200),
        *keys("subtasks", "gather map", 100),
        *keys("sleepers", "action_fan_out action_map action_async", 8),
    ],
    "hamilton": keys("run", "chain", 100, 1000, 10_000),
    "dask": keys("run", "chain", 100, 1000),
    "kfp": keys("compile", "chain", 10, 100, 1000),
}
ONCE = {
    "flytekit": [
        *keys("compile", "chain", 10_000),
        *keys("run", "chain map", 10_000),
        *keys("run", "chain+cache-miss", 1000),
        *keys("memory", "compile_chain", 10_000),
    ],
    "flyte": keys("run", "chain", 10_000),
}
LARGE = {
    "flytekit": [*keys("compile", "fan_out nested", 10_000), *keys("memory", "list_int", 1_000_000)],
    "flyte": keys("memory", "list_int", 1_000_000),
}


def wanted(peer, group, seed, *, first, large=False, names=()):
    """The keys that a peer is asked for in a round; `first`: it is the first one. `names`: only these cases."""
    if group == "values":
        found = values(peer, seed, first=first)
    else:
        found = list(ALWAYS.get(peer, ()))
        if first:
            found += [*ONCE.get(peer, ()), *(LARGE.get(peer, ()) if large else ())]
        found = [key for key in found if key.split("/")[0] == group]
    return [key for key in found if not names or key.split("/")[1] in names or key in names]


def values(peer, seed, *, first):
    """The keys of the cases of values: all for drawloom, those that take seconds once for the others; yardsticks once."""
    asked = cases(seed)
    if peer in YARDSTICKS:
        return [f"values/{case.name}" for case in asked if first and not case.large and case.kind not in UNFIT]
    if peer not in CONVERTERS:
        return []
    return [f"values/{case.name}" for case in asked if peer == "drawloom" or first or not case.large]

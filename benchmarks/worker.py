"""One round of one peer, in that peer's interpreter: `python -m benchmarks.worker PEER` with a request on standard input.

The request is `{"seed": n, "figures": [key, ...]}`, a key `GROUP/CASE` or `GROUP/CASE/SIZE`. Writes one JSON line for each
figure, as it comes: `{"figure": key, "seconds": {part: s}}` (its parts are summed), or `"bytes"`, or `"error"`.
"""

import gc
import json
import logging
import os
import pathlib
import resource
import sys
import tempfile
import warnings

SHOWN = 200
WARM = 0.05
"""Seconds for a timing that only has to show an order of magnitude."""


def main():
    request = json.load(sys.stdin)
    out = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # peers print
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    from benchmarks.peers import peer

    with tempfile.TemporaryDirectory(prefix="bench", ignore_cleanup_errors=True) as folder:
        tempfile.tempdir = folder  # what the peers leave behind
        asked = peer(sys.argv[1])
        for figure in request["figures"]:
            try:
                found = take(asked, figure, request["seed"])
            except Exception as error:  # noqa: BLE001 - a peer that cannot do a case is a result
                found = {"error": " ".join(f"{type(error).__name__}: {error}".split())[:SHOWN]}
            out.write(json.dumps({"figure": figure, **found, "peak_mb": peak()}) + "\n")
            out.flush()
    out.close()
    os._exit(0)  # without waiting for a peer's threads


def take(peer, figure, seed):
    """One figure of one peer."""
    from benchmarks.timing import measure, measure_firsts

    group, case, *size = figure.split("/")
    number = int(size[0]) if size else 0
    if group == "values":
        encode, decode, *warm = peer.values(named(case, seed))
        found = {"seconds": {"encode": measure(encode), "decode": measure(decode)}}
        return {**found, "also": {"warm encode": measure(warm[0], WARM)}} if warm else found
    if group == "codec":
        return {"seconds": measure_firsts(*peer.codec(case))}
    if group == "memory":
        return {"bytes": peer.memory(case, number)}
    return {"seconds": {"all": measure(getattr(peer, group)(case, number))}}


CASES = {}


def named(name, seed):
    """The case of that name; all of them are drawn once in a process."""
    from benchmarks.cases import cases

    if not CASES:
        CASES.update((case.name, case) for case in cases(seed))
        gc.collect()
        gc.freeze()  # so that collecting before each timing does not walk all of them
    return CASES[name]


def peak():
    """Megabytes that this process held at most (what getrusage says counts the parent's too)."""
    try:
        with pathlib.Path("/proc/self/status").open() as status:
            return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()

"""One round of one peer, in that peer's interpreter: `python -m benchmarks.worker PEER` with a request on standard input.

Writes one JSON line for each figure: `{"case": ..., "seconds": {...}}` or `{"case": ..., "error": "..."}`.
"""

import json
import logging
import os
import pathlib
import resource
import sys
import warnings


def main():
    request = json.load(sys.stdin)
    out = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # peers print
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    from benchmarks.peers import PEERS

    peer = PEERS[sys.argv[1]]()
    for name, take in figures(peer, request):
        try:
            found = {"case": name, "seconds": take()}
        except Exception as error:  # noqa: BLE001 - a peer that cannot do a case is a result
            found = {"case": name, "error": f"{type(error).__name__}: {error}"[:200]}
        found["peak_mb"] = peak()
        out.write(json.dumps(found) + "\n")
        out.flush()


def peak():
    """Megabytes that this process held at most (what getrusage says counts the parent's too)."""
    try:
        with pathlib.Path("/proc/self/status").open() as status:
            return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def figures(peer, request):
    from benchmarks.timing import measure

    if "values" in request and hasattr(peer, "convert"):
        from benchmarks.cases import cases

        for case in cases(request["seed"]):
            if case.name in request["values"]:
                yield case.name, lambda case=case: halves(peer.convert(case), measure)
    for group, method in (("compile", "compiled"), ("run", "running")):
        for shape, size in request.get(group, ()):
            if hasattr(peer, method):
                yield (
                    f"{group} {shape} {size}",
                    lambda g=group, m=method, s=shape, n=size: {g: measure(getattr(peer, m)(s, n))},
                )


def halves(pair, measure):
    encode, decode = pair
    return {"encode": measure(encode), "decode": measure(decode)}


if __name__ == "__main__":
    main()

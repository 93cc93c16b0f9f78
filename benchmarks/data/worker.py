"""One peer's figure of one case, in a process of its own: `python -m benchmarks.data.worker`, with the request as JSON on stdin.

The answer is the last line: the least of the timings in seconds, and how far the process grew beyond what it held, in
mebibytes. A first call with something small is not timed, so that imports and connections are there.
"""

import json
import os
import pathlib
import sys
import time

from benchmarks.data import cases, movers, things

SMALL_FILE, SMALL_FOLDER, SMALL_ROWS = 100_000, 3, 1_000
ENOUGH, MOST = 0.5, 20
"""Seconds that quick calls are repeated for, and how often at most."""


def held(name):
    """Mebibytes of this process: `VmRSS`, what it holds now, or `VmHWM`, the most that it held."""
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise KeyError(name)


def measured(call, times):
    """(the least of the timings, growth in mebibytes at its highest, what the last call gave)."""
    pathlib.Path("/proc/self/clear_refs").write_text("5")  # the highest begins anew
    before, timings, given = held("VmRSS"), [], None
    while len(timings) < times or (sum(timings) < ENOUGH and len(timings) < MOST):
        started = time.perf_counter()
        given = call()
        timings.append(time.perf_counter() - started)
    return min(timings), max(0.0, held("VmHWM") - before), given


def unchecked(given):
    """What was sent is in the store, which answered for it."""


def small_things(place):
    things.make_file(place / "small", SMALL_FILE, 1)
    things.make_folder(place / "few", SMALL_FOLDER, 1)
    return place / "small", place / "few"


def bytes_case(asked, mover, place):
    kind, verb = asked["case"].split("/")
    file, folder = small_things(place)
    if kind == "file":
        mover.get_file(mover.put_file(file))
        if verb == "put":
            return lambda: mover.put_file(pathlib.Path(asked["file"])), unchecked
        return lambda: mover.get_file(asked["remote_file"]), lambda given: things.check_file(given, asked["size"])
    if kind == "few":
        mover.get_few([mover.put_file(file)])
        return lambda: mover.get_few(asked["remote_few"]), lambda given: [
            things.check_file(got, cases.LITTLE) for got in given
        ]
    mover.get_folder(mover.put_folder(folder))
    if asked["case"] == "many/put":
        paths = [pathlib.Path(path) for path in asked["many"]]
        mover.put_many(paths[:2])
        return lambda: mover.put_many(paths), unchecked
    if verb == "put":
        return lambda: mover.put_folder(pathlib.Path(asked["folder"])), unchecked
    source, count = (asked["remote_many"], cases.MANY) if kind == "many" else (asked["remote_folder"], asked["count"])
    return lambda: mover.get_folder(source), lambda given: things.check_folder(given, count)


def frame_case(asked, mover):
    library, verb = asked["case"].split("/")
    column = "number" if verb == "column" else None
    mover.read(mover.write(things.frame(library, SMALL_ROWS, 1)), column)
    frame = things.frame(library, asked["rows"], asked["seed"])
    if verb == "write":
        return lambda: mover.write(frame), unchecked
    written = mover.write(frame)

    def check(given):
        assert given.shape == (asked["rows"], 1 if column else 4), given.shape

    return lambda: mover.read(written, column), check


def main():
    asked = json.load(sys.stdin)
    place = pathlib.Path(asked["place"])
    mover = movers.mover(asked["peer"], asked["endpoint"], place)
    call, check = bytes_case(asked, mover, place) if cases.of_bytes(asked["case"]) else frame_case(asked, mover)
    took, grew, given = measured(call, asked["times"])
    check(given)
    print(json.dumps({"seconds": took, "mebibytes": grew}), flush=True)
    # A process that awaited obstore's coroutines may abort when Python is torn down under obstore's own threads; drawloom calls
    # it without them. What is measured is done.
    os._exit(0)


if __name__ == "__main__":
    main()

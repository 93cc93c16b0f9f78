"""Cross-reading with the real peers: what drawloom writes they decode to an equal value, what they write drawloom decodes.

`python -m benchmarks.interop [--count N] [flytekit=PYTHON] [flyte2=PYTHON]`: with the peers' own environments below
`benchmarks/.envs`, which are made if they are not there, or with the Pythons that are named. Exits with 1 if a case differs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.environments import WITH_FRAMES, interpreter, search_path
from benchmarks.interop import data, packages
from typeengine import Engine, TypeTransformerFailedError

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
import cases  # noqa: E402 - beside this file, and read by the peers' Pythons too
import peer as records  # noqa: E402 - same

SHOWN = 10


def differences(engine: Engine, name: str, count: int, path: Path) -> int:
    """Decode what the peer wrote; give the number of values that are not equal."""
    wrong = 0
    rows: list[tuple[str, Any, Any]] = list(cases.cases(count, name))
    for index, ((text, hint, value), literal) in enumerate(zip(rows, records.records(path), strict=True)):
        try:
            back = engine.codec(hint).decode(literal)
        except TypeTransformerFailedError as error:
            back = str(error)
        if back != value:
            wrong += 1
            if wrong <= SHOWN:
                print(f"  case {index} {text}: {name} wrote {value!r:.200}, drawloom read {back!r:.300}")
    return wrong


def run(name: str, python: str, count: int) -> bool:
    """Both ways with one peer; whether all were equal."""
    engine = Engine().clone(dialect="v1" if name == "flytekit" else "v2")
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Path(folder) / "ours", Path(folder) / "theirs"
        records.save(ours, [engine.codec(hint).encode(value) for _, hint, value in cases.cases(count, name)])
        start = time.perf_counter()
        print(f"{name} reads {count} literals of drawloom")
        read = subprocess.run([python, str(HERE / "peer.py"), name, "read", str(count), str(ours)], check=False)
        print(f"drawloom reads {count} literals of {name}")
        written = subprocess.run([python, str(HERE / "peer.py"), name, "write", str(count), str(theirs)], check=False)
        wrong = differences(engine, name, count, theirs) if written.returncode == 0 else count
        print(f"  {wrong} differences ({time.perf_counter() - start:.0f} s in all)")
    return read.returncode == 0 and wrong == 0


ENVIRONMENTS = {"flytekit": "flytekit", "flyte2": "flyte"}
"""Names of the peers' environments."""


def main(arguments: list[str]) -> int:
    """Run the peers that are named; without names, each that can be installed."""
    count = int(arguments[arguments.index("--count") + 1]) if "--count" in arguments else 10_000
    given = dict(argument.split("=", 1) for argument in arguments if "=" in argument)
    peers = given or {name: interpreter(where, {})[0] for name, where in ENVIRONMENTS.items()}
    results = [run(name, python, count) for name, python in peers.items() if python]
    results += [packages.run(python) for name, python in peers.items() if python and name == "flytekit"]
    framed = given or {name: interpreter(where, {}, WITH_FRAMES)[0] for name, where in ENVIRONMENTS.items()}
    for name, python in framed.items():
        if python:
            print(f"files, folders and frames of {name} and drawloom")
            around = {**os.environ, "PYTHONPATH": search_path("drawloom")}
            with tempfile.TemporaryDirectory() as folder:
                results.append(data.run(name, python, (sys.executable, around), folder))
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

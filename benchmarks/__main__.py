"""The command: make the peers' interpreters, run the rounds, write the report."""

import argparse
import datetime as dt
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from benchmarks import environments, report, startup
from benchmarks.cases import cases

ONE_SIZE = 1000
"""Nodes of the shapes that are taken in one size."""
NOISE, GAIN = 0.7, 2.5
"""The gate: the least ratio of a case, and of the mean."""
CONVERTERS = ("weft", "upb", "flyte", "flytekit", "msgspec", "pydantic")
SIZES = {
    "weft": {"compile": [10, 100, 1000, 10_000], "run": [100, 1000, 10_000]},
    "flytekit": {"compile": [10, 100, 1000], "run": [100, 1000]},
    "flyte": {"run": [100, 1000]},
    "hamilton": {"run": [100, 1000]},
    "dask": {"run": [100, 1000]},
}


def arguments():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--seed", type=int, default=int(time.time()) % 100_000, help="draws the values; new for each run"
    )
    parser.add_argument("--groups", default="values,compile,run,startup")
    parser.add_argument("--peers", default=",".join(dict.fromkeys((*CONVERTERS, *SIZES))))
    parser.add_argument("--cases", default="", help="names of cases of values, comma-separated; all by default")
    parser.add_argument(
        "--large", action="store_true", help="also lists of 100,000 elements and workflows of 50,000 nodes"
    )
    parser.add_argument(
        "--python", action="append", default=[], metavar="PEER=PATH", help="an interpreter that has the peer"
    )
    parser.add_argument("--gate", action="store_true", help="no peers: fail if weft is slower than plain upb closures")
    parser.add_argument("--out", type=pathlib.Path, help="folder of the report; a full run writes here")
    return parser.parse_args()


def request(peer, groups, names, options):
    """What one worker is asked for."""
    asked = {"seed": options.seed}
    if "values" in groups and peer in CONVERTERS:
        asked["values"] = names
    for group in ("compile", "run"):
        if group in groups:
            sizes = list(SIZES.get(peer, {}).get(group, []))
            if options.large and peer == "weft":
                sizes.append(50_000)
            shapes = ("chain", "fan_out", "nested") if peer in ("weft", "flytekit") else ("chain",)
            asked[group] = [[shape, size] for shape in shapes for size in sizes if shape == "chain" or size == ONE_SIZE]
    return asked


def one_round(peer, python, asked):
    """The figures of one peer, read as they come."""
    environment = {**os.environ, "PYTHONPATH": environments.search_path(peer), "FLYTE_LOCAL_CACHE_ENABLED": "false"}
    done = subprocess.run(
        [python, "-m", "benchmarks.worker", peer],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        env=environment,
        cwd=environments.ROOT,
        check=False,
    )
    if done.returncode:
        print(f"{peer}: {done.stderr.strip()[-600:]}", file=sys.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    options = arguments()
    peers = ["weft", "upb"] if options.gate else options.peers.split(",")
    groups = ["values"] if options.gate else options.groups.split(",")
    given = dict(entry.split("=", 1) for entry in options.python)
    pythons = {peer: environments.interpreter(peer, given) for peer in peers}
    pythons = {peer: python for peer, python in pythons.items() if python}
    wanted = set(filter(None, options.cases.split(",")))
    names = [c.name for c in cases(options.seed) if (options.large or not c.large) and (not wanted or c.name in wanted)]
    started, figures = time.time(), {}
    for number in range(options.rounds):
        for peer, python in pythons.items():
            begun = time.time()
            for figure in one_round(peer, python, request(peer, groups, names, options)):
                figures.setdefault(figure.pop("case"), {}).setdefault(peer, []).append(figure)
            print(f"round {number + 1} of {options.rounds}: {peer} took {time.time() - begun:.0f} s", file=sys.stderr)
    result = {
        "figures": figures,
        "machine": report.machine(),
        "peers": ", ".join(f"{p} ({' '.join(environments.PACKAGES.get(p, ['this tree']))})" for p in pythons),
        "rounds": options.rounds,
        "seed": options.seed,
        "when": dt.datetime.now(dt.timezone.utc).date().isoformat(),
        "startup": startup.take(pythons, options.rounds) if "startup" in groups else None,
    }
    result["took"] = time.time() - started
    full = not (options.gate or wanted or "flytekit" not in pythons)
    out = options.out or (report.HERE if full else pathlib.Path(tempfile.mkdtemp(prefix="benchmarks")))
    out.mkdir(parents=True, exist_ok=True)
    print(report.write(result, out))
    if options.gate:
        sys.exit(gate(report.rows(figures, options.seed)))


def gate(found):
    """1 if a case is slower than plain upb closures by more than the noise, or the mean is below two and a half."""
    ratios = {row["case"]: row["ratios"]["upb"] for row in found if "upb" in row["ratios"]}
    slow = {name: round(ratio, 2) for name, ratio in ratios.items() if ratio < NOISE}
    mean = report.geometric(list(ratios.values()))
    print(f"against plain upb closures: mean {mean:.2f} times, below {NOISE}: {slow or 'none'}")
    return int(bool(slow) or mean < GAIN)


if __name__ == "__main__":
    main()

"""The command: make the peers' interpreters, run the rounds, write the report. See README.md here, or `--help`."""

import argparse
import datetime as dt
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from benchmarks import environments, gate, plan, report, results, startup

LONGEST = 900
"""Seconds that a peer has for one group in one round; what it has not done by then is an error of its figures."""


def arguments(given=None):
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--seed", type=int, default=int(time.time()) % 100_000, help="draws the values; new for each run"
    )
    parser.add_argument("--groups", default=",".join(plan.GROUPS), help="comma-separated; all by default")
    parser.add_argument("--peers", default=",".join(environments.PEERS), help="comma-separated; all by default")
    parser.add_argument("--cases", default="", help="names or keys of figures, comma-separated; all by default")
    parser.add_argument("--large", action="store_true", help="also figures that take a peer minutes")
    parser.add_argument(
        "--python", action="append", default=[], metavar="PEER=PATH", help="an interpreter that has the peer"
    )
    parser.add_argument(
        "--gate", action="store_true", help="no peers: fail if drawloom is slower than plain upb closures"
    )
    parser.add_argument(
        "--merge", action="store_true", help="put these figures into the report's, marked by their date"
    )
    parser.add_argument("--report", action="store_true", help="measure nothing: write the report of results.json anew")
    parser.add_argument("--out", type=pathlib.Path, help="folder of the report; a run of everything writes here")
    options = parser.parse_args(given)
    options.groups, options.peers = options.groups.split(","), options.peers.split(",")
    options.cases = [name for name in options.cases.split(",") if name]
    for name, known in (("groups", plan.GROUPS), ("peers", environments.PEERS)):
        unknown = sorted(set(getattr(options, name)) - set(known))
        if unknown:
            parser.error(f"--{name}: there is no {', '.join(unknown)}; there are {', '.join(known)}")
    if options.gate:
        options.groups, options.peers = ["values"], ["drawloom", "upb"]
    options.full = (
        set(options.groups) == set(plan.GROUPS) and set(options.peers) == set(environments.PEERS) and not options.cases
    )
    return options


def ask(peer, python, keys, seed):
    """The figures of one peer: [(key, what the worker gave)], with an error for what it did not get to."""
    with tempfile.TemporaryDirectory(prefix="bench") as home, tempfile.TemporaryFile("w+") as told:
        around = {
            **os.environ,
            "PYTHONPATH": environments.search_path(peer),
            "PYTHONDONTWRITEBYTECODE": "",
            "FLYTE_LOCAL_CACHE_ENABLED": "false",
            "HOME": home,
        }
        command = [python, "-m", "benchmarks.worker", peer]
        request = json.dumps({"seed": seed, "figures": keys})
        try:
            done = subprocess.run(
                command, input=request, stdout=told, stderr=subprocess.PIPE, text=True, env=around,
                cwd=environments.ROOT, check=False, timeout=LONGEST,
            )  # fmt: skip
            ended = f"the process ended with {done.returncode}: {done.stderr.strip()[-300:]}"
        except subprocess.TimeoutExpired:
            ended = f"it was not done after {LONGEST} s"
        told.seek(0)
        found = {}
        for line in told:
            if line.endswith("\n"):
                figure = json.loads(line)
                found[figure.pop("figure")] = figure
    return [(key, found.get(key, {"error": ended})) for key in keys]


def take(peer, python, group, number, options):
    """One peer's figures of a group in a round."""
    if group == "startup":
        for name in startup.figures(peer):
            if not options.cases or name in options.cases or f"startup/{name}" in options.cases:
                with tempfile.TemporaryDirectory(prefix="bench") as folder:
                    yield f"startup/{name}", startup.take(peer, python, name, folder)
        return
    keys = plan.wanted(peer, group, options.seed, first=number == 0, large=options.large, names=options.cases)
    for asked in [[key] for key in keys] if group in plan.FRESH else [keys] if keys else []:
        yield from ask(peer, python, asked, options.seed)


def measure(pythons, options, found):
    """All rounds; the peers alternate within each group of a round."""
    for number in range(options.rounds):
        for group in options.groups:
            for peer, python in pythons.items():
                begun, count = time.time(), 0
                for key, figure in take(peer, python, group, number, options):
                    results.add(found, key, peer, figure)
                    count += 1
                if count:
                    took = f"{count} figures in {time.time() - begun:.0f} s"
                    print(
                        f"round {number + 1} of {options.rounds}, {group}: {peer} {took}", file=sys.stderr, flush=True
                    )


def main():
    options = arguments()
    out = options.out or (report.HERE if options.full or options.merge or options.report else None)
    out = out or pathlib.Path(tempfile.mkdtemp(prefix="benchmarks"))
    kept = out / "results.json"
    if options.report:
        print(report.write(results.Results.load(kept), out))
        return
    pythons, missing = environments.interpreters(options.peers, dict(entry.split("=", 1) for entry in options.python))
    session = {
        "when": dt.datetime.now(dt.timezone.utc).date().isoformat(),
        "rounds": options.rounds,
        "seed": options.seed,
        "groups": options.groups,
        "cases": options.cases,
        "peers": {peer: environments.version(peer, python) for peer, python in pythons.items()},
        "missing": missing,
    }
    started, found = time.time(), results.empty(report.machine(), session)
    measure(pythons, options, found)
    session["took"] = round(time.time() - started)
    if options.merge and kept.exists():
        found = results.merge(json.loads(kept.read_text()), found)
    out.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(found, indent=1) + "\n")
    read = results.Results(found)
    if options.gate:
        sys.exit(gate.judge(read))
    print(report.write(read, out))
    print(f"written to {out}", file=sys.stderr)


if __name__ == "__main__":
    main()

"""`python -m benchmarks.data`: moves files, folders and frames by each peer, and prints times, ratios, and growth of memory.

Small sizes by default; `--full` for a file of 1 GB, 10,000 files in a folder, and 5 million rows. The peers' environments are made
below `benchmarks/.envs` once, or named by `--python PEER=PATH`; one that cannot be made is left out. `--write` keeps
the figures in `benchmarks/data.json`, beside those of cases that were not taken, and writes the report of all to `benchmarks/DATA.md`.
The store is the S3 server process of the tests, and for the cases with latency a proxy before it.
"""

import argparse
import contextlib
import datetime as dt
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

import obstore
from obstore.store import S3Store

from benchmarks import environments, report
from benchmarks.data import cases, tables, things

sys.path.insert(0, str(environments.ROOT / "tests"))
from s3_server import Fault, Proxy, s3_server

LONGEST = 1_800
SHOWN = 400
ENDED = re.compile(r"[A-Za-z_.]*(Error|Exception)\b")
OUT = pathlib.Path(environments.HERE) / "DATA.md"
KEPT = pathlib.Path(environments.HERE) / "data.json"


def arguments(given=None):
    parser = argparse.ArgumentParser(prog="python -m benchmarks.data", description=__doc__)
    parser.add_argument("--full", action="store_true", help="1 GB, 10,000 files, 5 million rows")
    parser.add_argument("--file", type=int, help="bytes of the file")
    parser.add_argument("--folder", type=int, help="files of the folder")
    parser.add_argument("--rows", type=int, help="rows of the frame")
    parser.add_argument("--rounds", type=int, default=3, help="processes for each figure; the least time counts")
    parser.add_argument("--times", type=int, default=2, help="timings in each process")
    parser.add_argument("--cases", default="", help="names or beginnings of names, comma-separated; all by default")
    parser.add_argument("--peers", default="", help="comma-separated; all by default")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument("--python", action="append", default=[], metavar="PEER=PATH", help="a Python that has the peer")
    parser.add_argument("--write", action="store_true", help=f"keep the figures in {KEPT.name}, and write {OUT.name}")
    options = parser.parse_args(given)
    for name, size in (cases.FULL if options.full else cases.SMALL).items():
        setattr(options, name, getattr(options, name) or size)
    wanted = [name for name in options.cases.split(",") if name]
    options.cases = [name for name in cases.CASES if not wanted or any(name.startswith(each) for each in wanted)]
    options.peers = [name for name in options.peers.split(",") if name]
    return options


def reason(text):
    """The line that says what went wrong: the last that names an exception, but for those of a process that is ending."""
    named = [line for line in text.splitlines() if ENDED.match(line) and "shutting down" not in line]
    return (named or [" ".join(text.split())])[-1][-SHOWN:]


class Bench:
    """The things, the server and the Pythons."""

    def __init__(self, options, folder, endpoint, pythons):
        self.options, self.folder, self.endpoint, self.pythons = options, folder, endpoint, pythons
        things.make_file(folder / "file", options.file, options.seed)
        things.make_folder(folder / "folder", options.folder, options.seed)
        things.make_folder(folder / "many", cases.MANY, options.seed)
        self.many = sorted(str(path) for path in (folder / "many").rglob("*") if path.is_file())

    def empty(self):
        """An empty bucket."""
        for method, path in (("POST", "moto-api/reset"), ("PUT", cases.BUCKET)):
            request = urllib.request.Request(f"{self.endpoint}/{path}", method=method)
            urllib.request.urlopen(request, timeout=60).close()

    def fill(self, case):
        """What a case is to fetch."""
        store = S3Store(
            cases.BUCKET, endpoint=self.endpoint, access_key_id=cases.KEY, secret_access_key=cases.SECRET,
            region="us-east-1", virtual_hosted_style_request=False, client_options={"allow_http": True},
        )  # fmt: skip
        source = {"file/get": "file", "folder/get": "folder", "many/get": "many", "few/get": "many"}[case]
        root = self.folder / source
        for path in [root] if root.is_file() else filter(pathlib.Path.is_file, root.rglob("*")):
            obstore.put(store, f"source/{path.relative_to(self.folder).as_posix()}", path)

    def take(self, case, peer, endpoint):
        """The figure of one process, or a dictionary with its error."""
        ours = peer not in {"flytekit", "flyte"}
        remote = f"s3://{cases.BUCKET}/source"
        with tempfile.TemporaryDirectory(prefix="bench", dir=self.folder) as place:
            asked = {
                "case": case, "peer": peer, "endpoint": endpoint, "place": place, "seed": self.options.seed,
                "times": self.options.times, "size": self.options.file, "count": self.options.folder,
                "rows": self.options.rows, "file": str(self.folder / "file"), "folder": str(self.folder / "folder"),
                "many": self.many, "remote_file": f"{remote}/file", "remote_folder": f"{remote}/folder",
                "remote_many": f"{remote}/many",
                "remote_few": [
                    f"{remote}/{pathlib.Path(path).relative_to(self.folder).as_posix()}" for path in self.many[: cases.FEW]
                ],
            }  # fmt: skip
            around = {
                **os.environ,
                "PYTHONPATH": environments.search_path("drawloom" if ours else peer),
                "FLYTE_AWS_ENDPOINT": endpoint, "FLYTE_AWS_ACCESS_KEY_ID": cases.KEY,
                "FLYTE_AWS_SECRET_ACCESS_KEY": cases.SECRET, "FLYTE_S3_ADDRESSING_STYLE": "path",
                "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
                "DRAWLOOM_HOME": f"{place}/home", "HOME": place, "TMPDIR": place,
            }  # fmt: skip
            done = subprocess.run(
                [self.pythons[peer], "-m", "benchmarks.data.worker"], input=json.dumps(asked), capture_output=True,
                text=True, env=around, cwd=place, check=False, timeout=LONGEST,
            )  # fmt: skip
        if done.returncode:
            return {"error": reason(done.stderr) or f"its process ended with {done.returncode}"}
        return json.loads(done.stdout.splitlines()[-1])


def measure(bench, proxy):
    """{case: {peer: figures of its rounds}}; the peers take turns."""
    found = {}
    for name in bench.options.cases:
        case = cases.CASES[name]
        peers = [peer for peer in case.everybody if not bench.options.peers or peer in bench.options.peers]
        wait = cases.LATENCY.get(name.split("/")[0])
        if cases.of_bytes(name):
            bench.empty()
        if name.endswith("/get"):
            bench.fill(name)
        proxy.faults[:] = [Fault(delay=wait)] if wait else []
        for number in range(bench.options.rounds):
            for peer in peers:
                if peer not in bench.pythons:
                    continue
                if name.endswith("/put"):
                    bench.empty()
                figure = bench.take(name, peer, proxy.address if wait else bench.endpoint)
                found.setdefault(name, {}).setdefault(peer, []).append(figure)
                told = figure.get("error") or f"{figure['seconds']:.3f} s, {figure['mebibytes']:.0f} MiB more"
                print(f"{name}, round {number + 1}: {peer} {told}", file=sys.stderr, flush=True)
    return found


def main():
    options = arguments()
    given = dict(entry.split("=", 1) for entry in options.python)
    named = [peer for peer in environments.WITH_FRAMES if not options.peers or peer in options.peers]
    found, missing = environments.interpreters(named, given, environments.WITH_FRAMES)
    own = given.get("drawloom", sys.executable)
    pythons = {**dict.fromkeys(("drawloom", "obstore", *cases.LIBRARIES), own), **found}
    with (
        tempfile.TemporaryDirectory(prefix="bench") as folder,
        s3_server() as endpoint,
        contextlib.closing(Proxy(endpoint)) as proxy,
    ):
        figures = measure(Bench(options, pathlib.Path(folder), endpoint, pythons), proxy)
    versions = {peer: environments.version(peer, python, environments.WITH_FRAMES) for peer, python in found.items()}
    session = {
        "when": dt.datetime.now(dt.timezone.utc).date().isoformat(), "machine": report.machine(),
        "sizes": {name: getattr(options, name) for name in cases.FULL}, "rounds": options.rounds,
        "times": options.times, "versions": versions, "missing": missing,
    }  # fmt: skip
    kept = {name: {"session": session, "found": found} for name, found in figures.items()}
    print(tables.written(kept))
    if options.write:
        before = json.loads(KEPT.read_text()) if KEPT.exists() else {}
        both = {**before, **kept}
        kept = {name: both[name] for name in cases.CASES if name in both}
        KEPT.write_text(json.dumps(kept, indent=1) + "\n")
        OUT.write_text(tables.written(kept))


if __name__ == "__main__":
    main()

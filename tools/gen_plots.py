"""Writes the plots of docs/benchmarks.md and the table of docs/limits.md from benchmarks/results.json.

python tools/gen_plots.py           # writes them
python tools/gen_plots.py --check   # 1 if that would change one
"""

from __future__ import annotations

import math
import pathlib
import re
import sys
from typing import NamedTuple
from xml.sax.saxutils import escape

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.plot import ratios  # noqa: E402
from benchmarks.results import Results, geometric  # noqa: E402

TIMES = ROOT / "docs" / "assets" / "benchmark-times.svg"
VALUES = ROOT / "docs" / "assets" / "benchmark-values.svg"
LIMITS = ROOT / "docs" / "limits.md"
BEGIN, END = "<!-- comparison: made by tools/gen_plots.py -->", "<!-- end of comparison -->"


class Peer(NamedTuple):
    """A library, as it is drawn."""

    name: str
    title: str
    colour: str


class Measure(NamedTuple):
    """A figure of the results, and what it is called."""

    key: str
    title: str


PEERS = (
    Peer("drawloom", "drawloom", "#00796b"), Peer("flytekit", "flytekit", "#3b6fb6"), Peer("flyte", "Flyte 2 SDK", "#8a5fb0"),
)  # fmt: skip
MEASURES = (
    Measure("compile/chain/10000", "compile a chain of 10,000 tasks"),
    Measure("run/chain/10000", "run it here"),
    Measure("run/map/1000", "a map over 1,000 items"),
    Measure("run/chain+cache-hit/1000", "a chain of 1,000 cached results"),
    Measure("subtasks/await/200", "a task that awaits 200 tasks"),
    Measure("startup/import", "import the package, over a bare interpreter"),
    Measure("startup/module_with_tasks", "import a module with tasks, likewise"),
    Measure("startup/command_help", "`--help`, likewise"),
    Measure("startup/container", "from a container's start to user code"),
)
LEFT, WIDTH, RIGHT, BAR, GAP, TOP = 300, 520, 80, 15, 12, 62
LEAST, MOST = 1e-3, 20.0
"""Seconds at the ends of the axis."""


def _place(seconds: float) -> float:
    return LEFT + (math.log10(seconds) - math.log10(LEAST)) / (math.log10(MOST) - math.log10(LEAST)) * WIDTH


def _said(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} µs"


def times(results: Results) -> str:
    """Horizontal bars on a logarithmic axis: one for each library that took part."""
    groups = [
        (each, [(peer, time) for peer in PEERS if (time := results.seconds(each.key, peer.name))]) for each in MEASURES
    ]
    height = TOP + sum(len(bars) * BAR + GAP for _, bars in groups) + 8
    size = f'width="{LEFT + WIDTH + RIGHT}" height="{height}"'
    when = results.data["sessions"][0]["when"]
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="DejaVu Sans, Helvetica, Arial, sans-serif" font-size="12">',
        f"<title>Times of drawloom, flytekit and the Flyte 2 SDK, {when}; less is better</title>",
        '<rect width="100%" height="100%" rx="6" fill="white"/>',
        f'<text x="12" y="22" font-size="14" font-weight="bold">Times on {when}; less is better (logarithmic)</text>',
    ]
    for at, peer in enumerate(PEERS):
        x = LEFT + at * 130
        out.append(f'<rect x="{x}" y="34" width="12" height="12" fill="{peer.colour}"/>')
        out.append(f'<text x="{x + 18}" y="44">{peer.title}</text>')
    for power in range(-3, 2):
        x = _place(10.0**power)
        out.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{height - 6}" stroke="#ddd"/>')
        out.append(f'<text x="{x + 3:.1f}" y="{height - 8}" font-size="9" fill="#666">{_said(10.0**power)}</text>')
    y = TOP
    for measure, bars in groups:
        middle = y + len(bars) * BAR / 2 + 4
        out.append(
            f'<text x="{LEFT - 10}" y="{middle:.1f}" text-anchor="end">{escape(measure.title.replace("`", ""))}</text>'
        )
        for peer, seconds in bars:
            end = _place(max(seconds, LEAST))
            out.append(
                f'<rect x="{LEFT}" y="{y}" width="{max(end - LEFT, 2):.1f}" height="{BAR - 3}" fill="{peer.colour}"/>'
                f'<text x="{max(end, LEFT + 2) + 6:.1f}" y="{y + BAR - 5}" font-size="11">{_said(seconds)}</text>'
            )
            y += BAR
        y += GAP
    return "\n".join([*out, "</svg>", ""])


def comparison(results: Results) -> str:
    """The table of docs/limits.md: how many times longer the others take."""
    sessions = results.data["sessions"]
    versions = [sessions[0]["peers"][name].split()[0].partition("==")[2] for name in ("flytekit", "flyte")]
    lines = [
        f"Measured on {sessions[0]['when']}, alternately with flytekit {versions[0]} and the Flyte 2 SDK {versions[1]}, on",
        f"{results.data['machine']}. `make bench` measures anew; what is not comparable is said in [Benchmarks](benchmarks.md).",
        "",
        "| | drawloom | flytekit | Flyte 2 SDK |",
        "|---|---|---|---|",
    ]
    keys = results.keys("values")
    means = []
    for name in ("flytekit", "flyte"):
        found = [ratio for key in keys if (ratio := results.ratio(key, name)) is not None]
        mean = geometric(found)
        means.append(f"{mean:.3g} times as long" if mean else "-")
    lines.append(f"| a value to bytes and back (geometric mean of {len(keys)} cases) | | {means[0]} | {means[1]} |")
    for measure in MEASURES:
        cells = [_said(time) if (time := results.seconds(measure.key, peer.name)) else "-" for peer in PEERS]
        lines.append(f"| {measure.title} | {' | '.join(cells)} |")
    return "\n".join(lines)


def made() -> dict[pathlib.Path, str]:
    """What each file has to be."""
    results = Results.load(ROOT / "benchmarks" / "results.json")
    text = LIMITS.read_text(encoding="utf-8")
    table = f"{BEGIN}\n\n{comparison(results)}\n\n{END}"
    limits = re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: table, text, flags=re.DOTALL)
    return {TIMES: times(results), VALUES: ratios(results), LIMITS: limits}


def main() -> int:
    """Write the files, or say whether they are as they should be."""
    wanted = made()
    if "--check" in sys.argv:
        return int(any(not path.exists() or path.read_text(encoding="utf-8") != text for path, text in wanted.items()))
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

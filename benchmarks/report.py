"""Figures as tables, JSON, a plot, and RESULTS.md."""

import json
import math
import pathlib
import platform
import statistics

from benchmarks.cases import cases

HERE = pathlib.Path(__file__).parent
COLOURS = {"flytekit": "#4063d8", "flyte": "#9558b2", "upb": "#389826"}


def median(values):
    return statistics.median(values) if values else None


def geometric(values):
    return math.exp(sum(map(math.log, values)) / len(values)) if values else float("nan")


def text(seconds):
    """Seconds as a length that reads well."""
    if seconds is None:
        return "-"
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def rows(figures, seed):
    """One row for each case of values: medians by peer, and the ratios to weft."""
    kinds = {case.name: case.kind for case in cases(seed)}
    found = []
    for name, kind in kinds.items():
        peers = figures.get(name, {})
        halves = {}
        for peer, rounds in peers.items():
            good = [r["seconds"] for r in rounds if "seconds" in r]
            if good:
                encode, decode = median([g["encode"] for g in good]), median([g["decode"] for g in good])
                both = [g["encode"] + g["decode"] for g in good]
                halves[peer] = {
                    "encode": encode,
                    "decode": decode,
                    "both": median(both),
                    "low": min(both),
                    "high": max(both),
                }
        if "weft" in halves:
            ratios = {peer: h["both"] / halves["weft"]["both"] for peer, h in halves.items() if peer != "weft"}
            found.append({"case": name, "kind": kind, "halves": halves, "ratios": ratios})
    return found


def values_table(found):
    lines = [
        "| case | weft, write / read | round trip (spread) | flytekit | flyte 2 | plain upb | ratio to flytekit | to flyte 2 | to upb |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in found:
        halves, ratios = row["halves"], row["ratios"]
        ours = halves["weft"]
        peers = [text(halves[p]["both"]) if p in halves else "-" for p in ("flytekit", "flyte", "upb")]
        times = [f"{ratios[p]:.3g}x" if p in ratios else "-" for p in ("flytekit", "flyte", "upb")]
        spread = f"{text(ours['both'])} ({text(ours['low'])} - {text(ours['high'])})"
        both = f"{text(ours['encode'])} / {text(ours['decode'])}"
        lines.append(f"| {row['case']} | {both} | {spread} | {' | '.join(peers + times)} |")
    return "\n".join(lines)


def classes_table(found):
    """The lowest and the mean ratio of each class of cases."""
    lines = [
        "| class | cases | flytekit: least, mean | flyte 2: least, mean | plain upb: least, mean |",
        "|---|---|---|---|---|",
    ]
    kinds = list(dict.fromkeys(row["kind"] for row in found))
    for kind in [*kinds, "all"]:
        members = [row for row in found if kind in (row["kind"], "all")]
        cells = []
        for peer in ("flytekit", "flyte", "upb"):
            ratios = [row["ratios"][peer] for row in members if peer in row["ratios"]]
            cells.append(f"{min(ratios):.3g}x, {geometric(ratios):.3g}x" if ratios else "-")
        lines.append(f"| {kind} | {len(members)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def sized_table(figures, group):
    """Compile or run: microseconds a node."""
    names = [name for name in figures if name.startswith(f"{group} ")]
    peers = list(dict.fromkeys(peer for name in names for peer in figures[name]))
    lines = [f"| shape | nodes | {' | '.join(f'{peer}, a node' for peer in peers)} |", f"|{'---|' * (len(peers) + 2)}"]
    for name in names:
        _, shape, size = name.split()
        cells = []
        for peer in peers:
            taken = [r["seconds"][group] for r in figures[name].get(peer, []) if "seconds" in r]
            cells.append(text(median(taken) / int(size)) if taken else "-")
        lines.append(f"| {shape} | {size} | {' | '.join(cells)} |")
    return "\n".join(lines)


def startup_table(times, memory):
    peers = list(dict.fromkeys(peer for by in times.values() for peer in by))
    lines = [f"| over a bare interpreter | {' | '.join(peers)} |", f"|{'---|' * (len(peers) + 1)}"]
    for name, by in times.items():
        cells = []
        for peer in peers:
            peak = median(memory[name].get(peer, []))
            held = f", peak {peak:.0f} MB" if peak else ""
            cells.append(f"{median(by[peer]):.1f} ms{held}" if peer in by else "-")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def plot(found):
    """The ratios of every case as an SVG of horizontal bars on a logarithmic axis."""
    left, width, line = 190, 620, 15
    shown = [row for row in found if row["ratios"]]
    height = 60 + len(shown) * (line * 2 + 8)
    top = max((max(row["ratios"].values()) for row in shown), default=10)
    scale = width / math.log10(max(top * 1.3, 10))
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 70}" height="{height}" font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
        '<text x="10" y="20" font-size="14">Round trips: how many times longer than weft (logarithmic)</text>',
    ]
    for power in range(int(math.log10(max(top, 10))) + 1):
        x = left + power * scale
        out.append(f'<line x1="{x:.0f}" x2="{x:.0f}" y1="40" y2="{height}" stroke="#ddd"/>')
        out.append(f'<text x="{x:.0f}" y="36" text-anchor="middle" fill="#666">{10**power}x</text>')
    y = 46
    for row in shown:
        out.append(f'<text x="{left - 6}" y="{y + line}" text-anchor="end">{row["case"]}</text>')
        for peer in ("flytekit", "flyte"):
            if peer in row["ratios"]:
                ratio = row["ratios"][peer]
                size = max(1.0, math.log10(max(ratio, 1.0)) * scale)
                out.append(f'<rect x="{left}" y="{y}" width="{size:.0f}" height="{line - 2}" fill="{COLOURS[peer]}"/>')
                out.append(f'<text x="{left + size + 4:.0f}" y="{y + 11}" font-size="10">{ratio:.3g}x {peer}</text>')
            y += line
        y += 8
    return "\n".join([*out, "</svg>"])


def machine():
    """What the figures were taken on."""
    model = platform.processor() or platform.machine()
    info = pathlib.Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        model = f"{names[0]}, {len(names)} logical processors" if names else model
    return f"{platform.system()} {platform.machine()}, {model}, Python {platform.python_version()}"


def write(result, folder=HERE):
    """RESULTS.md, results.json and ratios.svg; gives the text for the terminal."""
    found = rows(result["figures"], result["seed"])
    parts = [
        "# Results",
        "",
        "Written by `python -m benchmarks`; do not edit. Medians of the rounds' medians; peers cold where a cache would be",
        "timed (flytekit's literal cache is cleared before each call). A difference under 1.7x is noise on a shared machine.",
        "",
        f"- {result['machine']}",
        f"- {result['rounds']} rounds, peers alternating in each; seed {result['seed']}; {result['when']}; {result['took']:.0f} s",
        f"- peers: {result['peers']}",
    ]
    if found:
        parts += [
            "",
            "## Values: Python → bytes → Python",
            "",
            classes_table(found),
            "",
            "![ratios](ratios.svg)",
            "",
            values_table(found),
        ]
        (folder / "ratios.svg").write_text(plot(found))
    for group, title in (("compile", "Compile and serialize"), ("run", "Run from protobuf, locally")):
        if any(name.startswith(f"{group} ") for name in result["figures"]):
            parts += ["", f"## {title}", "", sized_table(result["figures"], group)]
    if result.get("startup"):
        parts += ["", "## Start", "", startup_table(*result["startup"])]
    errors = sorted(
        {
            f"- {peer}, {name}: {r['error']}"
            for name, by in result["figures"].items()
            for peer, rs in by.items()
            for r in rs
            if "error" in r
        }
    )
    if errors:
        parts += ["", "## What a peer could not do", "", *errors]
    report = "\n".join(parts) + "\n"
    (folder / "RESULTS.md").write_text(report)
    (folder / "results.json").write_text(json.dumps(result, indent=1, sort_keys=True) + "\n")
    return report

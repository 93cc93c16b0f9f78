"""The ratios as an SVG: horizontal bars on a logarithmic axis, a tick at each floor."""

import math
from xml.sax.saxutils import escape

from benchmarks.cases import cases
from benchmarks.floors import CLASSES, NAMES

COLOURS = {"flytekit": "#3b6fb6", "flyte": "#8a5fb0", "upb": "#4f9d69"}
LEFT, WIDTH, RIGHT, BAR, GAP, TOP = 190, 640, 90, 11, 9, 78
FONT = 'font-family="DejaVu Sans, Helvetica, Arial, sans-serif"'
WHOLE = 10
MUTED, MISSED = "#666", "#c0392b"


def ratios(results):
    """Every case of values against flytekit, flyte 2 and the plain closures."""
    seed = results.data["sessions"][0]["seed"]
    floors = {f"values/{case.name}": CLASSES.get(case.kind, (None, None)) for case in cases(seed)}
    shown = []
    for key in results.keys("values"):
        found = {peer: ratio for peer in COLOURS if (ratio := results.ratio(key, peer)) is not None}
        if found:
            shown.append((key, found))
    most = max((max(found.values()) for _, found in shown), default=10)
    decades = math.log10(max(most, 10) * 1.2)
    height = TOP + sum(len(found) * BAR + GAP for _, found in shown) + 12

    def place(ratio):
        return LEFT + math.log10(max(ratio, 0.5) / 0.5) / (decades + math.log10(2)) * WIDTH

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + RIGHT}" height="{height}" {FONT} font-size="11">',
        '<rect width="100%" height="100%" fill="white"/>',
        '<text x="12" y="22" font-size="15" font-weight="bold">Round trips: how many times longer than drawloom</text>',
        *_legend(),
        *_axis(place, math.floor(decades), height),
    ]
    y = TOP
    for key, found in shown:
        middle = y + len(found) * BAR / 2 + 4
        out.append(f'<text x="{LEFT - 8}" y="{middle:.1f}" text-anchor="end">{escape(key.partition("/")[2])}</text>')
        bounds = {**dict(zip(("flytekit", "flyte"), floors.get(key, (None, None)), strict=False)), "upb": 1}
        for peer, ratio in found.items():
            out += _bar(place, y, peer, ratio, bounds[peer])
            y += BAR
        y += GAP
    return "\n".join([*out, "</svg>", ""])


def _bar(place, y, peer, ratio, bound):
    start, end = sorted((place(1), place(ratio)))
    colour = COLOURS[peer]
    bar = f'<rect x="{start:.1f}" y="{y}" width="{max(end - start, 1):.1f}" height="{BAR - 2}" fill="{colour}"/>'
    missed = bound is not None and ratio < bound
    label = f'<text x="{max(end, place(bound or 1)) + 6:.1f}" y="{y + BAR - 3}" font-size="9.5" fill="{MISSED if missed else "#333"}">{_short(ratio)}x</text>'
    if bound is None or peer == "upb":
        return [bar, label]
    at = place(bound)
    tick = f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{y - 1}" y2="{y + BAR - 1}" stroke="{MISSED if missed else "#111"}" stroke-width="1.6"/>'
    return [bar, tick, label]


def _axis(place, powers, height):
    for power in range(powers + 1):
        x = place(10**power)
        colour = "#999" if power == 0 else "#e2e2e2"
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 8}" y2="{height - 8}" stroke="{colour}"/>'
        yield f'<text x="{x:.1f}" y="{TOP - 14}" text-anchor="middle" fill="{MUTED}">{10**power}x</text>'


def _legend():
    x = LEFT
    for peer, colour in COLOURS.items():
        yield f'<rect x="{x}" y="34" width="12" height="12" fill="{colour}"/>'
        yield f'<text x="{x + 17}" y="44">{escape(NAMES[peer])}</text>'
        x += 110
    yield f'<line x1="{x + 4}" x2="{x + 4}" y1="33" y2="47" stroke="#111" stroke-width="1.6"/>'
    yield f'<text x="{x + 14}" y="44">floor of the class (red: below it)</text>'


def _short(ratio):
    return f"{ratio:.0f}" if ratio >= WHOLE else f"{ratio:.2g}"

"""Figures as Markdown tables. A ratio says how many times longer a peer takes than drawloom; † marks one across sessions."""

from benchmarks.cases import cases
from benchmarks.floors import NAMES
from benchmarks.plan import YARDSTICKS
from benchmarks.results import ORDER, geometric, size_of

RATIOS = ("flytekit", "flyte", "upb", "raw")
MEGABYTE = 1e6
WHOLE = 100
SIZED = ("compile", "run", "subtasks")
"""Groups whose figures are shown by node, by item or by call."""


def text(seconds):
    """Seconds as a length that reads well."""
    if seconds is None:
        return "-"
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if abs(seconds) >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def share(results, key, peer):
    """A figure for a node, an item or a call (all of it if the key has no size), and for drawloom its spread over the rounds."""
    seconds = results.seconds(key, peer)
    if seconds is None:
        return "-"
    parts = size_of(key) if key.split("/")[0] in SIZED else 1
    if peer != "drawloom" or len(results.rounds(key, peer)) == 1:
        return text(seconds / parts)
    low, high = results.spread(key, peer)
    return f"{text(seconds / parts)} ({text(low / parts)} - {text(high / parts)})"


def times(results, key, peer):
    """The ratio of a peer's figure to drawloom's, marked if it is across sessions."""
    ratio = results.ratio(key, peer)
    return "-" if ratio is None else f"{number(ratio)}x{'†' if results.apart(key, peer) else ''}"


def number(value):
    """Three digits, without an exponent."""
    return f"{value:.0f}" if value >= WHOLE else f"{value:.3g}"


def amount(value, unit):
    """A figure with its unit."""
    return f"{number(value)}{'' if unit == 'x' else ' '}{unit}"


def table(head, rows):
    return "\n".join([f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *(f"| {' | '.join(row)} |" for row in rows)])


def mark(verdicts):
    """(floors, whether they are met) of one row."""
    taken = [verdict for verdict in verdicts if verdict.met is not None]
    if not taken:
        return "-", "-"
    bounds = "; ".join(verdict.text for verdict in taken)
    if all(verdict.met for verdict in taken):
        return bounds, "met"
    required = any(verdict.required for verdict in taken if not verdict.met)
    return bounds, "**below**" if required else "met, aim below"


def by_key(verdicts):
    """Verdicts by the figure that they are about."""
    found = {}
    for verdict in verdicts:
        found.setdefault(verdict.key, []).append(verdict)
    return found


def summary(results, verdicts, compared):
    """The first thing to read: means, how many floors are met, and each that is not."""
    lines = []
    for required, name in ((True, "required"), (False, "aimed for")):
        taken = [v for v in verdicts if v.met is not None and v.required == required and v.kind != "slower"]
        lines.append(f"- floors {name}: {sum(v.met for v in taken)} of {len(taken)} met")
    slower = [v for v in verdicts if v.kind == "slower"]
    lines.append(
        f"- not slower than flytekit or flyte 2, cold or warm: {compared - len(slower)} of {compared} comparisons"
    )
    means = [v for v in verdicts if v.kind == "mean" and v.got is not None]
    if means:
        shown = "; ".join(f"{amount(v.got, 'x')} ({v.text}: {'met' if v.met else '**below**'})" for v in means)
        lines.append(f"- geometric means over {len(results.keys('values'))} cases of values: {shown}")
    unmeasured = sum(v.met is None for v in verdicts)
    if unmeasured:
        lines.append(f"- not measured: {unmeasured} floors")
    missed = sorted((v for v in verdicts if v.met is False), key=lambda v: (not v.required, v.share))
    if not missed:
        return "\n".join(lines)
    rows = [[v.key, v.text, amount(v.got, v.unit), f"{v.share:.2f}"] for v in missed]
    return "\n".join([*lines, "", table(["not met", "floor", "measured", "share of the floor"], rows)])


def values(results, marks):
    """A row for each case: halves, round trip, peers, ratios, floors."""
    head = [
        "case",
        "drawloom, write / read",
        "round trip (spread)",
        "flytekit",
        "flyte 2",
        "plain upb",
        "protobuf alone",
    ]
    head += ["to flytekit", "to flyte 2", "to plain upb", "to protobuf", "floors", ""]
    rows = []
    for key in results.keys("values"):
        both = results.seconds(key, "drawloom")
        if both is None:
            continue
        low, high = results.spread(key, "drawloom")
        halves = (
            f"{text(results.seconds(key, 'drawloom', 'encode'))} / {text(results.seconds(key, 'drawloom', 'decode'))}"
        )
        rows.append([
            key.partition("/")[2], halves, f"{text(both)} ({text(low)} - {text(high)})",
            *(text(results.seconds(key, peer)) for peer in RATIOS), *(times(results, key, peer) for peer in RATIOS),
            *mark(marks.get(key, [])),
        ])  # fmt: skip
    return table(head, rows)


def classes(results, seed):
    """The lowest and the mean ratio of each class of cases."""
    kinds = {f"values/{case.name}": case.kind for case in cases(seed)}
    taken = [key for key in results.keys("values") if results.seconds(key, "drawloom") is not None]
    rows = []
    for kind in [*dict.fromkeys(kinds[key] for key in taken), "all"]:
        members = [key for key in taken if kind in (kinds[key], "all")]
        cells = []
        for peer in RATIOS[:3]:
            ratios = [ratio for key in members if (ratio := results.ratio(key, peer)) is not None]
            cells.append(f"{number(min(ratios))}x, {number(geometric(ratios))}x" if ratios else "-")
        rows.append([kind, str(len(members)), *cells])
    return table(["class", "cases", *(f"{NAMES[peer]}: least, mean" for peer in RATIOS[:3])], rows)


def yardsticks(results):
    """Formats without types on the wire, beside drawloom; in no ratio."""
    keys = [key for key in results.keys("values") if any(results.seconds(key, peer) for peer in YARDSTICKS)]
    rows = [
        [key.partition("/")[2], *(text(results.seconds(key, peer)) for peer in ("drawloom", *YARDSTICKS))]
        for key in keys
    ]
    return table(["case", "drawloom", "msgspec (msgpack)", "pydantic (JSON)"], rows) if rows else ""


def sized(results, group, marks, what="a node"):
    """Times of a group by case and size: each peer's share for a node, an item or a call."""
    keys = results.keys(group)
    peers = results.peers(keys)
    against = [peer for peer in peers if peer != "drawloom"]
    rows = [
        [
            key.split("/")[1], str(size_of(key)), *(share(results, key, peer) for peer in peers),
            *(times(results, key, peer) for peer in against), *mark(marks.get(key, [])),
        ]
        for key in keys
    ]  # fmt: skip
    head = ["case", "size", *(f"{peer}, {what}" for peer in peers), *(f"to {peer}" for peer in against), "floors", ""]
    return table(head, rows)


def whole(results, group, marks, *, peaks=False):
    """Times of a group as they are."""
    keys = results.keys(group)
    peers = results.peers(keys)
    against = [peer for peer in peers if peer in ("flytekit", "flyte")]
    rows = []
    for key in keys:
        cells = []
        for peer in peers:
            peak = results.peak(key, peer)
            held = f", {peak:.0f} MB" if peaks and peak and results.seconds(key, peer) else ""
            cells.append(share(results, key, peer) + held)
        rows.append(
            [key.split("/")[1], *cells, *(times(results, key, peer) for peer in against), *mark(marks.get(key, []))]
        )
    return table(["case", *peers, *(f"to {peer}" for peer in against), "floors", ""], rows)


def memory(results, marks):
    """Peak memory over what was held before: of a list of a million ints, and of compiling, a node."""
    keys = results.keys("memory")
    peers = [peer for peer in ORDER if any(results.rounds(key, peer, "bytes") for key in keys)]
    rows = []
    for key in keys:
        cells = []
        for peer in peers:
            parts = results.rounds(key, peer, "bytes")
            cells.append(
                ", ".join(f"{part} {size(results.bytes(key, peer, part))}" for part in parts[0]) if parts else "-"
            )
        rows.append([key.split("/")[1], str(size_of(key)), *cells, *mark(marks.get(key, []))])
    return table(["case", "size", *peers, "floors", ""], rows)


def size(held):
    """Bytes as a size that reads well."""
    return f"{held / MEGABYTE:.0f} MB" if held >= MEGABYTE else f"{held:.0f} B"

"""What the figures are held to: each floor as data, and whether it is met.

A floor is a least ratio of a peer's figure to drawloom's, or a most of drawloom's own figure. `required` ones are promises; the others
are aims, taken from a prototype that lacks what a product has. A floor whose figure was not taken is neither met nor missed.
"""

import dataclasses

from benchmarks.cases import cases
from benchmarks.results import geometric, size_of

CLASSES = {
    # class of cases: least ratio to flytekit, least ratio to flyte 2, most of the time of protobuf alone
    "bool": (110, 60, 0.6),
    "int": (20, 10, 3.2),
    "float": (65, 35, 1.1),
    "str": (40, 20, 1.5),
    "str long": (25, 15, 1.5),
    "datetime": (14, 8, 4.5),
    "union": (140, 38, 2.0),
    "short": (55, 32, 4.8),
    "list float": (330, 250, 1.5),
    "list int": (120, 95, 3.5),
    "list str": (75, 60, 2.5),
    "list optional": (140, 65, 3.5),
    "dict": (60, 45, 4.0),
    "nested": (95, 75, 4.2),
    "dataclass": (22, 18, None),
    "pydantic": (14, 40, None),
    "untyped": (100, 60, None),
}
MEANS = {"flytekit": (70, 100), "flyte": (40, 60)}
"""The least geometric mean over all cases of values, and the one that is aimed for."""
PLAIN_MEAN = 2.5
TEN_BYTES = 0.7
"""The least ratio to plain upb closures of a negative int: it takes ten bytes on the wire, which upb writes in C."""
UNITS = {"s": 1, "ms": 1e-3, "µs": 1e-6, "MB": 1e6, "kB": 1e3, "x": 1}
NAMES = {
    "flytekit": "flytekit",
    "flyte": "flyte 2",
    "upb": "plain upb",
    "raw": "protobuf alone",
    "hamilton": "Hamilton",
}
PEERS = ("flytekit", "flyte")
"""Those that no case may be slower than."""


@dataclasses.dataclass(frozen=True)
class Floor:
    """`bound` in `unit`: a least ratio to `peer`, or without a peer a most of drawloom's own; `each`: for a node, an item, a call.

    `part`: of that half of a round trip; `over`: relative to that figure of drawloom's; `below`: at most that many times the peer's.
    """

    key: str
    bound: float
    unit: str = "x"
    peer: str | None = None
    part: str | None = None
    each: bool = False
    over: str | None = None
    below: bool = False
    required: bool = True

    def text(self):
        what = f" {NAMES[self.peer]}" if self.peer else f" of {self.over}" if self.over else ""
        sign = "≥" if self.peer and not self.below else "≤"
        each = " each" if self.each else ""
        part = f" ({self.part})" if self.part else ""
        aim = "" if self.required else " (aim)"
        space = "" if self.unit == "x" else " "
        return f"{sign} {self.bound:g}{space}{self.unit}{what}{each}{part}{aim}"

    def got(self, results):
        """The figure that is held to the bound, in its unit; None if it was not taken."""
        size = size_of(self.key) if self.each else 1
        if self.peer:
            ratio = results.ratio(self.key, self.peer, self.part)
            return ratio if ratio is None or not self.below else 1 / ratio
        memory = self.unit in ("MB", "kB")
        ours = (results.bytes if memory else results.seconds)(self.key, "drawloom", self.part)
        if ours is None:
            return None
        if self.over:
            reference = results.seconds(self.over, "drawloom")
            return ours / size_of(self.key) / (reference / size_of(self.over)) if reference else None
        return ours / size / UNITS[self.unit]


@dataclasses.dataclass(frozen=True)
class Verdict:
    """A floor's text, what there was instead, whether that is enough (None: not measured), and how far it is from the bound."""

    key: str
    text: str
    got: float | None
    unit: str
    met: bool | None
    required: bool
    share: float | None
    """Above one is met: how many times better than the bound."""
    kind: str = "floor"
    """`floor`, `mean`, or `slower`: a comparison in which a peer is quicker."""


OTHERS = [
    Floor("startup/import", 8, "ms"),
    Floor("startup/import", 100, peer="flytekit", required=False),
    Floor("startup/first_message", 45, "ms"),
    Floor("startup/module_with_tasks", 60, "ms"),
    Floor("startup/container", 8, peer="flytekit"),
    Floor("compile/chain/1000", 35, peer="flytekit"),
    *[Floor(f"compile/{shape}/10000", 50, "ms", required=shape == "chain") for shape in ("chain", "fan_out", "nested")],
    *[
        Floor(f"compile/{shape}/50000", 1.25, over=f"compile/{shape}/10000", each=True)
        for shape in ("chain", "fan_out", "nested")
    ],
    *[Floor(f"memory/compile_{shape}/10000", 1, "kB") for shape in ("chain", "fan_out", "nested")],
    Floor("run/chain/10000", 12, "µs", each=True),
    Floor("run/chain/10000", 80, peer="flytekit"),
    Floor("run/chain/10000", 35, peer="flyte"),
    Floor("run/chain/10000", 1, peer="hamilton", required=False),
    Floor("run/chain+disk/10000", 60, "µs", each=True),
    *[Floor(f"sleepers/{way}/8", 0.27, "s") for way in ("fan_out", "map", "async")],
    *[Floor(f"sleepers/action_{way}/8", 0.27, "s") for way in ("fan_out", "map", "async")],
    *[Floor(f"memory/{what}/1000000", 100, "MB") for what in ("list_int", "list_bigint")],
    *[Floor(f"subtasks/{way}/200", 20, peer="flyte") for way in ("await", "call", "aio")],
    *[Floor(f"subtasks/{way}/100", 20, peer="flyte") for way in ("gather", "map")],
]
"""The floors of what is no conversion."""


def plain(case):
    """The least ratio to plain upb closures."""
    return TEN_BYTES if case.type is int and case.value < 0 else 1.0


def of_case(case):
    """The floors of one case of values."""
    key = f"values/{case.name}"
    found = [Floor(key, plain(case), peer="upb")]
    if case.kind in CLASSES:
        flytekit, flyte, raw = CLASSES[case.kind]
        found += [Floor(key, flytekit, peer="flytekit"), Floor(key, flyte, peer="flyte")]
        if raw:
            found.append(Floor(key, raw, peer="raw", below=True, required=case.kind.startswith("list ")))
    if case.kind == "dataclass":
        found += [
            Floor(key, 60, peer="flytekit", part="encode", required=False),
            Floor(key, 1.4, peer="flytekit", part="decode", required=False),
        ]
    return found


def all_floors(seed):
    """Every floor, those of cases first."""
    return [floor for case in cases(seed) for floor in of_case(case)] + OTHERS


def judge(floor, results):
    """Whether a floor is met."""
    got = floor.got(results)
    if got is None:
        return Verdict(floor.key, floor.text(), None, floor.unit, None, floor.required, None)
    least = bool(floor.peer) and not floor.below
    share = got / floor.bound if least else floor.bound / max(got, 1e-12)
    return Verdict(floor.key, floor.text(), got, floor.unit, share >= 1, floor.required, share)


def means(results):
    """Verdicts on the geometric means over all cases of values."""
    found = []
    for peer, bounds in {**MEANS, "upb": (PLAIN_MEAN,)}.items():
        ratios = [ratio for key in results.keys("values") if (ratio := results.ratio(key, peer)) is not None]
        mean = geometric(ratios)
        for index, bound in enumerate(bounds):
            text = f"≥ {bound:g}x {NAMES[peer]}{' (aim)' if index else ''}"
            share = mean / bound if mean else None
            met = share >= 1 if share else None
            found.append(Verdict("geometric mean", text, mean, "x", met, not index, share, "mean"))
    return found


def slower(results):
    """Verdicts on figures in which drawloom is slower than a peer, with its caches cold or warm: one for each, none if all hold."""
    found = []
    for key in results.figures:
        for peer in PEERS:
            for warm, ratio in (("", results.ratio(key, peer)), (", warm", results.warm_ratio(key, peer))):
                if ratio is not None and ratio < 1:
                    text = f"≥ 1x {NAMES[peer]}{warm}"
                    found.append(Verdict(key, text, ratio, "x", met=False, required=True, share=ratio, kind="slower"))
    return found


def compared(results):
    """The number of figures that drawloom has in common with a peer, cold or warm."""
    both = [(key, peer) for key in results.figures for peer in PEERS]
    return sum(ratio(key, peer) is not None for key, peer in both for ratio in (results.ratio, results.warm_ratio))


def verdicts(results):
    """Every verdict: floors by figure, means, and what is slower than a peer."""
    seeds = {session["seed"] for session in results.data["sessions"]}
    found = [judge(floor, results) for floor in all_floors(min(seeds, default=0))]
    return [*found, *means(results), *slower(results)]

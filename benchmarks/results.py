"""What was measured, as it is kept in `results.json`, and the medians that are read from it.

`{"machine": text, "sessions": [{"when", "rounds", "seed", "took", "groups", "peers": {name: version}, "missing": {name: why}}],
"figures": {key: {peer: {"session": index, "rounds": [{"seconds": {part: s}}, {"bytes": ...} or {"error": text}]}}}}`.

The parts of `seconds` are summed. A ratio of two figures of one session is one of an alternating run; of others it is marked.
"""

import json
import math
import statistics

ORDER = ("drawloom", "flytekit", "flyte", "hamilton", "dask", "kfp", "upb", "raw")
"""Peers as tables show them."""
SIZED = 3
"""Parts of a key that ends with a size."""


def median(values):
    return statistics.median(values) if values else None


def geometric(values):
    return math.exp(sum(map(math.log, values)) / len(values)) if values else None


def empty(machine, session):
    """Results of a session that has taken nothing yet."""
    return {"machine": machine, "sessions": [session], "figures": {}}


def add(results, key, peer, taken):
    """Put one round's figure of a peer into the results of the session that goes on."""
    entry = results["figures"].setdefault(key, {}).setdefault(peer, {"session": 0, "rounds": []})
    entry["rounds"].append(taken)


def merge(old, new):
    """The old results with the new session's figures in place of those of the same key and peer.

    Raises:
        ValueError: they are of different machines, so that no ratio of the two would say anything.
    """
    if old["machine"] != new["machine"]:
        raise ValueError(f"these results are of another machine: {old['machine']}; here: {new['machine']}")
    shift = len(old["sessions"])
    figures = {key: dict(by) for key, by in old["figures"].items()}
    for key, by in new["figures"].items():
        for peer, entry in by.items():
            figures.setdefault(key, {})[peer] = {**entry, "session": entry["session"] + shift}
    used = sorted({entry["session"] for by in figures.values() for entry in by.values()})
    place = {session: index for index, session in enumerate(used)}
    sessions = [*old["sessions"], *new["sessions"]]
    for by in figures.values():
        for peer, entry in by.items():
            by[peer] = {**entry, "session": place[entry["session"]]}
    return {"machine": new["machine"], "sessions": [sessions[index] for index in used], "figures": figures}


class Results:
    """Reads results: medians over rounds, and ratios."""

    def __init__(self, data):
        self.data = data
        self.figures = data["figures"]

    @classmethod
    def load(cls, path):
        return cls(json.loads(path.read_text()))

    def keys(self, group):
        """The keys of a group, in the order they were taken."""
        return [key for key in self.figures if key.split("/")[0] == group]

    def peers(self, keys):
        """The peers that have a figure for one of the keys."""
        taken = {peer for key in keys for peer in self.figures[key] if self.rounds(key, peer)}
        return [peer for peer in ORDER if peer in taken] + sorted(taken.difference(ORDER))

    def rounds(self, key, peer, field="seconds"):
        """[{part: figure}] of the rounds that gave one."""
        entry = self.figures.get(key, {}).get(peer)
        return [taken[field] for taken in entry["rounds"] if field in taken] if entry else []

    def seconds(self, key, peer, part=None):
        """The median over rounds of a figure's sum, or of one part; None if there is none."""
        rounds = self.rounds(key, peer)
        return median([each[part] if part else sum(each.values()) for each in rounds if not part or part in each])

    def also(self, key, peer, part):
        """The median of what was timed beside the figure."""
        return median([each[part] for each in self.rounds(key, peer, "also") if part in each])

    def bytes(self, key, peer, part=None):
        """The median of a figure of memory: of its highest part, or of one."""
        return median([each[part] if part else max(each.values()) for each in self.rounds(key, peer, "bytes")])

    def spread(self, key, peer):
        """(least, most) of the rounds' sums."""
        sums = [sum(each.values()) for each in self.rounds(key, peer)]
        return (min(sums), max(sums)) if sums else None

    def peak(self, key, peer):
        """Median of the megabytes that the process held at most."""
        entry = self.figures.get(key, {}).get(peer)
        return median([taken["peak_mb"] for taken in entry["rounds"] if taken.get("peak_mb")]) if entry else None

    def ratio(self, key, peer, part=None):
        """How many times longer than drawloom a peer takes; None if one of them has no figure."""
        ours, theirs = self.seconds(key, "drawloom", part), self.seconds(key, peer, part)
        return theirs / ours if ours and theirs else None

    def warm_ratio(self, key, peer):
        """The same with the peer's caches warm; None if that was not timed."""
        warm, ours, decode = (
            self.also(key, peer, "warm encode"),
            self.seconds(key, "drawloom"),
            self.seconds(key, peer, "decode"),
        )
        return (warm + decode) / ours if warm and ours else None

    def apart(self, key, peer):
        """Whether drawloom's and the peer's figures are of different sessions."""
        by = self.figures.get(key, {})
        return "drawloom" in by and peer in by and by["drawloom"]["session"] != by[peer]["session"]

    def errors(self):
        """[(peer, key, text)] of what a peer could not do, each once."""
        return sorted(
            {
                (peer, key, taken["error"])
                for key, by in self.figures.items()
                for peer, entry in by.items()
                for taken in entry["rounds"]
                if "error" in taken
            }
        )


def size_of(key):
    """The number of nodes, items or calls of a key; 1 if it has none."""
    parts = key.split("/")
    return int(parts[-1]) if len(parts) == SIZED else 1

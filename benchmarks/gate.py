"""The gate that needs no peer: drawloom against plain upb closures, in one alternating run. Nightly; CI counts work instead.

A timing on a shared machine wanders, so a case fails below 0.8 of the closures' time and not below 1.0; the mean has its
full mark. The exact rule, that no case does more work than the closures, is held by `tests/bench` as a count.
"""

from benchmarks import floors, results
from benchmarks.cases import cases

NOISE = 0.8


def judge(found):
    """0 if every case and the mean hold, else 1; says which do not."""
    seed = found.data["sessions"][0]["seed"]
    least = {f"values/{case.name}": floors.plain(case) for case in cases(seed)}
    ratios = {key: ratio for key in found.keys("values") if (ratio := found.ratio(key, "upb")) is not None}
    if not ratios:
        print("the gate measured nothing")
        return 1
    slow = {key: round(ratio, 2) for key, ratio in ratios.items() if ratio < NOISE * least[key]}
    mean = results.geometric(list(ratios.values()))
    print(f"drawloom against plain upb closures: {len(ratios)} cases, mean {mean:.2f}x (at least {floors.PLAIN_MEAN}x)")
    print("slower than the closures: " + (", ".join(f"{key} {ratio}x" for key, ratio in slow.items()) or "none"))
    return int(bool(slow) or mean < floors.PLAIN_MEAN)

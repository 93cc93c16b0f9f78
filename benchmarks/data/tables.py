"""The report: for each case the least times, the ratios to what drawloom is held to, and the growth of memory."""

from benchmarks.data import cases

HEAD = """# Files, folders and frames

Written by `python -m benchmarks.data --write`; do not edit. The least of all timings of a figure; a ratio is drawloom's time over
the other's, so that 0.5x is half its time. What counts as met: at most {bar}x of the yardstick (plain obstore for bytes, the library
itself, as it writes unless told otherwise, for frames), and no slower than the quicker of flytekit and flyte 2 by more than the
clock's noise, {noise}x. "More" is by how many MiB the process grew at its highest; for bytes {memory:.0f} are allowed.

"""
NOISE = 1.05
MIB = 1 << 20


def best(figures):
    """The least time of one peer's rounds, or None if none was taken."""
    return min((figure["seconds"] for figure in figures if "seconds" in figure), default=None)


def grown(figures):
    return max((figure["mebibytes"] for figure in figures if "mebibytes" in figure), default=None)


def row(name, found):
    """(cells of the table, whether all is met, what failed)."""
    case = cases.CASES[name]
    times = {peer: best(figures) for peer, figures in found.items()}
    failed = {
        peer: next(each["error"] for each in figures if "error" in each)
        for peer, figures in found.items()
        if any("error" in each for each in figures)
    }
    ours, yardstick = times.get("drawloom"), times.get(case.yardstick)
    peers = {peer: times[peer] for peer in case.peers if times.get(peer)}
    to_yardstick = ours / yardstick if ours and yardstick else None
    to_better = ours / min(peers.values()) if ours and peers else None
    more = grown(found.get("drawloom", []))
    good = ours is not None and (to_yardstick or 0) <= cases.BAR and (to_better or 0) <= NOISE
    good = good and not (cases.of_bytes(name) and more is not None and more > cases.MEMORY)
    cells = [
        name, case.does, _time(ours), _time(yardstick), _time(peers.get("flytekit")), _time(peers.get("flyte")),
        _ratio(to_yardstick), _ratio(to_better), "-" if more is None else f"{more:.0f}", "met" if good else "**below**",
    ]  # fmt: skip
    return cells, good, failed


def _time(seconds):
    return "-" if seconds is None else f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _ratio(number):
    return "-" if number is None else f"{number:.2f}x"


def written(kept):
    """The report of {case: {"session": how it was taken, "found": {peer: figures}}}; cases of several sessions say of which."""
    sessions = []
    for each in kept.values():
        if each["session"] not in sessions:
            sessions.append(each["session"])
    lines = [HEAD.format(bar=cases.BAR, noise=NOISE, memory=cases.MEMORY).rstrip(), ""]
    for number, session in enumerate(sessions, 1):
        lines += _about(session, [name for name, each in kept.items() if each["session"] == session])
        lines += [""] if number < len(sessions) else []
    lines += [
        "",
        "| figure | what | drawloom | yardstick | flytekit | flyte 2 | to the yardstick | to the better peer | more | |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    rows = {name: row(name, each["found"]) for name, each in kept.items()}
    lines += [f"| {' | '.join(cells)} |" for cells, _, _ in rows.values()]
    lines += ["", f"{sum(good for _, good, _ in rows.values())} of {len(rows)} met.", ""]
    for name, (_, _, failed) in rows.items():
        lines += [f"- {name}: {peer} could not: {error}" for peer, error in failed.items()]
    return "\n".join(lines).rstrip() + "\n"


def _about(session, names):
    sizes = session["sizes"]
    return [
        f"- {session['when']}, {session['machine']}: {', '.join(names)}",
        f"- a file of {sizes['file'] / MIB:.0f} MiB, {sizes['folder']} files of {cases.LITTLE} bytes, {sizes['rows']} rows",
        f"- {session['rounds']} rounds of {session['times']} timings or more",
        *(f"- {peer}: {version}" for peer, version in session["versions"].items()),
        *(f"- {peer}: left out, {reason}" for peer, reason in session["missing"].items()),
    ]

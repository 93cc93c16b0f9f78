"""RESULTS.md and the plot, from results."""

import pathlib
import platform

from benchmarks import floors, plot, tables

HERE = pathlib.Path(__file__).parent
GROUPS = {
    "codec": ("First conversion of a new type, in a warm process", "whole"),
    "compile": ("Compile and serialize", "sized"),
    "run": ("Run, locally", "sized"),
    "subtasks": ("Sub-tasks of a task in a local run", "sized"),
    "sleepers": ("Eight independent sleepers of 0.25 s", "whole"),
    "memory": ("Peak memory, over what was held before", "memory"),
    "startup": (
        "Start of a process: over a bare interpreter; the container from the start to the user's code",
        "whole",
    ),
}
NOTES = {
    "codec": "Making the converter with its literal type, then the first value there and back. The int, the list and the union are new to the converters, the classes are new.",
    "compile": "Decorating, tracing and serializing. kfp writes YAML; Hamilton, Dask and flyte 2 have no compiled form.",
    "run": (
        "drawloom from the serialized bytes: parsed, verified, planned and run, a typed literal at every edge. `+called`: the live"
        " workflow called; `+disk`: outputs on disk, `+fsync`: and synced; `+cache-miss`, `+cache-hit`: every task cached."
        " Hamilton and Dask pass untyped values in memory."
    ),
    "subtasks": "The whole run divided by its sub-tasks; nothing is subtracted. The same source with only the import changed.",
    "sleepers": "`action_*` are tasks of an environment, the others nodes of a workflow.",
    "memory": "Resident size at its highest, in a process for each figure; of a list without the list, and of a compilation by node.",
}


def machine():
    """What the figures were taken on, without its name."""
    model = platform.processor() or platform.machine()
    info = pathlib.Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        model = f"{names[0]}, {len(names)} logical processors" if names else model
    return f"{platform.system()} {platform.machine()}, {model}, Python {platform.python_version()}"


def sessions(data):
    """A line for each session, and who took part."""
    lines = []
    for session in data["sessions"]:
        peers = ", ".join(f"{peer} ({version})" for peer, version in session["peers"].items())
        what = "" if len(session["groups"]) == len(GROUPS) + 1 else f" of {', '.join(session['groups'])}"
        cases = f" ({', '.join(session['cases'])})" if session["cases"] else ""
        lines.append(
            f"- {session['when']}: {session['rounds']} rounds{what}{cases}, seed {session['seed']}, {session['took']} s; {peers}"
        )
        lines += [f"- left out: {peer}, which {reason}" for peer, reason in session["missing"].items()]
    return lines


def once(results):
    """What was taken in fewer rounds than the rest."""
    found = {}
    for key, by in results.figures.items():
        for peer, entry in by.items():
            rounds = results.data["sessions"][entry["session"]]["rounds"]
            if len(entry["rounds"]) < rounds:
                found.setdefault(peer, []).append(key)
    return [f"- {peer}: {', '.join(keys)}" for peer, keys in found.items()]


def text(results):
    """The report."""
    verdicts = floors.verdicts(results)
    marks = tables.by_key(verdicts)
    data = results.data
    parts = [
        "# Results",
        "",
        "Written by `python -m benchmarks`; do not edit. Medians of the rounds' medians; peers cold where a cache would be",
        "timed (flytekit's literal cache is cleared before each call). A ratio is the peer's time over drawloom's. A difference",
        "under 1.7x is noise on a shared machine. † is a ratio of two sessions. How to read it: docs/benchmarks.md.",
        "",
        f"- {data['machine']}",
        *sessions(data),
        "",
        "## Summary",
        "",
        tables.summary(results, verdicts, floors.compared(results)),
    ]
    if results.keys("values"):
        seed = data["sessions"][0]["seed"]
        parts += ["", "## Values: Python → bytes → Python", "", tables.classes(results, seed)]
        parts += ["", "![ratios](ratios.svg)", "", tables.values(results, marks)]
        beside = tables.yardsticks(results)
        if beside:
            note = "These write no literals and no types; they show what is left without, and are in no ratio."
            parts += ["", "### Yardsticks", "", note, "", beside]
    for group, (title, shape) in GROUPS.items():
        if results.keys(group):
            parts += ["", f"## {title}", ""]
            parts += [NOTES[group], ""] if group in NOTES else []
            parts.append(_table(results, group, shape, marks))
    fewer, errors = once(results), [f"- {peer}, {key}: {told}" for peer, key, told in results.errors()]
    parts += ["", "## Taken in one round only, since a peer takes seconds for them", "", *fewer] if fewer else []
    parts += ["", "## What could not be done", "", *errors] if errors else []
    return "\n".join(parts) + "\n"


def _table(results, group, shape, marks):
    if shape == "sized":
        return tables.sized(results, group, marks, "a call" if group == "subtasks" else "a node or item")
    if shape == "memory":
        return tables.memory(results, marks)
    return tables.whole(results, group, marks, peaks=group == "startup")


def write(results, folder=HERE):
    """RESULTS.md and ratios.svg; gives the text for the terminal."""
    told = text(results)
    (folder / "RESULTS.md").write_text(told)
    if results.keys("values"):
        (folder / "ratios.svg").write_text(plot.ratios(results))
    return told

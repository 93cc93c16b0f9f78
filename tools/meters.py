"""Prints what the meters of `tests/meta` count; `--lower` takes out of their lists what is no longer true, and lowers the ceilings."""

from __future__ import annotations

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests"))

from meta import _meters


def show() -> None:
    """Parameters annotated `Any` by room, then the length of each list."""
    rooms = _meters.any_parameters()
    for room, (loose, total, _) in rooms.items():
        print(f"{room:36} {loose:5} of {total:5} parameters are Any  {loose / total:6.1%}")
    loose, total = sum(n for n, _, _ in rooms.values()), sum(n for _, n, _ in rooms.values())
    print(f"{'in all':36} {loose:5} of {total:5} parameters are Any  {loose / total:6.1%}")
    for meter, found in _meters.LISTS.items():
        print(f"{meter:36} {len(found()):5}")


def lower() -> None:
    """Rewrite each list without the entries that are no longer true; nothing is added."""
    for meter, found in _meters.LISTS.items():
        now = set(found())
        _write(meter, [line for line in _meters.baseline(meter) if line in now])
    rooms = _meters.any_parameters()
    ceilings = (line.split() for line in _meters.baseline("any_parameters"))
    kept = [(room, min(int(count), rooms[room][0])) for room, count in ceilings if room in rooms]
    _write("any_parameters", [f"{room} {count}" for room, count in kept if count])


def _write(meter: str, lines: list[str]) -> None:
    # An empty line after each entry lets changes of neighbours merge.
    (_meters.BASELINES / f"{meter}.txt").write_text("".join(f"{line}\n\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    if "--lower" in sys.argv[1:]:
        lower()
    show()

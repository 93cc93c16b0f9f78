"""Writes the pictures of docs/architecture.md out of the code: who imports whom, and the rooms of each package.

python tools/gen_picture.py           # rewrites what stands between the marks in docs/architecture.md
python tools/gen_picture.py --check   # 1 if that would change it
"""

from __future__ import annotations

import ast
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "architecture.md"
sys.path.insert(0, str(ROOT / "tests"))

from meta import _source  # noqa: E402
from meta.test_imports import LAYERS, ROOMS  # noqa: E402

EVERYWHERE = "drawloom.exports"
"""Imported by every package, so its arrows would hide the others."""


def packages() -> str:
    """A Mermaid graph of the packages: an arrow from a package to one that imports it, where no longer way says so already.

    `drawloom` itself is drawn above `local` and `actions`, which it offers; they use a few of its single modules, such as `errors`.
    """
    order = list(LAYERS)
    edges = {unit: set() for unit in LAYERS}
    for found in _source.imports():
        importer, imported = found.units
        if order.index(imported) < order.index(importer) and imported != EVERYWHERE:
            edges[importer].add(imported)

    def below(unit: str, seen: frozenset[str] = frozenset()) -> set[str]:
        return {unit} | {deep for next_ in edges[unit] - seen for deep in below(next_, seen | {unit})}

    lines = ["```mermaid", "graph LR"]
    for importer in LAYERS:
        for imported in sorted(edges[importer]):
            others = edges[importer] - {imported}
            if not any(imported in below(other) - {other} for other in others):
                lines.append(f"    {_label(imported)} --> {_label(importer)}")
    return "\n".join([*lines, "```"])


def _label(unit: str) -> str:
    return f'{unit.replace(".", "_")}["{unit}"]'


def rooms() -> str:
    """A table of the rooms of each package that has them, from the ground up, with what each says of itself."""
    lines = ["| package | room | what is in it |", "|---|---|---|"]
    for package, names in ROOMS.items():
        for name in names.split():
            path = _source.modules()[f"{package}.{name}"]
            contract = (ast.get_docstring(_source.tree(path)) or "").splitlines()[0].replace("|", "\\|")
            lines.append(f"| `{package}` | `{name}` | {contract} |")
    return "\n".join(lines)


PARTS = {"packages": packages, "rooms": rooms}


def written(text: str) -> str:
    """The document with its parts written anew."""
    for name, make in PARTS.items():
        start, end = f"<!-- {name}: made by tools/gen_picture.py -->\n", f"\n<!-- end of {name} -->"
        before, _, rest = text.partition(start)
        _, _, after = rest.partition(end)
        text = f"{before}{start}\n{make()}\n{end}{after}"
    return text


def main() -> int:
    """Write the document, or say whether it is as it would be written."""
    text = DOCUMENT.read_text(encoding="utf-8")
    if "--check" in sys.argv[1:]:
        return int(written(text) != text)
    DOCUMENT.write_text(written(text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

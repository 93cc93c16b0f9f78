"""Write what follows from `drawloom.exports.public_names`: the stub that checkers read, and the golden list of public names."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from drawloom.exports.public_names import NAMES, SUBMODULES  # noqa: E402 - the path comes first

STUB = ROOT / "src" / "drawloom" / "__init__.pyi"
GOLDEN = ROOT / "tests" / "meta" / "public_names.txt"


def stub() -> str:
    """The stub: every name imported from where it lives, as itself."""
    imports: dict[str, list[str]] = {}
    members: list[str] = []
    for name, target in sorted(NAMES.items()):
        origin, _, there = target.partition(":")
        head, _, member = there.partition(".")
        if member:
            members.append(f"{name} = {head}.{member}")
        else:
            imports.setdefault(origin, []).append(f"{there or name} as {name}")
    lines = [
        "# Generated from `exports/public_names.py` by tools/gen_facade.py.",
        "# ruff: noqa: A004, I001, RUF022 - names and order are the table's",
        "",
    ]
    for origin in sorted(imports):
        lines += [f"from {origin} import (", *(f"    {entry}," for entry in sorted(imports[origin])), ")"]
    lines += ["from drawloom import (", *(f"    {name} as {name}," for name in sorted(SUBMODULES)), ")", ""]
    lines += [*members, "", "__version__: str", "__all__ = ["]
    return "\n".join([*lines, *(f'    "{name}",' for name in sorted(NAMES)), "]", ""])


def golden() -> str:
    """The list of public names, one a line."""
    return "".join(f"{name}\n" for name in sorted(NAMES))


if __name__ == "__main__":
    STUB.write_text(stub(), encoding="utf-8")
    GOLDEN.write_text(golden(), encoding="utf-8")
